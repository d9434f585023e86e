"""Difference-in-differences, against Card and Krueger, R's did on mpdta, and published cluster-robust errors."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from bangfu.stats.impact import cluster, did
from bangfu.stats.impact.callaway_santanna import att_gt


@pytest.fixture
def stores(shared_data):
    return pd.read_csv(shared_data / "did" / "njmin3.csv")


@pytest.fixture
def counties(shared_data):
    return pd.read_csv(shared_data / "did" / "mpdta.csv")


def test_card_krueger_table_3(stores):
    # American Economic Review 84, table 3 (recalled, not read), rows 1 to 3: 23.33, 20.44; 21.17, 21.03; -2.16, 0.59, 2.76 (of rounded figures)
    found = did.two_by_two(stores["fte"], stores["nj"], stores["d"], stores["store"])
    assert found.means.round(2).to_numpy().tolist() == [[23.33, 21.17, -2.17], [20.44, 21.03, 0.59]]
    assert found.effect == pytest.approx(2.76, abs=0.01) and (found.observations, found.missing) == (794, 26)


def test_hill_griffiths_lim_table_7_8(stores):
    # Principles of Econometrics, 4th ed., table 7.8 (recalled, not read): the same data by least squares: 2.7536 (1.6884)
    found = did.two_by_two(stores["fte"], stores["nj"], stores["d"], kind="classical")
    assert (found.effect, found.se) == pytest.approx((2.7536, 1.6884), abs=5.1e-5)


def test_card_krueger_balanced_sample(stores):
    # table 3, row 4: changes of the stores seen twice: -2.28 (1.25) in Pennsylvania, difference 2.75 (1.34); HC2 is Welch's error
    once = stores.dropna(subset=["DEMP"]).drop_duplicates("store")
    found = cluster.least_squares(once["DEMP"], pd.DataFrame({"intercept": 1.0, "nj": once["nj"].astype(float)})).coefficients
    assert found[["estimate", "se"]].round(2).to_numpy().tolist() == [[-2.28, 1.25], [2.75, 1.34]]
    # of a difference of two means the Bell-McCaffrey degrees of freedom are those of the smaller sample's mean for the intercept
    assert found.loc["intercept", "df"] == pytest.approx((once["nj"] == 0).sum() - 1)


# R package dfadjust, tests/testthat: data without chance in them, checked there against Stata
ROWS = pd.DataFrame({"intercept": 1.0, "y": np.r_[np.cos(np.arange(10)), np.tan(np.arange(1, 11))], "x": np.r_[np.sin(np.arange(1, 11)), np.sin(np.arange(2, 12))],
                     "cluster": [2, 1, 3, 2, 2, 3, 3, 1, 1, 2] * 2})
WAVE = pd.DataFrame({"intercept": 1.0, "x": np.sin(np.arange(1, 101)), "square": np.sin(np.arange(1, 101)) ** 2})
BLOCKS = np.repeat([1, 5, 2, 3, 4], [40, 20, 20, 10, 10])


@pytest.mark.parametrize("kind, clusters, se", [
    ("CR1", ROWS["cluster"], [0.4827602183, 0.1814501834]), ("CR2", None, [0.4227339762, 0.4421048122])])
def test_dfadjust_errors(kind, clusters, se):
    found = cluster.least_squares(ROWS["y"], ROWS[["intercept", "x"]], clusters, kind=kind).coefficients
    assert found["estimate"].tolist() == pytest.approx([-0.4456202905, 0.3241183110], abs=5e-11)
    assert found["se"].tolist() == pytest.approx(se, abs=5e-11)


@pytest.mark.parametrize("kind, se", [("CR1", 2.344474843), ("CR2", 2.460094992)])
def test_dfadjust_errors_of_unequal_clusters(kind, se):
    found = cluster.least_squares(np.arange(1.0, 101), WAVE, BLOCKS, kind=kind).coefficients.loc["x"]
    assert (found["estimate"], found["se"]) == pytest.approx((-1.955355241, se), abs=5e-10)


def test_dfadjust_degrees_of_freedom():
    X = pd.DataFrame({"intercept": 1.0, "a": np.sin(np.arange(1, 11)), "b": np.sin(np.arange(2, 12))})
    assert cluster.least_squares(np.arange(1.0, 11), X).coefficients["df"].tolist() == pytest.approx([4.94624731, 3.90754737, 4.77265484], abs=1e-8)
    found = cluster.least_squares(ROWS["y"], ROWS[["intercept", "x"]]).coefficients
    assert found["df"].tolist() == pytest.approx([17.6142349, 12.10389102], abs=5e-8)


def test_bell_mccaffrey_as_defined():
    # the whole projection, matrix by matrix: A_g = (I - H_gg)^(-1/2), column g of F = (I - H)_g' A_g X_g M l, df of F'F
    y, X = np.arange(1.0, 101) ** 1.5, WAVE.to_numpy()
    M = np.linalg.inv(X.T @ X)
    rest = np.eye(100) - X @ M @ X.T
    e, parts, columns = rest @ y, [], []
    for block in (1, 2, 3, 4, 5):
        rows = BLOCKS == block
        value, vector = np.linalg.eigh(rest[np.ix_(rows, rows)])
        turned = vector @ np.diag(value**-0.5) @ vector.T @ X[rows] @ M
        parts.append(turned.T @ e[rows])
        columns.append(rest[rows].T @ turned)
    found = cluster.least_squares(y, WAVE, BLOCKS).coefficients
    assert found["se"].tolist() == pytest.approx(np.sqrt((np.array(parts) ** 2).sum(axis=0)).tolist(), rel=1e-9)
    for place in range(3):
        F = np.column_stack([column[:, place] for column in columns])
        values = np.linalg.eigvalsh(F.T @ F)
        assert found["df"].iloc[place] == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-9)


def panel(seed, units=24, villages=8, effect=1.0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame([(u, u % villages, t) for u in range(units) for t in range(5)], columns=["unit", "village", "time"])
    table["helped"] = ((table["village"] % 2 == 0) & (table["time"] >= 3)).astype(float)
    table["y"] = rng.normal(size=units)[table["unit"]] + 0.5 * table["time"] + effect * table["helped"] + 0.5 * rng.normal(size=(villages, 5))[table["village"], table["time"]]
    table["y"] += rng.normal(size=len(table))
    return table.drop(index=[3, 40, 44])  # not balanced


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_two_way_is_the_regression_on_all_dummies(kind):
    table = panel(1)
    found = did.two_way(table["y"], table["helped"], table["unit"], table["time"], clusters=table["village"], kind=kind)
    units, periods = (pd.get_dummies(table[c], prefix=c, dtype=float) for c in ("unit", "time"))
    X = pd.concat([table[["helped"]], units, periods.iloc[:, 1:]], axis=1)
    whole = cluster.least_squares(table["y"], X, table["village"], kind=kind).coefficients.loc["helped"]
    assert found.effect == pytest.approx(whole["estimate"], rel=1e-9)
    if kind == "CR2":  # Pustejovsky and Tipton (2018), theorem 2
        assert (found.se, found.df) == pytest.approx((whole["se"], whole["df"]), rel=1e-8)
    else:
        k, kept = X.shape[1], 1 + 4  # the unit effects are not counted among the columns
        n = len(table)
        assert found.se == pytest.approx(whole["se"] * np.sqrt((n - k) / (n - kept)), rel=1e-9)
        theirs = sm.OLS(table["y"], X).fit(cov_type="cluster", cov_kwds={"groups": table["village"]})
        assert whole["se"] == pytest.approx(theirs.bse["helped"], rel=1e-9)


def test_wild_bootstrap_by_enumeration():
    table = panel(2, units=10, villages=5)
    X = pd.DataFrame({"intercept": 1.0, "x": table["helped"], "time": table["time"].astype(float)})
    y, d, rest = table["y"].to_numpy(), X.to_numpy(), X.drop(columns="x").to_numpy()
    found = cluster.wild_bootstrap(y, X, table["village"], "x", weights="rademacher")
    codes = table["village"].to_numpy()
    fit = rest @ np.linalg.lstsq(rest, y, rcond=None)[0]

    def t(outcome):
        return cluster.least_squares(outcome, X, codes, kind="CR1").coefficients.loc["x", "t"]

    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * 5)).reshape(5, -1).T
    drawn = np.array([t(fit + sign[codes] * (y - fit)) for sign in signs])
    assert found.enumerated and found.draws == 32 and found.t == pytest.approx(t(y), rel=1e-9)
    assert found.p_value == (np.abs(drawn) >= abs(t(y)) - 1e-9).mean()


@pytest.mark.parametrize("weights", ["webb", "rademacher"])
def test_wild_bootstrap_interval_holds_what_is_not_rejected(weights):
    table = panel(3, units=42, villages=14)
    X = pd.DataFrame({"intercept": 1.0, "x": table["helped"], "time": table["time"].astype(float)})
    found = cluster.wild_bootstrap(table["y"], X, table["village"], "x", weights=weights, draws=1999, seed=4)
    for value, inside in ((found.lower, False), (found.upper, False), (found.estimate, True)):
        again = cluster.wild_bootstrap(table["y"], X, table["village"], "x", weights=weights, draws=1999, seed=4, null=value + (0 if inside else (value - found.estimate) * 1e-3))
        assert (again.p_value > 0.05) == inside
    assert found.p_value == cluster.wild_bootstrap(table["y"], X, table["village"], "x", weights=weights, draws=1999, seed=4).p_value


def test_with_few_villages_cr2_and_the_bootstrap_reject_less_often_than_cr1():
    rejected = {"CR1": 0, "CR2": 0, "wild": 0}
    for seed in range(150):
        table = panel(1000 + seed, units=16, villages=8, effect=0.0)
        table["helped"] = ((table["village"] < 2) & (table["time"] >= 3)).astype(float)
        X = pd.DataFrame({"intercept": 1.0, "x": table["helped"], "time": table["time"].astype(float)})
        for kind in ("CR1", "CR2"):
            rejected[kind] += cluster.least_squares(table["y"], X, table["village"], kind=kind).coefficients.loc["x", "p_value"] <= 0.05
        rejected["wild"] += cluster.wild_bootstrap(table["y"], X, table["village"], "x", weights="webb", draws=199).p_value <= 0.05
    assert rejected["CR2"] < rejected["CR1"] and rejected["CR2"] <= 0.08 * 150 and rejected["wild"] <= 0.08 * 150


# R did 2.5.1 on mpdta without covariates, analytic errors (tidy output kept in pedrohcgs/csdid-stata, tests/fixtures/parity/rt026)
ATT_GT = {(2004, 2004): (-0.0105032462209636, 0.0232510363681663), (2004, 2005): (-0.0704231581031497, 0.0309847667572765),
          (2004, 2006): (-0.137258738889405, 0.0364356642876863), (2004, 2007): (-0.100811363085405, 0.0343592258346731),
          (2006, 2004): (0.00652011242423293, 0.023326805141805), (2006, 2005): (-0.00275081875051874, 0.0195585610358817),
          (2006, 2006): (-0.00459460695286279, 0.0177551966592765), (2006, 2007): (-0.041224471546218, 0.0202291807041072),
          (2007, 2004): (0.030506655583292, 0.01503356028013), (2007, 2005): (-0.00272589288611598, 0.0163958328955344),
          (2007, 2006): (-0.031087119389688, 0.0178775113133435), (2007, 2007): (-0.0260544107191973, 0.0166554353492521)}
DYNAMIC = {-3: (0.030506655583292, 0.01503356028013), -2: (-0.000563084626385217, 0.01329164473655), -1: (-0.0244587449711688, 0.0142364022105192),
           0: (-0.0199318167892598, 0.0118263640580581), 1: (-0.0509573670651952, 0.0168934762686782), 2: (-0.137258738889405, 0.0364356642876863),
           3: (-0.100811363085405, 0.0343592258346732)}
COHORT = {2004: (-0.0797491265747309, 0.0263677994350272), 2006: (-0.0229095392495404, 0.0167033302551623), 2007: (-0.0260544107191973, 0.0166554353492521)}
CALENDAR = {2004: (-0.0105032462209636, 0.0232510363681663), 2005: (-0.0704231581031497, 0.0309847667572765),
            2006: (-0.0488159842650436, 0.0201258612605003), 2007: (-0.0370593399359774, 0.0137470791411185)}


def test_r_did_group_time_effects(counties):
    found = att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"])
    table = found.table.set_index(["cohort", "time"])
    assert table.index.tolist() == list(ATT_GT)
    assert table[["att", "se"]].to_numpy() == pytest.approx(np.array(list(ATT_GT.values())), rel=1e-10)
    # README of did: p-value of the pre-test 0.16812
    assert found.pretest[1:] == (5, pytest.approx(0.16812, abs=5.1e-6))


def test_r_did_averages(counties):
    found = att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"])
    whole = found.simple()
    assert (whole.att, whole.se) == pytest.approx((-0.0399512751551772, 0.0120340127701854), rel=1e-10)
    for average, expected in ((found.event_study(), DYNAMIC), (found.by_cohort(), COHORT), (found.by_calendar(), CALENDAR)):
        assert average.table[["att", "se"]].to_numpy() == pytest.approx(np.array(list(expected.values())), rel=1e-9)
    by_cohort = found.by_cohort()
    assert (by_cohort.att, by_cohort.se) == pytest.approx((-0.0310182822287492, 0.0124460593209979), rel=1e-10)
    assert found.event_study().att == pytest.approx(-0.0772, abs=5.1e-5)  # README of did


def test_r_did_not_yet_treated(counties):
    # R did with control_group = "notyettreated", from 2004 on in order of cohort and year (replication script of the R package phdid, table 6)
    found = att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"], control="not_yet").table
    after = found[found["time"] >= found["cohort"]]
    assert after["att"].round(3).tolist() == [-0.019, -0.078, -0.136, -0.101, 0.005, -0.041, -0.026]
    assert after["se"].round(3).tolist() == [0.022, 0.030, 0.035, 0.034, 0.016, 0.020, 0.017]


def test_universal_base_gives_the_same_effects_and_a_zero_before(counties):
    varying, universal = (att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"], base=b) for b in ("varying", "universal"))
    assert universal.simple().att == pytest.approx(varying.simple().att, rel=1e-12) and universal.pretest[2] == pytest.approx(varying.pretest[2], rel=1e-9)
    before = universal.table[universal.table["time"] == universal.table["cohort"] - 1]
    assert (before["att"] == 0).all() and (before["time"] + 1).tolist() == [2004, 2006, 2007]


def test_two_cohorts_by_hand_with_clusters_and_what_is_left_out():
    # units a b are helped from year 2, c d never, e from the first year on, f lacks a year; changes 3, 5 against 1, 1: effect 3
    rows = [("a", 1, 0), ("a", 2, 3), ("b", 1, 0), ("b", 2, 5), ("c", 1, 4), ("c", 2, 5), ("d", 1, 2), ("d", 2, 3), ("e", 1, 9), ("e", 2, 9), ("f", 1, 1)]
    unit, time, y = zip(*rows)
    starts = {"a": 2, "b": 2, "e": 1, "f": 2}
    found = att_gt(y, unit, time, [starts.get(u, np.nan) for u in unit], clusters=[{"a": "A", "b": "A"}.get(u, u) for u in unit])
    assert found.left_out == {"incomplete": 1, "always": 1} and found.units == 4
    # influence of a, b: 4/2 x (-1, 1), in one cluster together 0; of c, d: 0
    assert found.table["att"].tolist() == [3.0] and found.table["se"].iloc[0] == pytest.approx(0.0)
    apart = att_gt(y, unit, time, [starts.get(u, 0) for u in unit]).table
    assert apart["se"].iloc[0] == pytest.approx(np.sqrt(4 + 4) / 4)


def test_bands_hold_all_effects_at_once(counties):
    study = att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"], seed=3).event_study()
    assert (study.table["band_lower"] < study.table["lower"]).all()
    # README of did: the simultaneous band of event time 1 is -0.0948 to -0.0071 (by bootstrap, so only near)
    assert study.table.loc[1, ["band_lower", "band_upper"]].tolist() == pytest.approx([-0.0948, -0.0071], abs=0.004)


def test_papers_say_the_assumptions(counties, stores):
    staggered = att_gt(counties["lemp"], counties["countyreal"], counties["year"], counties["first.treat"])
    for result in (staggered, staggered.event_study(), did.two_by_two(stores["fte"], stores["nj"], stores["d"], stores["store"])):
        assert "平行趋势" in str(result) and "Parallel trends" in result.paper("en")


def test_columns_with_missing_values():
    income = pd.Series([1, 2, pd.NA, 4, 5, 7, 1, 9], dtype="Int64")
    helped, after = pd.Series([True] * 4 + [False] * 4, dtype="boolean"), [0, 1] * 4
    found = did.two_by_two(income, helped, after, [1, 1, 2, 2, 3, 3, 4, 4])
    # helped 1 to (2 + 4) / 2, others (5 + 1) / 2 to (7 + 9) / 2
    assert found.effect == pytest.approx(2 - 5) and found.missing == 1
    staggered = att_gt(income, [1, 1, 2, 2, 3, 3, 4, 4], [2018, 2019] * 4, pd.array([2019] * 4 + [pd.NA] * 4, dtype="Int64"))
    # the second unit lacks a year: 1 less the mean of 2 and 8
    assert staggered.table["att"].tolist() == [-4.0] and staggered.left_out["incomplete"] == 1


@pytest.mark.parametrize("wrong, word", [
    (lambda: did.two_by_two([1, 2, 3], [1, 1, 0], [0, 1, 0]), "four cells"),
    (lambda: did.two_by_two([1, 2, 3, 4], [2, 1, 0, 0], [0, 1, 0, 1]), "yes or no"),
    (lambda: did.two_way([1, 2, 3, 4], [0, 0, 1, 1], [1, 1, 2, 2], [1, 2, 1, 2]), "never varies"),
    (lambda: att_gt([1, 2, 3, 4], [1, 1, 2, 2], [1, 2, 1, 2], [2, 2, 2, 2]), "not_yet"),
    (lambda: att_gt([1, 2], [1, 1], [1, 1], [2, 2]), "two rows"),
    (lambda: cluster.least_squares([1.0, 2, np.nan], np.ones((3, 1))), "missing"),
    (lambda: cluster.least_squares([1.0, 2, 4], np.ones((3, 1)), ["a", "a", "a"]), "at least two")])
def test_what_cannot_be_estimated_is_said(wrong, word):
    with pytest.raises(ValueError, match=word):
        wrong()
