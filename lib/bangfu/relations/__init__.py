"""Who is behind it: persons, households, companies, accounts, telephones and addresses, and the rows that join them."""

from bangfu.relations.network import Network
from bangfu.relations.settings import RelationSettings, read_settings

__all__ = ["Network", "RelationSettings", "read_settings"]
