"""Is one interviewer's share of identical answers improbable beside the other interviewers'?"""

import numpy as np
import pandas as pd
from scipy import special, stats

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(60)


def outlying_share(count, total, *, min_total=15, min_others=2, min_spread=0.03):
    """Test for every interviewer whether the share of straight-lined interviews is improbably high beside the other interviewers'.

    The reference is the middle half of the *other* interviewers with enough interviews: in the order of their shares a quarter
    (at least one of three or more) is left out at either end, so that as many of the others may cheat as well, and what remains is
    pooled: s of m.
    The test is Fisher's exact test of count x of n against s of m, one-sided: it takes into account that the reference
    itself is estimated, so a reference of 0 of m does not make a single interview improbable.

    Honest interviewers differ too (they work in different towns): their true rates are taken to have the variance
    spread x p (1 - p), so that a count varies 1 + (n - 1) spread times as much as a binomial one. The spread is measured on the others as
    (f - 1) / (mean n - 1), f = (1.4826 x median |z|)^2 with z their Pearson residuals about s / m, and is at least min_spread
    (0.03: true rates of 15% with a standard deviation of 6 points). Every interviewer's count and total are divided by
    1 + (n - 1) spread. Fisher's p-value for counts that are not whole numbers is P(p1 <= p2), p1 ~ Beta(x, n - x + 1),
    p2 ~ Beta(s + 1, m - s), which for whole numbers is the hypergeometric tail itself.

    count, total: whole numbers, shape (k,); a Series keeps its index. min_total: interviewers with fewer are neither tested nor reference.
    Returns a DataFrame, one row per interviewer in the order given: count, total, share, reference (s / m), spread, p_value (NaN if
    not tested), reason ("" if tested; "few_interviews"; "few_others" with fewer than min_others others). Correct the p-values for the
    number of interviewers with `multiplicity.holm`.
    Raises ValueError if a count is negative or above its total.

    Source: Fisher (1935), The Logic of Inductive Inference, JRSS 98; its beta form is Altham (1969), JRSS B 31, 261-269; the effective
    number of interviews is Kish (1962), Studies of Interviewer Variance for Attitudinal Variables, JASA 57.
    """
    names = count.index if isinstance(count, pd.Series) else None
    x, n = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    if ((x < 0) | (x > n)).any():
        raise ValueError("a count is negative or above its total")
    enough = n >= min_total
    rows = []
    for i in range(len(x)):
        others = enough.copy()
        others[i] = False
        if not enough[i]:
            rows.append((np.nan, np.nan, np.nan, "few_interviews"))
        elif others.sum() < min_others:
            rows.append((np.nan, np.nan, np.nan, "few_others"))
        else:
            middle = _middle_half(x[others], n[others])
            x0, n0 = x[others][middle], n[others][middle]
            reference = x0.sum() / n0.sum()
            spread = max(min_spread, _spread(x[others], n[others], reference))
            deff, deff0 = 1 + (n[i] - 1) * spread, 1 + (n0 - 1) * spread
            rows.append((reference, spread, fisher(x[i] / deff, n[i] / deff, (x0 / deff0).sum(), (n0 / deff0).sum()), ""))
    tested = pd.DataFrame(rows, columns=["reference", "spread", "p_value", "reason"], index=names)
    tested.insert(0, "count", np.asarray(count))
    tested.insert(1, "total", np.asarray(total))
    tested.insert(2, "share", x / np.where(n > 0, n, np.nan))
    return tested


def fisher(x, n, s, m):
    """The chance of a share as high as x of n or higher beside s of m, if both have the same true rate (Fisher's exact test, one-sided).

    P(p1 <= p2), p1 ~ Beta(x, n - x + 1), p2 ~ Beta(s + 1, m - s), by Gauss-Legendre quadrature over p2 (relative error below 1e-6 in
    the tests against the hypergeometric distribution); counts need not be whole. 1 if x = 0 or s = m.
    Source: Altham (1969), JRSS B 31, 261-269.
    """
    if x <= 0 or s >= m:
        return 1.0
    a, b = s + 1, m - s
    mean = a / (a + b)
    edges = np.clip(mean + np.sqrt(mean * (1 - mean) / (a + b + 1)) * np.array([-30, -12, -6, -3, -1, 0, 1, 3, 6, 12, 30]), 0, 1)
    edges = np.unique(np.concatenate([[0.0], edges, [1.0]]))
    half = np.diff(edges)[:, None] / 2
    points = edges[:-1, None] + half * (1 + NODES)
    density = np.exp(special.xlogy(a - 1, points) + special.xlog1py(b - 1, -points) - special.betaln(a, b))
    return float(min(1.0, (half * NODE_WEIGHTS * density * special.betainc(x, n - x + 1, points)).sum()))


def _middle_half(x, n):
    cut = max(1, len(x) // 4) if len(x) > 2 else 0
    return np.lexsort((n, x / n))[cut:len(x) - cut]


def _spread(x, n, reference):
    if not 0 < reference < 1:
        return 0.0
    z = (x - n * reference) / np.sqrt(n * reference * (1 - reference))
    return ((np.median(np.abs(z)) / stats.norm.ppf(0.75)) ** 2 - 1) / (n.mean() - 1)
