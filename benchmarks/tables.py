"""The tables of docs/performance.md and docs/scale.md, each from the figures of one benchmark; `summary` from all of them."""

import statistics

import results
import scale


def summary(_) -> str:
    """What was aimed at and what was reached, goal by goal; nothing is typed here but the aims of the goals."""
    rows = "".join(f"| {goal} | {what} | {aim} | {told if figures else '—'} | {('yes' if met else '**no**') if figures else 'not measured'} |\n" for goal, what, aim, figures, told, met in _goals())
    return "| | goal | aim | reached | met |\n|---|---|---|---|---|\n" + rows


def _goals():
    f = {name: results.read(name) for name in TABLES}
    a, b, c, d, e, fleet, u = (f[n] for n in ("small_county", "rules_at_scale", "intake", "quality_by_hand", "growth", "fleet", "unchanged"))
    both = "by the clock, {} of processors".format
    yield "(a)", "the papermill and nbconvert commands over ours, a small county", "at least 12 times", a, a and f"{a['a']['clock']['ratio']} {both(a['a']['processors']['ratio'])}", a and a["a"]["clock"]["ratio"] >= 12
    yield "(b)", "rules over the same checks by hand in DuckDB and Polars", "at most 3 times", b, b and f"{b['clock']['ratio']} {both(b['processors']['ratio'])}", b and b["clock"]["ratio"] <= 3
    yield "(b)", "all rules on a million visits", "10 s", b, b and f"{b['clock']['all_rules']} s {both(str(b['processors']['all_rules']) + ' s')}", b and b["clock"]["all_rules"] <= 10
    yield "(c)", "pandas with openpyxl over intake", "at least 10 times", c, c and f"{c['workbook']['clock']['ratio']} {both(c['workbook']['processor']['ratio'])}", c and c["workbook"]["clock"]["ratio"] >= 10
    yield "(d)", "suites over the same checks by hand in pandas", "at most 3 times", d, d and f"{d['clock']['ratio']} {both(d['processors']['ratio'])}", d and d["clock"]["ratio"] <= 3
    biggest = e and max(e["sizes"], key=lambda s: s["households"] * s["counties"])
    widest = e and max(s["peak_mib"] for s in e["sizes"])
    yield ("(e)", "peak memory as a county grows", "under 8 GiB, up to 100,000 households in a county and 1,000,000 in ten", e,
           e and f"{widest / 1024:.1f} GiB; the most households: {biggest['households'] * biggest['counties']:,} in {biggest['counties']}", e and widest < 8192 and biggest["households"] * biggest["counties"] >= 1_000_000)
    one, two = fleet["runs"] if fleet else (None, None)
    grown = fleet and two["memory_last"] / two["memory_first"]
    yield ("(f)", "a fleet of 200 small counties", "memory flat (last quarter within 5% of the first)", fleet,
           fleet and f"{two['counties']} counties: {one['warm_per_minute']} a minute with one worker, {two['warm_per_minute']} with two; memory × {grown:.2f}", fleet and two["counties"] >= 200 and grown <= 1.05)
    yield "(g)", "`bangfu run` from a cold shell over its parts in one process", "at most 2 times", a, a and f"{a['g']['clock']['ratio']} {both(a['g']['processors']['ratio'])}", a and a["g"]["clock"]["ratio"] <= 2
    yield "3", "an unchanged county, of its first run", "under 2%", u, u and f"{u['share']:.2%}", u and u["share"] < 0.02


def small_county(f: dict) -> str:
    head = f"{f['households']} households, {f['notebooks']} notebooks; the zygote is ready {f['zygote_seconds']} s after it is asked for, once. {_of(f)}\n\n| | seconds | ours | the other | ratio | range |\n|---|---|---|---|---|---|\n"
    rows = ""
    for goal in ("a", "g"):
        for kind in ("clock", "processors"):
            rows += _row(f"({goal})", kind, f[goal][kind])
    return head + rows + _bound(f)


def _bound(f: dict) -> str:
    """What of (a) both sides must do alike, from the profile of a county of the same size."""
    profile = results.read("county_profile")
    if profile is None or profile["households"] != f["households"]:
        return ""
    alike = sum(seconds for step, what, seconds, _ in profile["parts"] if step.startswith("notebook"))
    twelfth = statistics.median(other for _, other in f["a"]["processors"]["seconds"]) / 12
    return f"\nOf a processor the notebooks themselves, their computing and their charts, take {alike:.1f} s on either side (profile below); a twelfth of what the commands take is {twelfth:.1f} s.\n"


def intake(f: dict) -> str:
    head = f"{f['rows']:,} rows of a workbook, {f['text_rows']:,} rows of text. {_of(f)}\n\n| | seconds | intake | the other | ratio | range |\n|---|---|---|---|---|---|\n"
    rows = ""
    for name, peer in (("workbook", "workbook, beside pandas with openpyxl"), ("text", "text, beside pandas reading texts alone (no type, no place, no digest)")):
        for kind in ("clock", "processor"):
            rows += _row(peer, kind, f[name][kind])
    return head + rows


def _row(what: str, kind: str, times: dict) -> str:
    one, other = (statistics.median(pair[at] for pair in times["seconds"]) for at in (0, 1))
    low, high = times["range"]
    return f"| {what} | {kind} | {one:.1f} | {other:.1f} | {times['ratio']} | {low} to {high} |\n"


def fleet(f: dict) -> str:
    head = f"{f['counties']} counties of {f['households']} households, {', '.join(f['only']) if f['only'] else 'all notebooks'}. {_of(f)}\n\n"
    head += "| workers | counties | seconds | counties a minute | once warm | MiB, first quarter | MiB, last quarter | MiB per hundred counties |\n|---|---|---|---|---|---|---|---|\n"
    return head + "".join(f"| {r['workers']} | {r['counties']} | {r['seconds']} | {r['per_minute']} | {r['warm_per_minute']} | {r['memory_first']:,} | {r['memory_last']:,} | {r['memory_per_100']} |\n" for r in f["runs"])


def unchanged(f: dict) -> str:
    rows = "".join(f"| {first} | {again} | {again / first:.2%} |\n" for first, again in f["seconds"])
    return f"{f['households']} households; the start of Python apart. {_of(f)}\n\n| first run, s | again, s | share (aim: under 2%) |\n|---|---|---|\n{rows}"


def rules_at_scale(f: dict) -> str:
    c, p = f["clock"], f["processors"]
    head = f"{f['visits']:,} visits, {f['transactions']:,} transactions, {f['rules']} rules, {f['findings']:,} subjects found. {_of(f)}\n\n| | seconds by the clock | seconds of processors |\n|---|---|---|\n"
    sums = f"| all rules | {c['all_rules']} | {p['all_rules']} |\n| {len(p['checks'])} checks, ours | {c['ours']} | {p['ours']} |\n| the same by hand, the better of two | {c['peer']} | {p['peer']} |\n| ratio (aim: 3) | {c['ratio']} | {p['ratio']} |\n\n"
    rest, rule = p["most_expensive_without_peer"]
    sums += f"Of the rules that are not written by hand the dearest, {rule}, takes {rest} s of a processor.\n\n"
    rows = "".join(f"| {r['rule']} | {r['bangfu']} | {r['DuckDB']} | {r['Polars']} | {r['bangfu'] / min(r['DuckDB'], r['Polars']):.1f} |\n" for r in p["checks"])
    return head + sums + "Seconds of processors, check by check:\n\n| rule | ours | DuckDB | Polars | ratio to the better |\n|---|---|---|---|---|\n" + rows


def quality_by_hand(f: dict) -> str:
    rows = "".join(f"| {name} | {f[name]['suites']} | {f[name]['by_hand']} | {f[name]['ratio']} |\n" for name in ("clock", "processors"))
    return f"{f['rows']:,} rows of all tables, {f['expectations']} expectations about columns, the same counts. {_of(f)}\n\n| seconds | suites | by hand | ratio (aim: 3) |\n|---|---|---|---|\n{rows}"


def growth(f: dict) -> str:
    head = "| households | counties | rows | read | validate | rules | assessment | in all | ms a household | peak, MiB |\n|---|---|---|---|---|---|---|---|---|---|\n"
    rows = ""
    for s in f["sizes"]:
        took = [seconds for _, seconds in s["steps"].values()]
        each = 1000 * sum(took) / (s["households"] * s["counties"])
        rows += f"| {s['households']:,} | {s['counties']} | {s['rows']:,} | {' | '.join(f'{t:.1f}' for t in took)} | {sum(took):.1f} | {each:.1f} | {s['peak_mib']:,} |\n"
    return f"Seconds of processors. {_of(f)}\n\n" + head + rows


def county_profile(f: dict) -> str:
    dear = [(step, what, seconds, share) for step, what, seconds, share in f["parts"] if share >= 0.01]
    rest = sum(seconds for *_, seconds, _ in f["parts"]) - sum(seconds for *_, seconds, _ in dear)
    rows = "".join(f"| {step} | {what} | {seconds:.2f} | {share:.1%} |\n" for step, what, seconds, share in dear)
    rows += f"| the {len(f['parts']) - len(dear)} others, each below 1% | | {rest:.2f} | {rest / f['seconds']:.1%} |\n"
    cells = "".join(f"| {notebook} | `{line}` | {seconds:.2f} |\n" for notebook, line, seconds in f["cells"])
    head = f"{f['households']} households; {f['seconds']} seconds of processors in all. {_of(f)}\n\n| step | what | seconds | share |\n|---|---|---|---|\n"
    return f"{head}{rows}\nThe dearest cells of the notebooks, with what showing them takes:\n\n| notebook | cell | seconds |\n|---|---|---|\n{cells}"


def _of(f: dict) -> str:
    m = f["machine"]
    return f"{m['cores']} cores, {m['memory_gib']} GiB; {m['load']} processes wanted a core meanwhile."


TABLES = {
    "summary": summary, "small_county": small_county, "rules_at_scale": rules_at_scale, "intake": intake, "quality_by_hand": quality_by_hand, "growth": growth, "fleet": fleet,
    "unchanged": unchanged, "county_profile": county_profile, "scale": scale.table,
}  # fmt: skip
