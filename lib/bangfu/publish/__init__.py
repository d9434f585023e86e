"""What a run publishes: HTML, PDF and Word reports, the workbook of working papers, and the masking of personal data."""
