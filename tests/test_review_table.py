"""Judging findings in JupyterLab: the widgets show what the ledger holds and write through its checks."""

import json

import pytest

from bangfu import workbench
from bangfu.review.ledger import Ledger
from bangfu.review.store import Store
from bangfu.review.table import ReviewTable
from test_review_ledger import table


@pytest.fixture
def review(tmp_path) -> ReviewTable:
    shown = ReviewTable(Ledger(table(), Store(f"sqlite:///{tmp_path / 'r.sqlite'}", "999001"), (), 2019), "张审计")
    shown.panel()
    return shown


def test_a_finding_is_chosen_judged_and_saved(review):
    assert len(review.list.options) == 4
    review.list.value = "F3"
    assert "第3户没有帮扶人" in review.details.value and [v for _, v in review.state.options] == ["", "confirmed", "rejected", "exempt"]
    review.state.value, review.fields["note"].value = "rejected", "核对无误"
    review.save()
    assert review.message.value == "已保存。" and review.ledger.state("F3") == "rejected" and review.ledger.store.entries()[0].by == "张审计"
    assert review.list.value == "F3" and "核对无误" in review.details.value
    review.save()
    assert review.message.value == "没有改动。"


def test_what_is_lacking_is_said_and_nothing_is_written(review):
    review.list.value = "F1"
    review.state.value = "exempt"
    review.save()
    assert "须填写" in review.message.value and review.ledger.store.entries() == []
    review.person.value = " "
    review.save()
    assert "核实人" in review.message.value


def test_somebody_elses_edit_in_between_is_a_conflict_here_too(review, tmp_path):
    review.list.value = "F1"
    other = ReviewTable(Ledger(table(), Store(f"sqlite:///{tmp_path / 'r.sqlite'}", "999001"), (), 2019), "李审计")
    other.panel()
    other.list.value, other.state.value = "F1", "confirmed"
    other.save()
    review.state.value, review.fields["note"].value = "rejected", "不是"
    review.save()
    assert "李审计" in review.message.value and len(review.ledger.store.entries()) == 2 and review.ledger.state("F1") == "confirmed"


def test_the_search_narrows_the_list_and_the_progress_is_counted(review):
    review.search.value = "h2"
    assert [f for _, f in review.list.options] == ["F2"]
    review.state.value = "confirmed"
    review.save()
    assert review.standing().frame.values.tolist() == [["new", 3], ["confirmed", 1]]


def test_the_notebook_is_run_by_hand_and_thin():
    told = json.loads((workbench.notebooks() / "review.ipynb").read_text(encoding="utf-8"))
    assert "bangfu" not in told["metadata"] and not any(c["outputs"] for c in told["cells"] if c["cell_type"] == "code")
    assert not any(word in c["source"] for c in told["cells"] if c["cell_type"] == "code" for word in ("def ", "class ", "for ", "lambda"))
