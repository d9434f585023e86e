"""Money through several accounts: both sides of a transfer, hops, ends, loops; and what of a ledger can be used."""

import itertools
from fractions import Fraction

import pandas as pd
import pytest
from ledgers import account, network

from bangfu import tracing
from bangfu.problems import WrongParams
from bangfu.tracing import shapes
from bangfu.tracing.routes import routes_back
from bangfu.tracing.starts import starting_at

RING = network(
    ("s1", "2019-08-06", "special", "contractor", 9_400),
    ("c1", "2019-08-08", "contractor", "person", 8_648),
    ("p1", "2019-08-11", "person", "office", 4_700),
    ("c2", "2019-08-12", "contractor", "supplier", 600),
    at_hand={"special", "contractor", "person", "office"},
)
OPENING = {"special": 50_000, "contractor": 1_000, "person": 0, "office": 0}
OWNERS = pd.DataFrame({"account_no": ["special", "office", "contractor"], "person": ["township", "township", "Mr. Li"]})


def by_txn(trace: tracing.Trace) -> dict[str, int]:
    return trace.legs.groupby("txn_id")["amount"].sum().to_dict()


def test_a_ring_under_every_method():
    """9,400 go to a contractor who has 1,000 of his own; he passes on 8,648, of these 4,700 go to the township's office, 600 to a supplier.

    First in, first out: his 1,000 go first, so 7,648 of the 8,648 are traced; of these, within one receipt, 4,700 × 7,648 / 8,648 = 4,156.53.
    Own first (LIBR, difference) gives 7,648 too; the private account has 1,000 own money then, so 3,700 of the 4,700 are traced.
    Last in, first out, and the claims-first election: 8,648 and 4,700. In proportion: 8,648 × 9,400 / 10,400 = 7,816.46, then 4,700 ×
    7,816 / 8,648 = 4,247.83.
    """
    found = {m: by_txn(t) for m, t in tracing.side_by_side(RING, {"township": "s1"}, opening=OPENING).items()}
    assert found["fifo"] == {"s1": 9_400, "c1": 7_648, "p1": 4_157, "c2": 600}
    assert found["libr"] == found["difference"] == {"s1": 9_400, "c1": 7_648, "p1": 3_700, "c2": 600}
    assert found["lifo"] == found["election"] == {"s1": 9_400, "c1": 8_648, "p1": 4_700, "c2": 600}
    # c2: 600 × 9,400 / 10,400 = 542.31
    assert found["pro_rata"] == {"s1": 9_400, "c1": 7_816, "p1": 4_248, "c2": 542}
    # Ex post the 9,400 are shared once, 7,816.46 to the 8,648, 542.31 to the 600, 1,041.23 to the 1,152 left: the odd fen goes to the first.
    assert found["pari_passu"] == {"s1": 9_400, "c1": 7_817, "p1": 4_248, "c2": 542}


def test_legs_name_both_rows_and_the_hop():
    legs = tracing.trace(RING, {"township": "s1"}, "lifo", opening=OPENING).legs.set_index("txn_id")
    assert legs["hop"].to_dict() == {"s1": 1, "c1": 2, "p1": 3, "c2": 2}
    assert legs["end"].to_dict() == {"s1": "", "c1": "", "p1": "", "c2": tracing.NO_LEDGER}
    assert (legs.at["s1", "label"], legs.at["s1", "label_in"]) == (0, 1) and pd.isna(legs.at["c2", "label_in"])


def test_two_hops_and_no_further():
    trace = tracing.trace(RING, {"township": "s1"}, "lifo", opening=OPENING, hops=2)
    assert by_txn(trace) == {"s1": 9_400, "c1": 8_648, "c2": 600}
    assert trace.legs.set_index("txn_id")["end"].to_dict() == {"s1": "", "c1": tracing.FAR, "c2": tracing.NO_LEDGER}
    assert trace.held("township") == 9_400 - 8_648 - 600
    share = tracing.trace(RING, {"township": "s1"}, "pari_passu", opening=OPENING, hops=2)
    assert share.legs["hop"].max() == 2 and share.conserved


def test_ledgers_to_request_by_amount():
    ledger = network(("s1", "2019-01-01", "S", "P", 100), ("s2", "2019-01-02", "S", "Q", 900), ("s3", "2019-01-03", "S", "P", 50), at_hand={"S"})
    asked = tracing.trace(ledger, {"S": ["s1", "s2", "s3"]}, opening={"S": 1_050}).to_request
    assert asked[["account_no", "payments", "amount"]].values.tolist() == [["Q", 1, 900], ["P", 2, 150]]


def test_money_that_comes_round_twice():
    """A pays B 100, B pays A 60, A pays B 60: the same 60 pass twice, and nothing is claimed twice."""
    ledger = network(("t1", "2019-01-01", "A", "B", 100), ("t2", "2019-01-02", "B", "A", 60), ("t3", "2019-01-03", "A", "B", 60), at_hand={"A", "B"})
    for method, trace in tracing.side_by_side(ledger, {"A": "t1"}, opening={"A": 100, "B": 0}).items():
        assert int(trace.by_claimant["claimed"].iloc[0]) == 100 and trace.conserved, method
        if method != "pari_passu":
            assert by_txn(trace) == {"t1": 100, "t2": 60, "t3": 60} and trace.legs["hop"].tolist() == [1, 2, 3] and trace.held("A", "B") == 100, method


def test_what_is_traced_into_a_claimed_payment_is_not_claimed_again():
    """B received 2 of A's claimed money and has nothing else: a claim on B's payment of 1 finds nothing that is nobody's."""
    ledger = network(("t1", "2019-01-01", "A", "B", 2), ("t2", "2019-01-02", "B", "Z", 1), at_hand={"A", "B"})
    claims = [tracing.Claim("A", "t1"), tracing.Claim("B", "t2")]
    for method, trace in tracing.side_by_side(ledger, claims, opening={"A": 2, "B": 0}).items():
        assert trace.by_claimant["claimed"].tolist() == [2, 0], method


def test_sides_are_linked_by_id_else_by_amount_and_day():
    rows = [
        ("A", "2019-01-01", "out", 500, "B", "a1"), ("B", "2019-01-03", "in", 500, "A", "b1"),  # other ids, two days under way
        ("A", "2019-01-02", "out", 700, "B", "x"), ("B", "2019-01-02", "in", 700, "A", "x"),  # one id
        ("A", "2019-01-05", "out", 900, "B", "a3"), ("B", "2019-03-05", "in", 900, "A", "b3"),  # two months apart: another payment
        ("A", "2019-01-07", "out", 300, "B", "a4"), ("B", "2019-01-06", "in", 300, "A", "b4"),  # arrived before it left: another payment
    ]  # fmt: skip
    books = tracing.Books.of(pd.DataFrame(rows, columns=["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"]))
    ids = books.rows["txn_id"]
    assert {frozenset((ids[a], ids[b])) for a, b in books.partner.items()} == {frozenset(("a1", "b1")), frozenset("x")}
    trace = tracing.trace(books, {"A": ["a3"]}, "lifo")
    assert trace.legs["end"].tolist() == [tracing.NOT_THERE]


def test_of_two_departures_the_one_of_the_same_day_arrived():
    rows = [("A", "2019-01-01", "out", 500, "B", "a1"), ("A", "2019-01-05", "out", 500, "B", "a2"), ("B", "2019-01-05", "in", 500, "A", "b1")]
    books = tracing.Books.of(pd.DataFrame(rows, columns=["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"]))
    assert {books.rows["txn_id"][a] for a in books.partner} == {"a2", "b1"}


def test_a_transfer_leaves_before_it_arrives_whatever_the_rows_say():
    """On one day A pays B, B pays C; B's rows stand before A's."""
    rows = [("B", "2019-01-01", "in", 500, "A", "t1"), ("B", "2019-01-01", "out", 500, "C", "t2"), ("A", "2019-01-01", "out", 500, "B", "t1")]
    ledger = pd.DataFrame(rows, columns=["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"])
    assert tracing.trace(ledger, {"A": "t1"}, "fifo", opening={"A": 500, "B": 0}).paid("t2") == 500


def test_books_that_contradict_themselves():
    """On one day, by A's book the payment of B came before A's own; by B's book A's came before B's own: one goes ahead, unknown."""
    rows = [("A", "2019-01-01", "in", 5, "B", "b"), ("A", "2019-01-01", "out", 7, "B", "a"), ("B", "2019-01-01", "in", 7, "A", "a"), ("B", "2019-01-01", "out", 5, "A", "b")]
    ledger = pd.DataFrame(rows, columns=["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"])
    for method, trace in tracing.side_by_side(ledger, {"A": "a", "B": "b"}, opening={"A": 10, "B": 10}).items():
        assert trace.conserved and trace.legs.loc[trace.legs["end"] == tracing.EARLY, "txn_id"].nunique() == 1, method


def test_opening_balances_can_be_claimed_and_come_from_the_bank():
    ledger = account(("t1", -300), ("t2", 500)).assign(balance=[700, 1_200])
    books = tracing.Books.of(ledger)
    assert books.opening == {"X": 1_000} and books.assumed == () and books.breaks.empty
    trace = tracing.trace(books, [tracing.Claim("county", account="X", amount=400)], "pro_rata")
    assert (trace.paid("t1"), trace.held("county")) == (120, 280)  # 400 of 1,000
    assert tracing.Books.of(ledger.drop(columns="balance")).assumed == ("X",)


def test_rows_from_the_latest_to_the_first_are_turned():
    ledger = account(("t1", 500), ("t2", -200), ("t3", -100)).assign(posted_on="2019-01-01", balance=[500, 300, 200])
    books = tracing.Books.of(ledger[::-1])
    assert books.reversed_ == ("X",) and books.rows["txn_id"].tolist() == ["t1", "t2", "t3"] and books.opening == {"X": 0}


def test_rows_that_cannot_be_used_are_told():
    ledger = pd.concat([account(("t1", 500), ("t2", -200)), account(("t1", 500)), account(("t3", 100)).assign(amount=[pd.NA]), account(("t4", 1)).assign(amount=[-5])], ignore_index=True)
    books = tracing.Books.of(ledger)
    assert books.left_out.values.tolist() == [[2, "repeated"], [3, "unreadable"], [4, "negative"]]


def test_a_lacking_row_shows_in_the_balance():
    ledger = account(("t1", 500), ("t3", -100), ("t4", -50)).assign(balance=[500, 150, 100])  # 250 went out between
    breaks = tracing.Books.of(ledger).breaks
    assert breaks[["label", "expected", "found"]].values.tolist() == [[1, 400, 150]]


def test_wrong_ledgers_and_claims_are_told_all_at_once():
    with pytest.raises(tracing.WrongLedger) as wrong:
        tracing.trace(pd.DataFrame({"amount": [1.5]}), {})
    assert len(wrong.value.sentences) == 3
    with pytest.raises(tracing.WrongLedger, match="整数"):
        tracing.trace(account(("t1", 500)).assign(amount=[1.5]), {"a": "t1"})
    with pytest.raises(tracing.WrongLedger) as wrong:
        tracing.trace(account(("t1", 500)), [tracing.Claim("a", "t9"), tracing.Claim("b", "t1", amount=501), tracing.Claim("c", account="Y")])
    assert len(wrong.value.sentences) == 3
    with pytest.raises(tracing.WrongLedger, match="t9"):
        tracing.trace(account(("t1", 500)), {"a": "t1"}, "election", elected=["t9"])
    with pytest.raises(WrongParams, match="fifo"):
        tracing.trace(account(("t1", 500)), {"a": "t1"}, "fif")


def test_a_claim_of_two_on_one_deposit():
    trace = tracing.trace(account(("t1", 500), ("t2", -100)), [tracing.Claim("a", "t1", amount=300), tracing.Claim("b", "t1", amount=200)], "fifo")
    assert (trace.held("a"), trace.held("b")) == (240, 160)


# The order within a day


@pytest.mark.parametrize("method", tracing.METHODS)
def test_same_day_range_is_that_of_all_orders(method):
    """Against every order of a day's entries, told by `order`, one trace each."""
    ledger = account(("own", 300), ("a", 200), ("out 1", -250), ("b", 100), ("out 2", -200)).assign(posted_on=["2019-01-01", *["2019-01-02"] * 4])
    claims = {"a": "a", "b": "b"}
    tried = []
    for order in itertools.permutations(range(4)):
        trace = tracing.trace(ledger.assign(order=[0, *order]), claims, method)
        tried.append((trace.held("a"), trace.held("b")))
    found = tracing.same_day_range(ledger, claims, method)
    assert found.exact and found.orders == 24
    left = found.ranges[found.ranges["account_no"] == "X"].set_index("claimant")
    for place, name in enumerate(claims):
        amounts = [t[place] for t in tried]
        told = (left.at[name, "low"], left.at[name, "high"]) if name in left.index else (0, 0)
        assert told == (min(amounts), max(amounts)), name


def test_impossible_orders_are_left_out():
    """A pays B 100, and B pays A 60, on one day: of the four orders the one by which each had the other's money first cannot be."""
    ledger = network(("t1", "2019-01-01", "A", "B", 100), ("t2", "2019-01-01", "B", "A", 60), at_hand={"A", "B"})
    found = tracing.same_day_range(ledger, {"A": "t1"}, "lifo", opening={"A": 100, "B": 100})
    assert found.exact and found.orders == 3
    left = found.ranges.set_index("account_no")
    # B pays 60 before A's 100 came (its own), or after (A's): A's claim stands whole with B, or 40 there and 60 back with A.
    assert left.loc["B", ["banks", "low", "high"]].tolist() == [40, 40, 100] and left.loc["A", ["banks", "low", "high"]].tolist() == [60, 0, 60]


def test_dates_and_times_may_stand_together_and_ids_may_be_numbers():
    ledger = account(("1", 100), ("2", -40)).assign(posted_on=["2019-01-02", "2019-01-02 10:00:00"], txn_id=[1, 2], account_no=[7, 7])
    trace = tracing.trace(ledger, [tracing.Claim("a", 1, account=7)], "fifo", opening={7: 0})
    assert trace.paid("2") == 40 and trace.held("a", "7") == 60


def test_too_many_orders_are_said_not_to_be_all():
    ledger = account(*[(f"in {i}", 100) for i in range(5)], *[(f"out {i}", -60) for i in range(5)]).assign(posted_on="2019-01-02")
    found = tracing.same_day_range(ledger, {"a": "in 0"}, "libr")
    assert not found.exact and found.orders == 3


def test_entries_with_a_time_have_one_order():
    ledger = account(("a", 100), ("b", 100), ("out", -100)).assign(posted_on=["2019-01-02 09:00", "2019-01-02 10:00", "2019-01-02 11:00"])
    found = tracing.same_day_range(ledger, {"a": "a"}, "lifo")
    assert found.orders == 1 and found.exact and (found.ranges["low"] == found.ranges["high"]).all()


# Routes and shapes


def test_routes_back():
    found = routes_back(tracing.Books.of(RING, opening=OPENING), [0], OWNERS, hops=4)
    assert found.complete and found.steps["txn_id"].tolist() == ["s1", "c1", "p1"]
    assert (found.steps["most"] == 4_700).all() and (found.steps["start"] == "special").all()
    assert found.steps["label"].tolist() == [0, 2, 4] and found.steps["label_in"].tolist() == [1, 3, 5]
    assert routes_back(tracing.Books.of(RING), [0], OWNERS, hops=2).steps.empty
    assert routes_back(tracing.Books.of(RING), [0], OWNERS.head(1), hops=4).steps.empty  # the office is nobody's known


def test_no_route_through_money_that_left_before_it_came():
    early = RING.assign(posted_on=RING["posted_on"].mask(RING["txn_id"].eq("p1"), "2019-08-07"))
    assert routes_back(tracing.Books.of(early), [0], OWNERS, hops=4).steps.empty


def test_a_payment_straight_to_an_account_of_the_same_owner_is_a_route():
    ledger = network(("s1", "2019-01-01", "special", "office", 10), at_hand={"special"})
    assert routes_back(tracing.Books.of(ledger), [0], OWNERS, hops=4).steps["step"].tolist() == [1]


def test_routes_are_cut_where_there_are_too_many():
    payments = [("s", "2019-01-01", "special", "contractor", 100)] + [(f"c{i}", f"2019-01-{i + 2:02d}", "contractor", "special", 10) for i in range(9)]
    found = routes_back(tracing.Books.of(network(*payments, at_hand={"special", "contractor"})), [0], OWNERS, hops=4, limit=5)
    assert not found.complete and found.steps["route"].nunique() == 5


def test_pass_through():
    """8,648 of 9,400 are 92.0%; 4,700 of 8,648 are 54.3%."""
    books = tracing.Books.of(RING, opening=OPENING)
    legs = tracing.trace(books, {"township": "s1"}, "election").legs
    found = shapes.pass_through(books, legs, days=3, share=Fraction(9, 10))
    assert found[["account_no", "to_account", "received", "paid"]].values.tolist() == [["contractor", "person", 9_400, 8_648]]
    assert shapes.pass_through(books, legs, days=1, share=Fraction(9, 10)).empty
    assert len(shapes.pass_through(books, legs, days=3, share=Fraction(1, 2))) == 2


def test_fans_limits_and_year_end():
    payments = [(f"s{i}", f"2019-12-{20 + i}", "S", f"P{i}", 100) for i in range(4)] + [(f"q{i}", f"2019-12-{28 + i}", "S", "Q", 190) for i in range(3)]
    ledger = network(*payments, at_hand={"S"})
    legs = tracing.trace(ledger, {"S": [p[0] for p in payments]}, opening={"S": 5_000}).legs
    fans = shapes.fans(legs, fan=5)
    assert fans[["account_no", "shape", "others", "payments", "amount"]].values.tolist() == [["S", "out", 5, 7, 970]]
    below = shapes.below_limit(legs, limit=200, days=10)
    assert below[["to_account", "payments", "amount"]].values.tolist() == [["Q", 3, 570]] and below["labels"].tolist() == [[4, 5, 6]]
    late = shapes.at_year_end(legs, year=2019, days=4)  # 28 to 31 December
    assert late[["account_no", "payments", "amount", "whole_year"]].values.tolist() == [["S", 3, 570, 970]]


def test_starts():
    ledger = RING.assign(fund_id=["F1", pd.NA, pd.NA, pd.NA, pd.NA, pd.NA, pd.NA])
    assert [(c.claimant, c.row) for c in starting_at(["F1", "contractor", "p1"], ledger)] == [("F1", 0), ("contractor", 2), ("contractor", 6), ("p1", 4)]
    assert [c.row for c in starting_at(["contractor", "c1"], ledger)] == [2, 6]
    with pytest.raises(tracing.WrongLedger):
        starting_at(["nothing"], ledger)


# The bank's order


def in_order(ledger) -> list[str]:
    return tracing.Books.of(ledger).rows["txn_id"].tolist()


def test_a_day_in_no_order_is_linked_by_its_balances():
    """500 - 200 = 300, + 40 = 340, - 90 = 250: no reading of the table up or down gives it; an order that the caller tells comes before it."""
    day = account(("c", 40), ("b", -200), ("d", -90)).assign(posted_on="2019-01-02", balance=[340, 300, 250])
    ledger = pd.concat([account(("a", 500)).assign(balance=500), day], ignore_index=True)
    assert in_order(ledger) == ["a", "b", "c", "d"] and tracing.Books.of(ledger).breaks.empty
    assert in_order(ledger.assign(order=range(4))) == ["a", "c", "b", "d"]


def test_a_table_from_the_latest_to_the_first_is_turned_within_its_days_without_balances():
    ledger = account(("a", 500), ("b", -200), ("c", -100)).assign(posted_on=["2019-01-01", "2019-01-02", "2019-01-02"])
    assert in_order(ledger[::-1]) == ["a", "b", "c"]


def test_a_mistyped_date_stands_where_the_balances_have_it():
    """By date b (of the 3rd, typed as the 30th) would come last; 500 - 200 = 300 and 300 - 100 = 200 have it between a and c."""
    ledger = account(("a", 500), ("b", -200), ("c", -100), ("d", -50)).assign(posted_on=["2019-01-01", "2019-01-30", "2019-01-04", "2019-01-30"], balance=[500, 300, 200, 150])
    assert in_order(ledger) == ["a", "b", "c", "d"]
    assert tracing.same_day_range(ledger, {"x": "a"}).orders == 1  # b and d bear one date and are of two days


def test_one_number_for_several_payouts_with_their_own_balances():
    """A batch of equal payouts under one number: 500 - 100 = 400, - 100 = 300; the same row twice is one payout."""
    batch = account(("a", 500), ("p", -100), ("p", -100), ("p", -100)).assign(posted_on="2019-01-01", balance=[500, 400, 300, 300])
    assert tracing.Books.of(batch).left_out.values.tolist() == [[3, "repeated"]]
