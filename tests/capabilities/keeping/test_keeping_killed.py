"""Ended by SIGKILL at any step, a backup or a restore leaves the last good state."""

from itertools import groupby

from keeping_homes import Home, kill


def test_a_backup_killed_at_any_step(alone: Home) -> None:
    found = kill(alone, "backups")
    assert found["kills"] > 20 and found["halves"] > 10, "the kills came amid the work"
    assert 0 < found["new"] < found["kills"] / 2, "and after it was published"


def test_a_restore_killed_at_any_step(alone: Home) -> None:
    found = kill(alone, "restores")
    assert found["kills"] > 20
    assert [seen for seen, _ in groupby(found["outcomes"])] == ["old", "new"], "one step changes them"
    assert found["outcomes"].count("new") > 3, "kills came after that step too"


def test_a_restore_killed_where_folders_cannot_change_names_in_one_step(alone: Home) -> None:
    found = kill(alone, "restores-without-exchange")
    assert [seen for seen, _ in groupby(found["outcomes"])] == ["old", "gone", "new"]
    assert found["outcomes"].count("gone") == 1, "between two renames; the old home lies beside"
