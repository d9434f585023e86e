"""How helpers compare once the difficulty of their cases is allowed for, and how sure one can be of it.

    from bangfu.stats.profiling import expected_share, funnel, helpers_in_places, random_intercept, ranks
"""

from bangfu.stats.profiling import expected_share, funnel, helpers_in_places, random_intercept, ranks

__all__ = ["expected_share", "funnel", "helpers_in_places", "random_intercept", "ranks"]
