"""`bluelamp advice`: the texts of advice and when each is to be reviewed."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from bluelamp.kernel.advice.domain.texts import Advice
from bluelamp.kernel.advice.queries import all_advice, due_for_review
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
COLUMNS = ("code", "applies_to", "reviewed_on", "review_by", "overdue", "welsh")


@app.command(name="list")
def list_advice(as_json: Json = False) -> None:
    """Every text: what it is about, its review, its sources and the version that an approval names."""
    today = datetime.now(tz=UTC).date()
    rows = [_row(a, today) for a in all_advice()]
    if as_json:
        print_json(rows)
        return
    print_table(title="Advice", columns=COLUMNS, rows=[[r[c] for c in COLUMNS] for r in rows])


@app.command()
def check(
    days: Annotated[int, typer.Option(min=0, help="Name reviews that are due within so many days.")] = 30,
    as_json: Json = False,
) -> None:
    """Check the rules of every text, and name the reviews that are due. Ends with exit code 1 if one is late."""
    today = datetime.now(tz=UTC).date()
    due = list(due_for_review(by=today + timedelta(days=days)))
    late = [a for a in due if a.is_overdue(today=today)]
    if as_json:
        print_json({"texts": len(all_advice()), "overdue": len(late), "due": [_row(a, today) for a in due]})
    else:
        notes.print(f"{len(all_advice())} texts keep the rules; {len(due)} reviews are due within {days} days.")
        for text in due:
            notes.print(f"{text.code}: {'late since' if text in late else 'by'} {text.review_by}")
    if late:
        raise typer.Exit(code=1)


def _row(text: Advice, today: date) -> dict[str, Any]:
    return {
        "code": text.code,
        "applies_to": ", ".join((*text.products, *text.categories, *text.crimes)),
        "reviewed_on": str(text.reviewed_on),
        "review_by": str(text.review_by),
        "overdue": text.is_overdue(today=today),
        "welsh": "machine-drafted" if text.words["cy"].machine_drafted else "read",
        "sources": [s.url for s in text.sources],
        "version": text.version,
    }
