"""`bluelamp watchlist`: the forecast. A local command only; no page, API or export shows it (RED-LINES 1)."""

import typer

app = typer.Typer(no_args_is_help=True)
