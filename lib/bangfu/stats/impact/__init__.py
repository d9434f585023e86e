"""Did it make a difference? Those helped against those not (or not yet) helped, before and after.

    from bangfu.stats.impact import callaway_santanna, cluster, did
"""

from bangfu.stats.impact import callaway_santanna, cluster, did

__all__ = ["callaway_santanna", "cluster", "did"]
