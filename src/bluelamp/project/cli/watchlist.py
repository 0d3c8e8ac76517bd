"""`bluelamp watchlist`: the forecast. A local command only; no page, API or export shows it (RED-LINES 1)."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bluelamp.index.operations.forecast import newest_day, prepared_facts, watch_list, write_backtest
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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
    reasons = list(found[0].reasons)
    print_table(
        title=f"{RESTRICTED} As of {as_of}.",
        columns=("product", "score", *reasons),
        rows=[(f"{f.vendor_key}:{f.product_key}", f.score, *f.reasons.values()) for f in found],
    )


@app.command()
def backtest(
    out: Annotated[Path, typer.Option("--out", help="CSV to write: a row for every candidate at each date.")],
    as_json: Json = False,
) -> None:
    """How well the method foresaw each following year, beside two simple rules on the same dates."""
    with notes.status("Running the back-test ..."):
        found = write_backtest(prepared=prepared_facts(), out=out)
    if as_json:
        print_json(asdict(found))
        return
    columns = ("method", "dates", "p50", "ndcg100", "ap", "cold_recall500")
    print_table(title="Means over dates", columns=columns, rows=[[r[c] for c in columns] for r in found.means])
    apart = ("other", "dates", "mean", "low", "high")
    title = "AUC-PR of the first method less that of another, with 90 % intervals (paired bootstrap of makers)"
    print_table(title=title, columns=apart, rows=[[r[c] for c in apart] for r in found.differences])
