"""A finding's life as one table: 发现 → 核实(属实/不属实/豁免) → 整改 → 销号 → 反弹, and what each step asks for.

The words of the states stand in `publish/words.yml` under `status`, those of the fields under `review`.
"""

FOUND = ("new", "persisting", "reopened")  # what a run says of a finding that is there
VANISHED = "vanished"  # what a run says of one that is there no more
JUDGED = ("confirmed", "rejected", "exempt", "rectified", "closed")  # what only a person says

# state -> the states that a person may set from there; staying in a state with other fields is always allowed
NEXT = {
    "new": ("confirmed", "rejected", "exempt"),
    "persisting": ("confirmed", "rejected", "exempt"),
    "reopened": ("confirmed", "rejected", "exempt"),
    "confirmed": ("rectified", "rejected", "exempt"),
    "rejected": ("confirmed", "exempt"),
    "exempt": ("confirmed", "rejected"),
    "rectified": ("closed", "confirmed"),
    "closed": ("reopened",),
    "vanished": ("closed", "confirmed", "rejected"),
}
# state -> the fields that must be filled in to set it
NEEDS = {
    "confirmed": (),
    "rejected": ("note",),
    "exempt": ("note", "approver"),
    "rectified": ("measure", "responsible", "deadline"),
    "closed": ("result", "approver"),
    "reopened": ("note",),
}
CHOICES = tuple(NEEDS)
FIELDS = ("note", "responsible", "measure", "deadline", "result", "approver")


def possible(was: str, becomes: str) -> bool:
    """Whether a person may bring a finding from one state to another (or leave it where it is)."""
    return was == becomes or becomes in NEXT[was]


def lacking(becomes: str, fields: dict[str, str]) -> list[str]:
    """The fields that a state asks for and that are empty."""
    return [f for f in NEEDS.get(becomes, ()) if not fields.get(f)]
