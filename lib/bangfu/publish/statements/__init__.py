"""Statements of helpers (对账单): a page each, a folder per unit, and summaries."""

from bangfu.publish.statements.folder import issue_statements

__all__ = ["issue_statements"]
