"""Several counties' runs side by side: rates with what chance makes of them, and who and what crosses from one county to another.

    from bangfu.province import find, Tables, indicators, league, ...

Everything is asked of the counties' Parquet by DuckDB; no table is loaded whole.
"""

from bangfu.province.accounts import contractors, shared_accounts
from bangfu.province.county_years import Counties, CountyYear, find
from bangfu.province.indicators import indicators
from bangfu.province.league import League, league
from bangfu.province.persons import KINDS, crossing
from bangfu.province.rules import same_rule
from bangfu.province.settings import ProvinceSettings, read_settings
from bangfu.province.tables import Tables
from bangfu.province.transfers import transfers

__all__ = ["KINDS", "Counties", "CountyYear", "League", "ProvinceSettings", "Tables", "contractors", "crossing", "find", "indicators", "league", "read_settings", "same_rule", "shared_accounts", "transfers"]
