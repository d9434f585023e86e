"""What a country needs, from what growth.py measured: 832 counties, 30,000,000 households."""

COUNTIES, HOUSEHOLDS = 832, 30_000_000
SPAN = 24  # hours in which it shall be done


def needs(growth: dict) -> dict:
    """Seconds and storage a household at the size measured that is nearest to a mean county, and what follows for the country."""
    mean = HOUSEHOLDS / COUNTIES
    nearest = min(growth["sizes"], key=lambda s: abs(s["households"] - mean))
    measured = nearest["households"] * nearest["counties"]
    each = sum(processors for _, processors in nearest["steps"].values()) / measured
    hours = each * HOUSEHOLDS / 3600
    return {
        "mean": mean, "measured_at": nearest["households"], "ms_each": 1000 * each, "core_hours": hours, "cores": hours / SPAN,
        "peak_gib": nearest["peak_mib"] / 1024 * max(1, mean / nearest["households"]), "raw_gib": nearest["raw_mib"] / measured * HOUSEHOLDS / 1024,
        "rows": nearest["rows"] / measured * HOUSEHOLDS,
    }  # fmt: skip


def table(growth: dict) -> str:
    n = needs(growth)
    rows = {
        "households of a mean county": f"{n['mean']:,.0f}",
        "measured at": f"{n['measured_at']:,} households in a county",
        "arithmetic of a household": f"{n['ms_each']:.1f} ms of a processor",
        "the country, arithmetic": f"{n['core_hours']:,.0f} hours of one core",
        f"cores to be done in {SPAN} hours": f"{max(1, n['cores']):,.1f}",
        "memory of one mean county (in proportion)": f"{n['peak_gib']:.1f} GiB",
        "raw files": f"{n['raw_gib']:,.0f} GiB",
        "rows": f"{n['rows'] / 1e9:.1f} thousand million",
    }
    return "| need | figure |\n|---|---|\n" + "".join(f"| {what} | {value} |\n" for what, value in rows.items())
