"""Jupyter's notebook format, imported without what costs a second of every start."""

from bangfu import json_schema  # noqa: F401  before nbformat, which checks notebooks by jsonschema
import nbformat

__all__ = ["nbformat"]
