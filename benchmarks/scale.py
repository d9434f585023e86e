"""What a country needs, from what mean_county.py measured: 832 counties, 30,000,000 households."""

COUNTIES, HOUSEHOLDS = 832, 30_000_000
SPAN = 24  # hours in which it shall be done


def needs(county: dict) -> dict:
    """Hours, machines and storage that follow from one county measured, in proportion where it was not quite of the mean size."""
    times = HOUSEHOLDS / county["households"]
    hours = county["clock"] * times / 3600
    return {
        "hours": hours,
        "core_hours": county["processors"] * times / 3600,
        "machines": max(1, hours / SPAN),
        "raw_gib": county["raw_mib"] * times / 1024,
        "reports_gib": county["reports_mib"] * times / 1024,
        "rows": county["rows"] * times,
    }


def table(county: dict) -> str:
    n, m = needs(county), county["machine"]
    steps = ", ".join(f"{step} {seconds:.0f}" for step, seconds in county["seconds"].items())
    rows = {
        "households of a mean county": f"{HOUSEHOLDS / COUNTIES:,.0f}",
        f"a county of {county['households']:,}, from raw files to reports": f"{county['clock']:,.0f} s by the clock ({steps}), {county['processors']:,.0f} s of processors",
        "its memory at most, all processes": f"{county['peak_mib'] / 1024:.1f} GiB",
        f"the country on one machine ({m['cores']} cores, {m['memory_gib']} GiB), a county at a time": f"{n['hours']:,.0f} hours",
        "the country, of processors": f"{n['core_hours']:,.0f} hours of one core",
        f"such machines to be done in {SPAN} hours": f"{n['machines']:,.1f}",
        "raw files": f"{n['raw_gib']:,.0f} GiB",
        "reports and what is kept with them": f"{n['reports_gib']:,.0f} GiB",
        "rows": f"{n['rows'] / 1e9:.1f} thousand million",
    }
    return "| need | figure |\n|---|---|\n" + "".join(f"| {what} | {value} |\n" for what, value in rows.items())
