"""The moment bound of Dworin and Grimlund: a gamma distribution with the moments of the error, from the taints of a money-unit sample."""

import numpy as np
from scipy import stats

from bangfu.stats.paper import Both
from bangfu.stats.sampling.evaluation import money_unit_result, tail_levels

SOURCE = "Dworin and Grimlund (1984), The Accounting Review 59, 218-241; (1986), 61, 36-57"
KINDS = {"accounts": Both("往来账款", "accounts"), "inventory": Both("存货", "inventory")}


def moment_quantiles(taints, n, levels, kind="accounts"):
    """Quantiles of the mean taint of the population by three moments; array of the shape of `levels`.

    With m taints z that are not 0 in n units, a hypothetical taint
        t* = 0.81 (1 - 0.667 tanh(10 mean z)) (1 + 0.667 tanh(m / 10))   for accounts,
        t* = 0.81 (1 - 0.667 tanh(10 |mean z|))                          for inventory
    is added: T_j = (t*^j + sum z^j) / (m + 1). R_1 = (m + 1) / (n + 2), R_2 = R_1 (m + 2) / (n + 3), R_3 = R_2 (m + 3) / (n + 4) are the
    moments of the error rate. The raw moments of the mean taint are
        U_1 = R_1 T_1,  U_2 = (R_1 T_2 + (n - 1) R_2 T_1^2) / n,
        U_3 = (R_1 T_3 + 3 (n - 1) R_2 T_1 T_2 + (n - 1)(n - 2) R_3 T_1^3) / n^2;
    C_2, C_3 are the central ones. A = 4 C_2^3 / C_3^2, B = C_3 / (2 C_2), G = U_1 - 2 C_2^2 / C_3 give the gamma distribution, whose quantile is
    G + A B (1 + q / sqrt(9 A) - 1 / (9 A))^3, q the normal quantile (Wilson-Hilferty). Where C_3 is 0 it is the normal's, U_1 + q sqrt(C_2).
    """
    z = np.asarray(taints, float)
    z = z[z != 0]
    m, mean = len(z), float(z.mean()) if len(z) else 0.0
    hypothetical = 0.81 * (1 - 0.667 * np.tanh(10 * (mean if kind == "accounts" else abs(mean))))
    if kind == "accounts":
        hypothetical *= 1 + 0.667 * np.tanh(m / 10)
    t1, t2, t3 = ((hypothetical**j + (z**j).sum()) / (m + 1) for j in (1, 2, 3))
    r1 = (m + 1) / (n + 2)
    r2 = r1 * (m + 2) / (n + 3)
    r3 = r2 * (m + 3) / (n + 4)
    u1 = r1 * t1
    u2 = (r1 * t2 + (n - 1) * r2 * t1**2) / n
    u3 = (r1 * t3 + 3 * (n - 1) * r2 * t1 * t2 + (n - 1) * (n - 2) * r3 * t1**3) / n**2
    c2, c3 = u2 - u1**2, u3 - 3 * u1 * u2 + 2 * u1**3
    q = stats.norm.ppf(np.asarray(levels, float))
    if abs(c3) < 1e-12 * c2**1.5:
        return u1 + q * np.sqrt(c2)
    a, b, g = 4 * c2**3 / c3**2, c3 / (2 * c2), u1 - 2 * c2**2 / c3
    q = q if c3 > 0 else -q  # a distribution with its long tail to the left is the mirrored gamma: B < 0
    return g + a * b * (1 + q / np.sqrt(9 * a) - 1 / (9 * a)) ** 3


def moment(sample, *, confidence=0.95, side="upper", kind="accounts", materiality=None):
    """The upper error limit by the moment bound; usually tighter than Stringer's, and of the net error (understatements count against it).

    kind: "accounts" (errors mostly overstate) or "inventory" (either way). sample: AuditedSample. See moment_quantiles for the formulas.
    Not safe everywhere: with few errors, half of them of 100%, it covered 93.0% ("accounts") and 87.4% ("inventory") of samples of 100
    (docs/sampling.md). Returns a MoneyEvaluation. Source: Dworin and Grimlund (1984, 1986). Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be accounts or inventory, not {kind!r}")
    z, level = sample.taints, tail_levels(confidence, side)

    def rates():
        lower, upper = moment_quantiles(z, sample.n, [1 - level, level], kind)
        return float(z.mean()), np.nan if side == "upper" else float(lower), np.nan if side == "lower" else float(upper)

    return money_unit_result(
        sample,
        rates,
        name=Both("矩界限(Dworin-Grimlund)", "moment bound (Dworin and Grimlund)"),
        source=SOURCE,
        confidence=confidence,
        side=side,
        materiality=materiality,
        inputs=((Both("总体类型", "kind of population"), KINDS[kind]),),
    )
