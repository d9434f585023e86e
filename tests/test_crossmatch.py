"""Each match with a register is explained: tests/crossmatch holds households of which the case column says what speaks for them."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from bangfu import audit, crossmatch
from bangfu.params import Exemption, read_pack
from bangfu.problems import WrongParams
from tests.conftest import read_fixture_table

HERE = Path(__file__).parent / "crossmatch"
TABLES = {p.stem: read_fixture_table(p) for p in sorted(HERE.glob("*.csv")) if p.stem != "expected"}
EXPECTED = pd.read_csv(HERE / "expected.csv", dtype="str")


def explained(tables=TABLES, grounds=None):
    pack = read_pack("laizhou-2018-8")
    outcomes = audit.apply_all(pack, tables, 2019, ("crossmatch",))
    found = crossmatch.explained([(o.in_force, o.found) for o in outcomes if o.found], tables, 2019, pack.grounds if grounds is None else grounds)
    return found.set_index(["rule_id", "subject"])


@pytest.mark.parametrize(("rule_id", "subject", "standing", "says"), list(EXPECTED.itertuples(index=False)), ids=EXPECTED["subject"])
def test_each_case_is_explained(rule_id, subject, standing, says):
    told = explained().loc[(rule_id, subject)]
    assert told["standing"] == standing
    assert says in told["explanation"]


def test_every_match_is_explained_and_nothing_else_is():
    assert set(explained().index) == set(EXPECTED[["rule_id", "subject"]].itertuples(index=False, name=None))


def test_benefits_count_from_the_day_of_the_entry_that_nothing_explains():
    told = explained()["explanation"]
    # 960.00 on the very day and 3,000.50 after it; the 3,000.00 before it are left out.
    assert "此后该户领取补助2笔3,960.50元" in told["CM-01", "H01"]
    assert "补助" not in told["CM-01", "H02"]


def test_an_exemption_is_proposed_only_where_the_records_prove_the_reason_and_fits_the_params():
    told = explained()
    assert told["exemption"].notna().tolist() == (told["standing"] == "exempt").tolist()
    (draft,) = yaml.safe_load(told.loc[("CM-01", "H02"), "exemption"])
    with pytest.raises(ValueError, match="approved by"):
        Exemption.model_validate(draft)  # nobody has approved it yet
    assert Exemption.model_validate(draft | {"approved by": "张三"}).subject == "H02"


def test_without_grounds_in_the_pack_only_dates_explain():
    told = explained(grounds={})["standing"]
    assert told["CM-01", "H02"] == "exempt" and told["CM-01", "H04"] == "stands" and told["CM-02", "H11"] == "stands"


def test_tables_and_columns_that_are_absent_explain_nothing():
    bare = {name: frame for name, frame in TABLES.items() if name not in ("deaths", "benefits")}
    bare["members"] = bare["members"][["household_id", "id_number", "origin"]]
    bare["properties"] = bare["properties"].drop(columns="location")
    told = explained(bare)
    assert told.loc[("CM-01", "H07"), "standing"] == "stands" and told.loc[("CM-02", "H12"), "standing"] == "stands"
    assert "死亡" not in told.loc[("CM-01", "H06"), "explanation"]


def test_wrong_grounds_of_a_pack_are_told_all_at_once(tmp_path):
    source = (Path(__file__).parents[1] / "params/policies/laizhou-2018-8.yml").read_text(encoding="utf-8")
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "own.yml").write_text(source.replace("disability-vehicle:", "disability-vehicles:").replace("{words: [安置, 搬迁]}", "{word: [安置]}"), encoding="utf-8")
    with pytest.raises(WrongParams) as wrong:
        read_pack("own", county_file=tmp_path / "counties" / "x.yml")
    said = [s.zh for s in wrong.value.sentences]
    assert any("disability-vehicles" in s and "disability-vehicle" in s for s in said)
    assert any("resettlement-home" in s and "“word”" in s for s in said) and any("resettlement-home" in s and "“words”应为文字列表" in s for s in said)
