"""The variance of a sum over a sample, as its design leaves it; every other error of a survey estimate follows from it."""

import numpy as np

COLUMNS_AT_ONCE = 32


def covariance_of_total(design, contributions):
    """The covariances of sums over the sample, from how much the sums of villages differ within towns.

    V = sum over strata h of (1 - f_h) n_h / (n_h - 1) * sum over its clusters of (z_hc - mean z_h)(z_hc - mean z_h)', with z_hc the
    cluster's sum of the contributions (weight x linearised value) and f_h = n_h / N_h where N_h is known. A further stage adds the same
    expression for its units within each cluster, times the shares drawn at the stages before (f_h, then f_h f_hc, ...).
    A stratum with a single cluster shows no differences: its cluster is held against the mean of all clusters, which errs on the
    side of a larger variance (R's survey.lonely.psu = "adjust"). In a calibrated design the contributions are first replaced by
    what the known totals leave unexplained.

    contributions: array (rows, k); returns an array (k, k).
    Source: Taylor linearisation, Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, 4.3 and 5.5; Lumley (2010),
    Complex Surveys, chapter 2 and appendix; several stages: Bellhouse (1985), Journal of Official Statistics 1, 323-332.
    """
    values = np.asarray(contributions, dtype=float)
    if design.calibration is not None:
        values = design.calibration.unexplained(values)
    covariance, path = np.zeros((values.shape[1],) * 2), None
    for level, stage in enumerate(design.stages):
        sums = _sum_by(stage.unit, values, len(stage.parent))
        centre = _sum_by(stage.parent, sums, len(stage.drawn)) / stage.drawn[:, None]
        if level == 0:
            centre[stage.drawn == 1] = sums.mean(axis=0)
        apart = sums - centre[stage.parent]
        path = np.ones(len(stage.drawn)) if path is None else path
        covariance += apart.T @ (apart * (path * (1 - stage.share) * stage.factor)[stage.parent, None])
        path = (path * stage.share)[stage.parent]
    return covariance


def variance_of_total(design, contributions):
    """The variance of a sum over the sample, or of several: the diagonal of `covariance_of_total`.

    contributions: array (rows,) or (rows, k); returns a number or an array (k,).
    """
    values = np.asarray(contributions, dtype=float)
    if values.ndim == 1:
        return covariance_of_total(design, values[:, None])[0, 0]
    return np.diag(covariance_of_total(design, values)).copy()


def variance_in_domains(design, contributions, domain, domains):
    """The variance of a sum within each of many domains, for which every row contributes to one of them alone.

    The same as `variance_of_total` of a column per domain that is zero outside it, without making the columns: only pairs of a unit and
    a domain that occur are kept. contributions (rows,), domain (rows,) numbers from 0, -1 outside all; returns an array (domains,).
    """
    if design.calibration is not None:  # the known totals spread every domain over all rows
        parts = [np.arange(start, min(start + COLUMNS_AT_ONCE, domains)) for start in range(0, domains, COLUMNS_AT_ONCE)]
        return np.concatenate([variance_of_total(design, np.where(domain[:, None] == part, contributions[:, None], 0.0)) for part in parts])
    inside = domain >= 0
    domain, contributions = domain[inside], contributions[inside]
    variance, path = np.zeros(domains), None
    for level, stage in enumerate(design.stages):
        pairs, pair = np.unique(stage.unit[inside] * domains + domain, return_inverse=True)
        unit, of = pairs // domains, pairs % domains
        parent = stage.parent[unit]
        sums = np.bincount(pair, contributions, len(pairs))
        path = np.ones(len(stage.drawn)) if path is None else path
        coefficient = path * (1 - stage.share) * stage.factor
        groups, group = np.unique(parent * domains + of, return_inverse=True)
        above, group_of = groups // domains, groups % domains
        centre = np.bincount(group, sums, len(groups)) / stage.drawn[above]
        alone = (stage.drawn == 1) & (level == 0)
        grand = np.bincount(of, sums, domains) / len(stage.parent)
        centre = np.where(alone[above], grand[group_of], centre)
        variance += np.bincount(of, coefficient[parent] * (sums - centre[group]) ** 2, domains)
        absent = stage.drawn[above] - np.bincount(group, minlength=len(groups))
        variance += np.bincount(group_of, coefficient[above] * absent * centre**2, domains)
        if alone.any():  # single clusters outside the domain, which are no pair, differ from the mean of all clusters too
            seen = np.bincount(group_of, coefficient[above] * alone[above], domains)
            variance += (coefficient[alone].sum() - seen) * grand**2
        path = (path * stage.share)[stage.parent]
    return variance


def _sum_by(code, values, groups):
    return np.column_stack([np.bincount(code, column, groups) for column in values.T]) if values.shape[1] else np.zeros((groups, 0))
