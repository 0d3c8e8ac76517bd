"""Commands that take an edition: NUMBER.REVISION, what a number alone means, and how their tables are laid out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cast import actor
from django.conf import LazySettings
from press import DAY, FIRST, LATER, corrected, load, out, ready, small_catalogue
from typer.testing import CliRunner

from bluelamp.index.models import Edition
from bluelamp.index.operations.drafting import draft
from bluelamp.project.cli import screen
from bluelamp.project.cli.app import app

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path / "home"
    small_catalogue()
    yield tmp_path


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["index", *words])


def test_an_edition_is_named_by_number_and_revision_everywhere(home: Path) -> None:
    old = out(ready())
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    new = corrected(old, now=LATER + DAY)
    n = old.number
    for name, revision in ((f"{n}.0", 0), (f"{n}.1", 1), (str(n), 1), ("", 1)):
        named = [name] if name else []
        verified = run("verify", *named, "--json")
        assert verified.exit_code == 0 and json.loads(verified.stdout)["edition"]["revision"] == revision, name
        assert f"edition {n}.{revision}:" in " ".join(run("verify", *named).output.split())
        assert json.loads(run("show", *named, "--json").stdout)["edition"]["revision"] == revision
        written = run("export", *named, "--out", str(home / f"out{name}"), "--json")
        assert json.loads(written.stdout)["edition"] == f"{n}.{revision}"
        made = run("print", *named, "--out", str(home / "one.pdf"), "--json")
        assert json.loads(made.stdout)["edition"] == f"{n}.{revision}"
    assert (home / f"out{n}.0" / f"bluelamp-replaced-{n}.csv").exists()
    assert json.loads(run("build", "--base", f"{n}.0", "--json").stdout)["base"]["status"] == "replaced"
    assert Edition.objects.get(pk=new.pk).label == f"{n}.1"


def test_what_names_no_edition_or_one_that_is_shown_to_nobody_is_told() -> None:
    published = out(ready())
    made = draft(actor=actor("analyst"), now=LATER)
    for name, words in (("x", "names no edition"), ("2.x", "number.revision"), ("77", "There is no edition 77")):
        assert words in str(run("show", name).exception) and words in str(run("verify", name).exception)
    assert f"no edition {published.number}.4" in str(run("show", f"{published.number}.4").exception)
    assert "is a draft" in str(run("export", str(made.number)).exception)
    assert run("verify", str(made.number)).exit_code == 0


def test_the_mean_stands_with_its_own_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = out(ready())
    edition.rows.filter(product_key="acme:alpha").update(
        shrunk=2.52, low=1.4, high=4.09, rate=4.5, jeffreys_low=2.5, jeffreys_high=7.5
    )
    monkeypatch.setattr(screen.console, "width", 80)
    lines = run("show").output.splitlines()
    (line,) = (line for line in lines if line.startswith("Acme Alpha"))
    assert "2.5 (1.4 to 4.1)" in line and "4.5 (2.5 to 7.5)" in line
    (head,) = (line for line in lines if line.startswith("product"))
    assert head.index("a year") == line.index("2.5 (1.4") and head.index("counted alone") == line.index("4.5 (2.5")
    assert max(map(len, lines)) <= 80


def test_ids_are_whole_at_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen.console, "width", 80)
    shown = CliRunner().invoke(app, ["feeds", "list"]).output
    feeds = json.loads(CliRunner().invoke(app, ["feeds", "list", "--json"]).stdout)
    assert all(any(line.startswith(f"{f['id']} ") for line in shown.splitlines()) for f in feeds)
    assert max(map(len, shown.splitlines())) <= 80


def test_text_stands_below_its_row_over_the_whole_width(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(screen, "console", screen.Console(width=80))
    rows = [(("maker:product", 1.5), "+4.01 listed before, recent counts more; " * 4)]
    screen.print_listed(title="List", columns=("product", "score"), rows=rows)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6 and lines[2].split() == ["maker:product", "1.5"] and max(map(len, lines)) <= 80
