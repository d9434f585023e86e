"""Survey estimates against what the documentation of R's survey package prints for its Californian schools.

The schools stand in california/ beside this file, with a page on where they come from.

vignette: "Analysing survey data in R"; example(api): the package's own record of its examples; chisq: r-survey.r-forge.r-project.org,
"Tests in contingency tables"; svyolr: published to 17 digits in the tests of the R package spicy; rake: the package's test rakecheck.
"""

from pathlib import Path

import pandas as pd
import pytest

from bangfu.stats import survey

SCHOOLS = Path(__file__).parent / "california"
KINDS = pd.Series({"E": 4421, "H": 755, "M": 1018})  # schools of the state
TARGET = pd.Series({"No": 1072, "Yes": 5122})


@pytest.fixture(scope="module")
def clusters():
    """15 districts; every school stands for 6194 / 183 schools, the weight of the package."""
    schools = pd.read_csv(SCHOOLS / "clusters.csv").assign(weight=33.847, districts=757)
    return survey.Design(schools.assign(met=schools["target_met"] == "Yes"), clusters="district", weights="weight", clusters_total="districts")


@pytest.fixture(scope="module")
def strata():
    schools = pd.read_csv(SCHOOLS / "strata.csv")
    schools["weight"] = survey.weights_of_draw(survey.Design(schools, strata="kind", clusters_total="schools"))
    schools["grade"] = pd.cut(schools["index_2000"], [0, 600, 700, 1000], ordered=True)
    return survey.Design(schools, strata="kind", weights="weight", clusters_total="schools")


@pytest.fixture(scope="module")
def two_stages():
    schools = pd.read_csv(SCHOOLS / "two_stages.csv")
    design = survey.Design(schools, clusters="district", clusters_total="districts", households_total="schools")
    return survey.Design(schools.assign(weight=survey.weights_of_draw(design)), clusters="district", weights="weight", clusters_total="districts",
                         households_total="schools")


def near(*printed):
    """The printed figures, exact to half a unit of their last digit."""
    return [pytest.approx(float(text), abs=0.51 * 10.0 ** -len(text.partition(".")[2])) for text in printed]


@pytest.mark.parametrize("design, mean, total", [
    ("strata", ("662.29", "9.4089"), ("3687178", "114642")),  # example(api): svymean(~api00), svytotal(~enroll)
    ("clusters", ("644.17", "23.542"), ("3404940", "932235")),
    ("two_stages", ("670.81", "30.099"), ("2639273", "799638")),
])
def test_means_and_totals(design, mean, total, request):
    drawn = request.getfixturevalue(design)
    assert survey.mean(drawn, "index_2000").loc["all", ["estimate", "se"]].tolist() == near(*mean)
    found = survey.total(drawn, "enroll").loc["all", ["estimate", "se"]].tolist()
    assert found == [pytest.approx(float(text), rel=3e-6) for text in total]  # the weights of the package are single precision


def test_two_stages_drawn_with_replacement(two_stages):
    drawn = survey.Design(two_stages.data, clusters="district", weights="weight")
    assert survey.mean(drawn, "index_2000").loc["all", ["estimate", "se"]].tolist() == near("670.81", "30.712")  # example(api), dclus2wr
    assert survey.total(drawn, "enroll").loc["all", "se"] == pytest.approx(820261, rel=2e-6)


def test_numbers_of_schools_by_kind(clusters):
    found = survey.total(clusters, by="kind")  # vignette: svytotal(~stype)
    assert found["estimate"].tolist() == near("4873.97", "473.86", "846.17")
    assert found["se"].tolist() == near("1333.32", "158.70", "167.55")


def test_ratios(clusters):
    assert survey.ratio(clusters, "tested", "enroll").loc["all", ["estimate", "se"]].tolist() == near("0.8497087", "0.008386297")  # vignette
    assert survey.ratio(clusters, "tested", "enroll", by="kind").loc["H", ["estimate", "se"]].tolist() == near("0.8300683", "0.01472607")


def test_means_of_domains(clusters):
    ell, meals = (survey.mean(clusters, column, by="kind") for column in ("ell", "meals"))  # vignette: svyby
    assert ell["estimate"].tolist() + ell["se"].tolist() == near("29.69444", "15.00000", "22.68000", "1.411617", "5.347065", "2.952862")
    assert meals["estimate"].tolist() + meals["se"].tolist() == near("53.09028", "37.57143", "43.08000", "7.070399", "5.912262", "6.017110")


def test_quartiles(clusters):
    found = survey.quantile(clusters, "index_2000")  # vignette: svyquantile
    assert found["estimate"].tolist() == [552, 652, 719]
    assert found["lo"].tolist() == [492, 561, 696] and found["hi"].tolist() == [627, 714, 777]
    assert found["se"].tolist() == near("31.47166", "35.66788", "18.88300")


def test_interpolated_quartiles(clusters, strata):
    # svyquantile before 4.1 (oldsvyquantile), as in the reference figures of the Julia package Survey.jl, quantile.csv
    found = survey.quantile(clusters, "index_2000", rule="interpolated")
    assert found["estimate"].tolist() == near("551.7500", "652.0000", "717.5000")
    assert found["se"].tolist() == near("31.8179543230309"[:9], "36.5562721334498"[:9], "19.055446229516"[:9])
    assert survey.quantile(strata, "index_2000", rule="interpolated")["estimate"].tolist() == near("562.2056", "667.2358", "755.1226")


def test_post_stratified_to_the_kinds(clusters):
    known = survey.post_stratify(clusters, "kind", KINDS)  # example(api): postStratify
    assert survey.mean(known, "index_2000").loc["all", ["estimate", "se"]].tolist() == [near("642.31")[0], pytest.approx(23.921, abs=6e-4)]
    assert survey.total(known, "enroll").loc["all", ["estimate", "se"]].tolist() == near("3680893", "406293")
    # to all digits, without the finite-population correction: Survey.jl, poststratify_results.csv (lin_mean_se, by R's survey)
    endless = survey.post_stratify(survey.Design(clusters.data, clusters="district", weights="weight"), "kind", KINDS)
    assert survey.mean(endless, "index_2000").loc["all", ["estimate", "se"]].tolist() == near("642.310788211584", "24.1610605814973")


def test_raked_to_kinds_and_targets(clusters):
    known = survey.rake(clusters, {"kind": KINDS, "target_met": TARGET})  # rakecheck
    assert survey.mean(known, "index_2000").loc["all", ["estimate", "se"]].tolist() == near("641.23", "23.704")
    assert survey.total(known, "enroll").loc["all", ["estimate", "se"]].tolist() == near("3647280", "400603")


def test_independence(clusters, strata):
    found = survey.independence(clusters, "target_met", "kind")  # chisq
    assert list(found.f) == near("5.1934", "1.495", "20.925", "0.02175")
    assert found.pearson == near("11.9409")[0] and found.first[1] == 2 and found.first[2] == near("0.005553")[0]
    other = survey.independence(strata, "awards", "kind")  # Survey.jl, chisq.csv: strat_fpc
    assert list(other.f) == near("14.16941", "1.885136", "371.3718", "0.000002")


def test_linear_regression(clusters):
    found = survey.linear(clusters, "index_2000", ["ell", "meals"])  # vignette: svyglm
    assert found.coefficients["estimate"].tolist() == near("817.1823", "-0.5088", "-3.1456")
    assert found.coefficients["se"].tolist() == near("18.6709", "0.3259", "0.3018")
    assert found.coefficients["p_value"].tolist()[1] == near("0.144")[0] and found.df == 12


def test_logistic_regression(clusters):
    found = survey.logistic(clusters, "met", ["ell", "meals"])  # vignette: svyglm, quasibinomial
    assert found.coefficients["estimate"].tolist() == near("1.899557", "0.039925", "-0.019115")
    assert found.coefficients["se"].tolist() == near("0.509915", "0.012443", "0.008825")
    assert found.coefficients["p_value"].tolist() == near("0.00290", "0.00751", "0.05117")


def test_ordinal_regression(strata):
    found = survey.ordinal(strata, "grade", ["ell", "kind"])  # svyolr, which stops at about six digits
    assert found.coefficients["estimate"].tolist()[:3] == [pytest.approx(b, rel=1e-6) for b in (-0.093444893, -1.864871214, -1.354519065)]
    assert found.coefficients["se"].tolist()[:3] == [pytest.approx(s, rel=5e-4) for s in (0.013741936, 0.374852170, 0.342782451)]
    assert found.coefficients["p_value"].tolist() == [pytest.approx(p, rel=0.01) for p in (1.26085e-10, 1.43393e-06, 1.08675e-04, 1.058235e-13, 3.81826e-07)]
    assert found.df == 194
