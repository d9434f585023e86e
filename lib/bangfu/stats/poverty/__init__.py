"""Poverty and inequality by town: income poverty, Gini, several guarantees at once, and the measures of the third-party review."""

from bangfu.stats.poverty.alkire_foster import Multidimensional, alkire_foster
from bangfu.stats.poverty.income_poverty import foster_greer_thorbecke
from bangfu.stats.poverty.inequality import gini
from bangfu.stats.poverty.third_party import Measure, approval, composite_poverty_rate, missed_rate, wrong_exit_rate

__all__ = ["Measure", "Multidimensional", "alkire_foster", "approval", "composite_poverty_rate", "foster_greer_thorbecke", "gini", "missed_rate",
           "wrong_exit_rate"]
