"""Statistics that an auditor can defend: one method per file, usable by themselves.

    from bangfu.stats import survey

Nothing is imported here, so that one method costs only what it needs (numpy, scipy, pandas, statsmodels).
"""
