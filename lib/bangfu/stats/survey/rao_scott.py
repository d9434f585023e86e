"""Do two answers hang together, and do answers follow given shares, in a sample that was not drawn one by one?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper
from bangfu.stats.survey.variance import covariance_of_total


@dataclass(frozen=True)
class RaoScott(WorkingPaper):
    """Pearson's statistic of a weighted table, corrected for the design.

    observed, expected: the table scaled to the interviews n, and what it would be under the hypothesis. pearson, df: the statistic
    that the table would have from a simple random sample, and its degrees of freedom. effects: the generalised design effects (df,),
    eigenvalues of the matrix of design effects; their mean is what pearson is too large by.
    first: (statistic, df, p-value) of the first-order correction, pearson / mean effect, chi-square. second: the second-order
    correction, pearson / (mean effect (1 + a^2)), chi-square on df / (1 + a^2), a the coefficient of variation of the effects.
    f: (F, df1, df2, p-value), pearson / sum of effects, F on df / (1 + a^2) and that times the design's degrees of freedom: the one
    to use when clusters are few.
    """

    hypothesis: Both
    observed: pd.DataFrame | pd.Series
    expected: pd.DataFrame | pd.Series
    n: int
    pearson: float
    df: int
    design_df: int
    effects: np.ndarray
    first: tuple
    second: tuple
    f: tuple

    @property
    def p_value(self):
        """The p-value of the F form, the one to report."""
        return self.f[-1]

    def _paper(self):
        return Paper(
            title=Both("拉奥-斯科特检验", "Rao-Scott test"),
            asked=self.hypothesis,
            method=Both("加权表的皮尔逊卡方,按抽样设计二阶修正(F 形式)",
                        "Pearson's chi-square of the weighted table, corrected to the second order for the design (F form)"),
            source="Rao and Scott (1984), Annals of Statistics 12, 46-60; Thomas and Rao (1987), JASA 82, 630-636",
            inputs=[(Both("访谈数", "interviews"), self.n), (Both("设计自由度", "degrees of freedom of the design"), self.design_df),
                    (Both("折算到访谈数的表", "table scaled to the interviews"), self.observed)],
            result=[(Both("皮尔逊卡方(未修正)", "Pearson's chi-square, uncorrected"), self.pearson), (Both("自由度", "degrees of freedom"), self.df),
                    (Both("平均设计效应", "mean design effect"), float(self.effects.mean())), (Both("F 值", "F"), self.f[0]),
                    (Both("F 的自由度", "degrees of freedom of F"), [self.f[1], self.f[2]]), (Both("p 值", "p-value"), self.f[3])],
            meaning=Both(f"如果假设成立,只因抽样而出现这么大差别的机会约为 {self.p_value:.2g};机会越小,越不像是偶然。",
                         f"If the hypothesis held, sampling alone would show differences this large with a chance of about {self.p_value:.2g}; "
                         "the smaller, the less it looks like chance."),
        )


def independence(design, rows, columns):
    """Test whether two columns of answers are independent of each other (satisfaction of the town, of the kind of household).

    X^2 = n * sum (p_rc - p_r p_c)^2 / (p_r p_c) of the weighted shares. Design effects: the eigenvalues of (C' V0 C)^-1 (C' V C), V the
    design-based covariance of the shares divided by them, V0 that of a simple random sample, C contrasts orthogonal to both margins.
    rows, columns: columns of the data; interviews without either answer are left out. Returns a `RaoScott`.
    Raises ValueError if there are not two answers of each, or too many cells are empty.
    Source: Rao and Scott (1984), Annals of Statistics 12, 46-60; Thomas and Rao (1987), JASA 82, 630-636; as in R's survey, svychisq.
    """
    known = design.data[[rows, columns]].notna().all(axis=1).to_numpy()
    for column in (rows, columns):
        if design.data.loc[known, column].nunique() < 2:
            raise ValueError(f"{column} has fewer than two different answers, so that there is nothing to test")
    r, row_names = _answers(design.data[rows].where(known))
    c, column_names = _answers(design.data[columns].where(known))
    many = (len(row_names), len(column_names))
    cell = np.where(known, r * many[1] + c, -1)
    share, covariance, n, freedom = _shares(design, cell, many[0] * many[1])
    table = share.reshape(many)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    contrasts = np.kron(_contrasts(many[0]), _contrasts(many[1]))
    margins = np.column_stack([np.repeat(np.eye(many[0]), many[1], axis=0), np.tile(np.eye(many[1]), (many[0], 1))])
    contrasts = contrasts - margins @ np.linalg.lstsq(margins, contrasts, rcond=None)[0]
    inverse = np.divide(1, share, out=np.zeros_like(share), where=share > 0)
    plain = contrasts.T @ (contrasts * (inverse / n)[:, None])
    shown = (contrasts * inverse[:, None]).T @ covariance @ (contrasts * inverse[:, None])
    named = {"index": pd.Index(row_names, name=rows), "columns": pd.Index(column_names, name=columns)}
    return _corrected(Both(f"“{rows}”与“{columns}”相互独立", f"{rows} and {columns} are independent"), pd.DataFrame(n * table, **named),
                      pd.DataFrame(n * expected, **named), n, (many[0] - 1) * (many[1] - 1), freedom, _effects(plain, shown))


def goodness_of_fit(design, column, shares):
    """Test whether the answers of a column follow given shares (of a register, of the year before).

    X^2 = n * sum (p - p0)^2 / p0 of the weighted shares p; design effects: eigenvalues of V0^-1 V, V the design-based covariance of all
    shares but one, V0 = (diag(p0) - p0 p0') / n.
    shares: a Series (or dict) of shares or counts by answer; it is divided by its sum. Interviews without an answer are left out.
    Returns a `RaoScott`. Raises ValueError for an answer without a share, or shares that are not positive.
    Source: Rao and Scott (1981), JASA 76, 221-230.
    """
    given = pd.Series(shares, dtype=float)
    if len(given) < 2 or not (given > 0).all():
        raise ValueError("goodness of fit needs a positive share for each of at least two answers")
    given = given / given.sum()
    answers = design.data[column]
    cell = given.index.get_indexer(answers)
    unknown = (cell < 0) & answers.notna().to_numpy()
    if unknown.any():
        raise ValueError(f"no share is given for {column} = {answers[unknown].iloc[0]}, which is in the sample")
    share, covariance, n, freedom = _shares(design, cell, len(given))
    p0 = given.to_numpy()
    plain = (np.diag(p0) - np.outer(p0, p0)) / n
    named = given.index.rename(column)
    return _corrected(Both(f"“{column}”符合给定的比例", f"{column} follows the given shares"), pd.Series(n * share, named), pd.Series(n * p0, named), n,
                      len(given) - 1, freedom, _effects(plain[:-1, :-1], covariance[:-1, :-1]))


def _answers(column):
    """The number of each answer in sorted order (or that of its categories), and the answers that occur."""
    ordered = column.cat.remove_unused_categories() if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    return ordered.cat.codes.to_numpy(), list(ordered.cat.categories)


def _shares(design, cell, cells):
    """The weighted shares of the cells, their design-based covariance, the interviews, and the design's degrees of freedom."""
    inside = cell >= 0
    if not inside.any():
        raise ValueError("no interview has these answers")
    weight = np.where(inside, design.weight, 0.0)
    total = weight.sum()
    share = np.bincount(cell[inside], weight[inside], cells) / total
    one = (cell[:, None] == np.arange(cells)) - np.where(inside[:, None], share, 0.0)
    return share, covariance_of_total(design, one * (weight / total)[:, None]), int(inside.sum()), design.freedom(inside)[1]


def _contrasts(levels):
    return np.vstack([np.zeros(levels - 1), np.eye(levels - 1)])


def _effects(plain, shown):
    """The matrix of design effects: what the design shows, as a multiple of what a simple random sample would."""
    if np.linalg.matrix_rank(plain, hermitian=True) < len(plain):
        raise ValueError("too many cells of the table are empty for the test: join small categories")
    return np.linalg.solve(plain, shown)


def _corrected(hypothesis, observed, expected, n, df, freedom, effects):
    pearson = float((((observed - expected) ** 2) / expected).to_numpy().sum())
    trace, square = np.trace(effects), np.trace(effects @ effects)
    if not trace > 0:
        raise ValueError("the sample shows no differences between its clusters, so that the test has no measure of chance")
    fewer = trace**2 / square
    first, second, f = pearson / (trace / df), pearson * trace / square, pearson / trace
    return RaoScott(hypothesis, observed, expected, n, pearson, df, freedom, np.sort(np.linalg.eigvals(effects).real)[::-1],
                    (first, df, float(stats.chi2.sf(first, df))), (second, fewer, float(stats.chi2.sf(second, fewer))),
                    (f, fewer, fewer * freedom, float(stats.f.sf(f, fewer, fewer * freedom)) if freedom > 0 else np.nan))
