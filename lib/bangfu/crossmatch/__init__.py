"""What speaks for and against a match with a department's register: its date beside the household's, and what practice exempts.

The rules CM-01 to CM-04 report every match that they define; here each is explained from the records, so that nobody is
judged by a flag alone. An exemption is proposed, never applied: a person approves it in the county's params.
"""

from bangfu.crossmatch.explanation import explained

__all__ = ["explained"]
