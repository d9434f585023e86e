"""Worked examples of courts and textbooks under every method, with the arithmetic. Amounts are whole pounds or dollars as 100 units unless said.

Where a source was opened it is named with where it was read; what is recalled and not read says so. What a source does not
give (the other methods on its figures) is worked by hand from the rule.
"""

import pytest
from ledgers import account

from bangfu import tracing


def held(ledger, claims, **options) -> dict[str, list[int]]:
    """Method -> what is left of each claimant's money."""
    names = [c.claimant for c in claims] if isinstance(claims, list) else list(claims)
    return {m: [t.held(n) for n in names] for m, t in tracing.side_by_side(ledger, claims, **options).items()}


def test_three_contributors_and_two_losses():
    """Paul Todd, Equitable tracing - mixed funds (pntodd.users.netlink.co.uk/trusts/tracing/mixing.htm; read).

    Paul pays in 10, Michael 10, 10 is spent, Karen pays in 10, 10 is spent. Clayton's case: Karen has the 10. Pari passu: 3.33
    each. North American rolling charge: the first loss leaves Paul and Michael 5 each, the second halves all: 2.50, 2.50, 5.
    """
    ledger = account(("paul", 1000), ("michael", 1000), ("loss 1", -1000), ("karen", 1000), ("loss 2", -1000))
    found = held(ledger, {"Paul": "paul", "Michael": "michael", "Karen": "karen"})
    assert found["fifo"] == [0, 0, 1000]
    assert found["pro_rata"] == [250, 250, 500]
    assert sorted(found["pari_passu"]) == [333, 333, 334]  # 10 / 3 each, the odd fen to one of them
    # Last in, first out: Michael's 10 is lost first, then Karen's.
    assert found["lifo"] == [1000, 0, 0]
    # There is no own money: these share each loss among the claims as they stand, as the rolling charge does.
    assert found["libr"] == found["election"] == found["difference"] == [250, 250, 500]


def test_losses_borne_rateably():
    """Course notes on Barlow Clowes v Vaughan (coursehero.com/file/pi9gatp; read): 1,000 of trust A, 2,000 of trust B, 600 withdrawn.

    Rateably A keeps 800 and B 1,600, 20% lost by each.
    """
    ledger = account(("A", 100_000), ("B", 200_000), ("out", -60_000))
    found = held(ledger, {"A": "A", "B": "B"})
    for method in ("pro_rata", "pari_passu", "libr", "election", "difference"):
        assert found[method] == [80_000, 160_000], method
    assert found["fifo"] == [40_000, 200_000]  # A: 1,000 - 600
    assert found["lifo"] == [100_000, 140_000]  # B: 2,000 - 600


def test_roscoe_v_winder():
    """James Roscoe (Bolton) v Winder [1915] 1 Ch 62 (facts as in en.wikipedia.org, read): 455 of the company's money is paid in, the balance
    is drawn down to 25, and 358 are there at the death, the difference being paid in by the debtor. Held: the company can trace 25.
    """
    ledger = account(("debts", 45_500), ("drawings", -43_000), ("own", 33_300))
    found = held(ledger, {"Roscoe": "debts"})
    for method in ("libr", "difference", "fifo", "lifo", "pro_rata", "election"):
        assert found[method] == [2_500], method  # 455 - 430; the later 333 is the debtor's by each rule
    # Ex post: 455 of 455 + 333 = 788 was the company's, so 455 / 788 of the 358 left: 206.7132
    assert found["pari_passu"] == [round(35_800 * 455 / 788)] == [20_671]


def test_hallett():
    """Re Hallett's Estate (1880) 13 Ch D 696 (as summarised at theinfolist.com, read): proceeds of Mrs Cotterill's bonds, 2,145, went into the solicitor's
    own account; at his death 3,000 were there. Held: the whole 2,145, he is taken to have drawn his own money. Fry J by first in,
    first out had found a large part drawn. The movements between are made up to these two figures.
    """
    ledger = account(("own 1", 100_000), ("bonds", 214_500), ("drawings", -220_000), ("own 2", 205_500))
    found = held(ledger, {"Cotterill": "bonds"})
    # Drawings 2,200 - own 1,000 = 1,200 of hers by every rule that looks at each payment: 2,145 - 1,200 = 945 stay, as the balance was 945.
    assert found["libr"] == found["difference"] == found["fifo"] == [94_500]
    ledger = account(("own 1", 100_000), ("own 2", 205_500), ("bonds", 214_500), ("drawings", -220_000))
    found = held(ledger, {"Cotterill": "bonds"})
    assert found["libr"] == found["difference"] == found["fifo"] == [214_500]  # own 3,055 cover the 2,200; 3,000 are left
    assert found["lifo"] == found["election"] == [0]  # 2,200 drawn of her 2,145 and 55 of his
    # In proportion 2,145 of 5,200: 3,000 × 2,145 / 5,200 = 1,237.50
    assert found["pro_rata"] == found["pari_passu"] == [123_750]


OPENING, MIXED, TRUST, PAID_IN, DRAWN, SHARES = 77 * 240 + 13 * 12 + 4, 7000 * 240, 3000 * 240, 30 * 240, 510 * 240, 2137 * 240 + 12 * 12 + 3


@pytest.fixture
def oatway():
    """Re Oatway [1903] 2 Ch 356, in old pence (facts as quoted at oxbridgenotes.co.uk, In re Oatway; read).

    77l. 13s. 4d. stood on his account; 7,000l. came in, 3,000l. of it trust money; 30l. more came in and 510l. were drawn; 2,137l. 12s. 3d.
    bought the Oceana shares; the rest was dissipated.
    """
    rest = OPENING + MIXED + PAID_IN - DRAWN - SHARES
    return account(("mortgage", MIXED), ("own", PAID_IN), ("drawn", -DRAWN), ("shares", -SHARES), ("dissipated", -rest))


def test_oatway(oatway):
    claims = [tracing.Claim("trust", "mortgage", amount=TRUST)]
    found = tracing.side_by_side(oatway, claims, opening={"X": OPENING}, elected=["shares"])
    # Held: the beneficiaries take the shares; he cannot say that he bought them with his own money.
    assert found["election"].paid("shares") == SHARES == 513_027
    assert found["election"].paid("drawn") == 0  # not elected: out of his own money
    assert found["election"].paid("dissipated") == TRUST - SHARES
    # By Hallett's presumption alone his own money, 18,640 + 960,000 + 7,200 = 985,840d., covers drawings and shares (635,427d.).
    assert found["libr"].paid("shares") == found["difference"].paid("shares") == 0
    assert found["libr"].paid("dissipated") == TRUST
    # First in, first out: the opening 18,640d. goes into the drawings; the mixed deposit is 3/7 trust money.
    assert found["fifo"].paid("drawn") == round((DRAWN - OPENING) * 3 / 7)
    assert found["fifo"].paid("shares") == round(SHARES * 3 / 7) == 219_869
    # Last in, first out: 30l. own first, then the mixed deposit.
    assert found["lifo"].paid("drawn") == round((DRAWN - PAID_IN) * 3 / 7)
    # Rolling and ex post alike, all contributions having come in before the first payment: 720,000 of 1,705,840.
    for method in ("pro_rata", "pari_passu"):
        assert found[method].paid("shares") == round(SHARES * TRUST / (OPENING + MIXED + PAID_IN))
    assert all(t.held("trust") == 0 for t in found.values())


def test_lowest_intermediate_balance_of_two_contributors():
    """The comparison of Ontario (Securities Commission) v Greymac and Law Society of Upper Canada v Toronto-Dominion Bank (recalled, not read in
    these figures): A pays in 100, 50 is lost, B pays in 100, 30 is lost, 120 are left.

    With LIBR A stood at 50 when B came: A has 50/150 of 120, B 100/150. Without tracing, half each.
    """
    ledger = account(("A", 10_000), ("loss 1", -5_000), ("B", 10_000), ("loss 2", -3_000))
    found = held(ledger, {"A": "A", "B": "B"})
    assert found["libr"] == found["pro_rata"] == found["election"] == found["difference"] == [4_000, 8_000]
    assert found["pari_passu"] == [6_000, 6_000]
    assert found["fifo"] == [2_000, 10_000]  # 100 - 50 - 30
    assert found["lifo"] == [5_000, 7_000]  # A bears the first loss alone, B the second


def test_shortfall_among_three_beneficiaries():
    """The scenario of Chamorro-Courtland (2019) 43 Melbourne University Law Review 133 (opening read; the results worked by the rules): B1 pays in
    100, B2 100, the trustee takes 100, B3 pays in 100.
    """
    ledger = account(("B1", 10_000), ("B2", 10_000), ("taken", -10_000), ("B3", 10_000))
    found = held(ledger, {"B1": "B1", "B2": "B2", "B3": "B3"})
    assert found["fifo"] == [0, 10_000, 10_000]
    assert found["lifo"] == [10_000, 0, 10_000]
    assert found["libr"] == found["pro_rata"] == [5_000, 5_000, 10_000]
    assert sorted(found["pari_passu"]) == [6_666, 6_667, 6_667]  # 200 / 3


def test_overdrawn_account():
    """Bishopsgate Investment Management v Homan [1995] Ch 211 (summary at oxbridgenotes.co.uk, read): money paid into an overdrawn account cannot be traced through it."""
    ledger = account(("pensions", 50_000), ("later", 30_000))
    for method, trace in tracing.side_by_side(ledger, {"pensions": "pensions"}, opening={"X": -80_000}).items():
        assert trace.held("pensions") == 0, method
        assert int(trace.by_claimant["overdraft"].iloc[0]) == 50_000 or method == "pari_passu"
    # In part overdrawn: 200 of the 500 repaid the bank.
    ledger = account(("pensions", 50_000))
    for method, trace in tracing.side_by_side(ledger, {"pensions": "pensions"}, opening={"X": -20_000}).items():
        assert (trace.held("pensions"), int(trace.by_claimant["overdraft"].iloc[0])) == (30_000, 20_000), method


def test_difference_method():
    """The two cases of the published 差额计算法 (public repository 涉案资金追踪分析系统, its design paper and its test; read).

    Own balance 200,000 yuan, the company's 100,000, 210,000 go out: 200,000 own and 10,000 the company's (挪用). Own balance
    100,000, the company's 200,000, 100,000 go out for the company itself: the company's, and no misuse.
    """
    ledger = account(("own", 20_000_000), ("company", 10_000_000), ("out", -21_000_000))
    assert tracing.trace(ledger, {"company": "company"}, "difference").paid("out") == 1_000_000
    ledger = account(("own", 10_000_000), ("company", 20_000_000), ("payable", -10_000_000))
    assert tracing.trace(ledger, {"company": "company"}, "difference", proper=["payable"]).held("company") == 10_000_000
    assert tracing.trace(ledger, {"company": "company"}, "difference").held("company") == 20_000_000


def test_clayton():
    """Clayton's Case (1816) 1 Mer 572 (rule as in Lowrie and Todd, In defence of the North American rolling charge, Denning Law Journal; read): payments
    out are attributed to the earliest payments in, like a queue for a bus.
    """
    ledger = account(("first", 10_000), ("second", 20_000), ("third", 30_000), ("out", -25_000))
    assert held(ledger, {"1": "first", "2": "second", "3": "third"})["fifo"] == [0, 5_000, 30_000]
    assert held(ledger, {"1": "first", "2": "second", "3": "third"})["lifo"] == [10_000, 20_000, 5_000]
