"""The watch list from the packaged facts: its back-test, its weights, its reasons."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bluelamp.index.domain.comparison import METHODS
from bluelamp.index.facts import weights_path
from bluelamp.index.operations.forecast import newest_day, prepared_facts, watch_list, write_backtest, write_weights
from bluelamp.index.queries import (
    backtest_file,
    backtest_summary,
    facts,
    learnt_weights,
)

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_home")]
run = CliRunner().invoke


@pytest.mark.any_engine
def test_the_backtest_writes_a_row_for_every_candidate_and_gives_the_stated_rule(tmp_path: Path) -> None:
    prepared = prepared_facts()
    found = write_backtest(prepared=prepared, out=tmp_path / "scores.csv", draws=40)
    metrics = found.by_date
    with (tmp_path / "scores.csv").open() as lines:
        assert next(lines) == "as_of,vendor_key,product_key,score,expected\n"
        assert sum(1 for _ in lines) == sum(m.candidates for m in metrics if m.method == "learnt method")
    rule = [m for m in metrics if m.method == "recency-weighted KEV"]
    assert sum(m.ap for m in rule) / 7 == pytest.approx(0.232, abs=0.001)
    assert sum(m.ndcg100 for m in rule) / 7 == pytest.approx(0.419, abs=0.001)
    assert [(m.candidates) for m in rule][::6] == [16118, 41687]
    assert backtest_file().exists() and backtest_summary() == found.kept
    backtest_file().unlink()
    # The packaged figures are those that come out; their intervals have more draws.
    packaged = backtest_summary()
    assert packaged["means"] == found.means
    values = ("on", "metric", "learnt", "rule", "difference")
    assert [[r[v] for v in values] for r in packaged["dated"]] == [[r[v] for v in values] for r in found.dated]
    assert len(found.means) == 2 * len(METHODS) - 1
    assert {d["other"] for d in found.differences} >= {"first method", "recency-weighted KEV"}
    late = [r for r in found.calibration if r["dates"] == "three dates from July 2024"]
    # Expected counts agree better with those that came than any simple rule's.
    assert late[0]["method"] == "learnt method" and late[0]["deviance"] < min(r["deviance"] for r in late[1:])
    for name in {r["method"] for r in found.calibration}:
        bins = [b for b in found.bins if b["method"] == name]
        assert sum(b["items"] for b in bins) == sum(m.candidates for m in rule[-3:])


@pytest.mark.any_engine
def test_packaged_weights_are_those_learnt_from_the_packaged_facts(tmp_path: Path) -> None:
    prepared = prepared_facts()
    found = write_weights(prepared=prepared, out=tmp_path / "weights.json")
    written, packaged = json.loads((tmp_path / "weights.json").read_text()), json.loads(weights_path().read_text())
    assert written["weights"] == pytest.approx(packaged["weights"], abs=1e-4)
    assert {k: written[k] for k in ("version", "as_of", "origins", "came_true", "learnt_from")} == {
        k: packaged[k] for k in ("version", "as_of", "origins", "came_true", "learnt_from")
    }
    assert learnt_weights().weights == pytest.approx(found.weights, abs=1e-4)


@pytest.mark.any_engine
def test_reasons_add_up_to_the_score_for_the_packaged_day_and_another() -> None:
    prepared = prepared_facts()
    newest = max(row["date"] for row in facts(name="kev").to_pylist())
    assert newest_day(prepared=prepared) == newest + timedelta(days=1)
    for as_of in (newest_day(prepared=prepared), date(2023, 1, 1)):
        top = watch_list(prepared=prepared, as_of=as_of, top=5)
        assert all(f.score == pytest.approx(sum(f.reasons.values()), abs=0.001) for f in top)
        assert all(0 < f.chance < 1 and f.expected > 0 for f in top)
        # Windows leads by the simple rule too.
        assert (top[0].product_key, top[0].rule_place) == ("windows", 1)
        assert [f.score for f in top] == sorted((f.score for f in top), reverse=True)
