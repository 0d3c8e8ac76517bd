"""`bluelamp watchlist`: the forecast. A local command only; no page, API or export shows it (RED-LINES 1)."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bluelamp.index.domain.learning import to_record
from bluelamp.index.domain.trying import try_variants
from bluelamp.index.operations.forecast import newest_day, prepared_facts, watch_list, write_backtest, write_weights
from bluelamp.project.cli.screen import notes, print_json, print_listed, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MEANS = ("method", "dates", "p50", "ndcg100", "ap", "cold_recall500")
APART = ("metric", "dates", "other", "own", "own_low", "own_high", "ratio", "ratio_low", "ratio_high")
KEPT = ("method", "dates", "deviance", "more", "more_low", "more_high", "expected", "counted", "level", "slope")
REACHED = ("on", "listed", "with_product", "with_candidate")
BINS = ("method", "low", "high", "items", "expected", "counted", "interval_low", "interval_high")
RESTRICTED = "RESTRICTED: a forecast for those who act on it. Do not publish."


@app.command()
def show(top: Annotated[int, typer.Option(min=1, help="How many products.")] = 20, as_json: Json = False) -> None:
    """Products most likely to be confirmed as exploited in the next 12 months, with the reasons."""
    with notes.status("Reading the packaged facts ..."):
        prepared = prepared_facts()
        as_of = newest_day(prepared=prepared)
        found = watch_list(prepared=prepared, as_of=as_of, top=top)
    if as_json:
        print_json({"note": RESTRICTED, "as_of": as_of, "products": [asdict(f) for f in found]})
        return
    print_listed(
        title=f"{RESTRICTED} As of {as_of}. Below each product what each reason adds to its score; rule: its place by "
        "the simple rule. --json has all digits.",
        columns=("product", "expected", "chance", "rule", "score"),
        rows=[
            (
                (f"{f.vendor_key}:{f.product_key}", f.expected, f.chance, f.rule_place or "", f.score),
                _words(f.reasons),
            )
            for f in found
        ],
    )


def _words(reasons: dict[str, float]) -> str:
    """Reasons that add something, largest first."""
    ordered = sorted(reasons.items(), key=lambda reason: -abs(reason[1]))
    return "; ".join(f"{value:+.2f} {name}" for name, value in ordered if abs(value) >= 0.005)


@app.command("learn")
def learn_weights(
    out: Annotated[Path, typer.Option("--out", help="JSON file to write: the weights and what they come from.")],
    as_json: Json = False,
) -> None:
    """Learn the weights from the packaged facts, from what came true before the newest day."""
    with notes.status("Learning ..."):
        found = to_record(write_weights(prepared=prepared_facts(), out=out))
    if as_json:
        print_json(found)
        return
    print_table(
        title=f"{RESTRICTED} Weights learnt for {found['as_of']}.",
        columns=("signal", "weight"),
        rows=list(dict(found["weights"]).items()),  # type: ignore[call-overload]
    )


@app.command("try")
def try_signals(as_json: Json = False) -> None:
    """What each signal is worth, on labels complete by 2024-07-01 and makers left out in turn (a minute)."""
    with notes.status("Trying ..."):
        found = [asdict(tried) for tried in try_variants(history=prepared_facts().history)]
    if as_json:
        print_json({"note": "Held out by makers; labels complete by 2024-07-01.", "variants": found})
        return
    title = "Held out by makers: log-likelihood per listed product, means over origins"
    print_table(title=title, columns=tuple(found[0]), rows=[[_short(cell) for cell in row.values()] for row in found])


def _short(cell: object) -> object:
    """More than four decimals would be noise."""
    return f"{cell:.4f}" if isinstance(cell, float) else cell


@app.command()
def backtest(
    out: Annotated[Path, typer.Option("--out", help="CSV to write: a row for every candidate at each date.")],
    as_json: Json = False,
) -> None:
    """How well the method foresaw each following year, beside simple rules on the same dates (a minute or two)."""
    with notes.status("Running the back-test ..."):
        found = write_backtest(prepared=prepared_facts(), out=out)
    if as_json:
        print_json(asdict(found))
        return
    for title, columns, rows in (
        ("Means over dates", MEANS, found.means),
        ("The learnt method beside others, with 90 % intervals (paired bootstrap of makers)", APART, found.intervals),
        ("Expected counts: deviance (less is better), totals, slope (1 is best)", KEPT, found.calibration),
        ("Entries of the year after each date: all, with a product, with a candidate", REACHED, found.reached),
        ("Expected and counted by size of the expected count, three dates from July 2024", BINS, found.bins),
    ):
        print_table(title=title, columns=columns, rows=[[row[c] for c in columns] for row in rows])
