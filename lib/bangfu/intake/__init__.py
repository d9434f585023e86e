"""Intake: the raw files of a county-year as typed tables in which every row knows its file, sheet and row."""

from bangfu.intake.dictionary import Column, Table, dictionary, personal_columns
from bangfu.intake.tables import Intake, read_county

__all__ = ["Column", "Intake", "Table", "dictionary", "personal_columns", "read_county"]
