"""The forensic tests on what a county paid out."""

from bangfu.stats.digits.suite import forensic_suite


def of_ledger(tables, **settings):
    """Make the forensic tests on the outgoing rows of the ledger: amount, posting date, counterparty and voucher number.

    tables: typed tables by name, of which `ledger` is read. settings: as of `forensic_suite` (limit, holidays, ...). Returns a ForensicSuite
    whose rows carry the ledger's index; KeyError without a ledger, which the caller reports as not assessed.
    """
    ledger = tables["ledger"]
    paid = ledger[(ledger["direction"] == "out").fillna(False).astype(bool)]
    return forensic_suite(paid["amount"], paid["posted_on"], paid["counterparty_name"], paid["voucher_no"], places=2, **settings)
