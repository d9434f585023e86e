"""The pages that are generated are the ones that would be generated now, and what the docs promise is there."""

import re

import pytest

from bangfu import handbook, workbench
from bangfu.params import read_pack
from bangfu.rules.catalogue import catalogue

PAGES = workbench.home() / "docs" / "rules"
PACK = read_pack("laizhou-2018-8")


@pytest.mark.parametrize("name", sorted(handbook.pages(PACK)))
def test_page_is_current(name):
    path = PAGES / name
    assert path.exists(), f"{name} is missing: run `make docs`"
    assert path.read_text(encoding="utf-8") == handbook.pages(PACK)[name], f"{name} is out of date: run `make docs`"


def test_no_page_of_a_rule_that_is_no_more():
    assert {p.name for p in PAGES.glob("*.md")} == set(handbook.pages(PACK))


def test_every_rule_of_the_catalogue_is_in_force_in_the_shipped_pack():
    assert set(PACK.rules) == set(catalogue())


@pytest.mark.parametrize("rule_id", sorted(catalogue()))
def test_page_cites_the_basis_by_title(rule_id):
    text = handbook.pages(PACK)[f"{rule_id}.md"]
    for basis in PACK.rules[rule_id].basis:
        assert basis.title in text
    assert not re.search(r"\b(laizhou-2018-8|bureau-rules|lianhu-measures|work-plans|helper-training-outline)\b", text), "a basis is printed by its file name"
