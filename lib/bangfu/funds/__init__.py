"""The money of the fund audit: the records that hold it, the reconciliation, and what of it is in question."""
