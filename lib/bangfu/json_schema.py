"""jsonschema, without what would cost a second of every start and serves nothing here.

Once imported it compiles a grammar of international addresses, for a format (`iri`) that neither the schema of notebooks nor those
of the libraries that bring it along use. It goes without where the grammar cannot be imported. Whatever brings it along comes after
this module.
"""

import sys

_GRAMMAR = "rfc3987_syntax"

if _GRAMMAR not in sys.modules and "jsonschema" not in sys.modules:
    sys.modules[_GRAMMAR] = None  # so that importing it fails
    try:
        import jsonschema
    finally:
        del sys.modules[_GRAMMAR]  # whoever wants it later gets it
else:
    import jsonschema

__all__ = ["jsonschema"]
