"""The steps of a run: what each rests on, what it left, and so whether it need be done again.

`code` says which of the workbench's own files a step uses, `noting` which parts of a county a notebook looked at, `stamps` keeps
what each step went by and left, `step` decides, `county_year` lists the steps of one county-year, `status` shows them for many.
"""
