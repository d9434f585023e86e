"""What is kept of a county-year in its folder, so that no notebook and no later run makes again what rests on the same things.

results   tables made of everything (findings, helpers, money): they hold as long as all of it is the same
outcomes  what each rule found: it holds as long as the rule, its parameters and the tables that it reads are the same
"""

from bangfu.kept.results import Results

__all__ = ["Results"]
