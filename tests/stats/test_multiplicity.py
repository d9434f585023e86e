"""Holm's adjusted p-values, against hand arithmetic."""

import numpy as np
import pytest

from bangfu.stats.multiplicity import holm


@pytest.mark.parametrize("raw, adjusted", [
    # smallest x 4, then x 3, x 2, x 1, never below the one before
    ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
    # 0.02 x 2 = 0.04 stays above 0.03 x 1
    ([0.03, 0.02], [0.04, 0.04]),
    ([0.2], [0.2]),
    # never above 1
    ([0.6, 0.9], [1.0, 1.0]),
    # the fourth town was not assessed and does not count among the towns
    ([0.01, 0.04, 0.03, np.nan], [0.03, 0.06, 0.06, np.nan]),
    ([], []),
])
def test_adjusted_p_values(raw, adjusted):
    np.testing.assert_allclose(holm(raw), adjusted)


def test_order_of_the_towns_does_not_matter():
    p = np.random.default_rng(1).random(20) ** 4
    turned = np.random.default_rng(2).permutation(20)
    np.testing.assert_array_equal(holm(p)[turned], holm(p[turned]))


@pytest.mark.parametrize("raw", [[1.2], [-0.1], [[0.1, 0.2]]])
def test_what_is_no_column_of_p_values_is_refused(raw):
    with pytest.raises(ValueError):
        holm(raw)
