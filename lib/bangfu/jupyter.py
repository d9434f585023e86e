"""Jupyter's notebook format, without what would cost a second of every start and serves no notebook.

jsonschema, by which nbformat checks notebooks, compiles a grammar of international addresses as soon as it is imported,
for a format (`iri`) that the schema of notebooks does not use. It goes without where the grammar cannot be imported.
"""

import sys

_GRAMMAR = "rfc3987_syntax"

if _GRAMMAR not in sys.modules and "jsonschema" not in sys.modules:
    sys.modules[_GRAMMAR] = None  # so that importing it fails
    try:
        import nbformat
    finally:
        del sys.modules[_GRAMMAR]  # whoever wants it later gets it
else:
    import nbformat

__all__ = ["nbformat"]
