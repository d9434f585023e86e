"""bangfu: the workbench for auditing paired assistance (结对帮扶)."""

__version__ = "0.1.0"
