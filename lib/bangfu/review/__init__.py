"""Review and rectification: what people judged of the findings, kept with who and when, and carried from run to run."""
