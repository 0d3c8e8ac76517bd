"""Days of copies say nothing, unless there is nothing else."""

from datetime import date
from typing import Any

from bluelamp.index.domain.confirmed import confirmations, own_days

COPIES = {"copy"}


def seen(on: str, source: str, kind: str = "exploited") -> dict[str, Any]:
    return {"on": on, "source": source, "kind": kind}


def test_a_copy_adds_no_day_beside_a_source_of_its_own() -> None:
    both = [seen("2026-02-03", "list"), seen("2025-01-01", "copy"), seen("2026-02-03", "press")]
    assert own_days(sightings=both, copies=COPIES) == [date(2026, 2, 3)]


def test_where_only_copies_exist_their_days_stand() -> None:
    copies = [seen("2026-02-03", "copy"), seen("2025-01-01", "copy")]
    assert own_days(sightings=copies, copies=COPIES) == [date(2025, 1, 1), date(2026, 2, 3)]
    assert own_days(sightings=[], copies=COPIES) == []


def test_only_an_own_source_that_says_exploited_confirms() -> None:
    sensor, copy, own = (
        seen("2026-05-01", "sensor", "attack_telemetry"),
        seen("2026-04-01", "copy"),
        seen("2026-03-01", "a"),
    )
    assert confirmations(sightings=[sensor, copy, own], copies=COPIES) == [own]
    assert confirmations(sightings=[sensor, copy], copies=COPIES) == []
