"""Accept, re-screen or look further: decisions on a whole from a sample of it, with both risks stated.

    from bangfu.stats.acceptance import decision, lqas, oc, plans, sprt
"""

from bangfu.stats.acceptance import decision, lqas, oc, plans, sprt

__all__ = ["decision", "lqas", "oc", "plans", "sprt"]
