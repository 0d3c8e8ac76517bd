"""What is kept while the database says that nothing has changed: asked for anew after any change, whoever made it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from bluelamp.kernel import unchanged
from bluelamp.kernel.unchanged import WhileUnchanged
from bluelamp.project.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


class Words:
    """A table in a file, as an installation's, in the place of the default database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = DatabaseWrapper({**connections["default"].settings_dict, "NAME": str(path)}, "default")
        self.asked = 0
        self.kept = WhileUnchanged(self._ask)
        self.do("CREATE TABLE word (word TEXT)")
        self.do("INSERT INTO word VALUES ('one')")

    def do(self, sql: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def elsewhere(self, *statements: str) -> None:
        """By another process, as far as the database can tell."""
        other = sqlite3.connect(self.path, isolation_level=None)
        for sql in statements:
            other.execute(sql)
        other.close()

    def _ask(self) -> list[str]:
        self.asked += 1
        with self.connection.cursor() as cursor:
            return [word for (word,) in cursor.execute("SELECT word FROM word ORDER BY word").fetchall()]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Words]:
    if connections["default"].vendor != "sqlite":
        pytest.skip("about SQLite's files")
    made = Words(tmp_path / "words.db")
    monkeypatch.setattr(unchanged, "connections", {"default": made.connection})
    yield made
    made.connection.close()


def test_nothing_is_asked_while_nothing_changes(words: Words) -> None:
    assert [words.kept.read() for _ in range(5)] == [["one"]] * 5 and words.asked == 1


@pytest.mark.parametrize(
    "statements",
    [
        ("INSERT INTO word VALUES ('two')",), ("UPDATE word SET word = 'two'",), ("DELETE FROM word",),
        ("BEGIN", "DELETE FROM word WHERE word = 'one'", "INSERT INTO word VALUES ('two')", "COMMIT"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whose", ["own", "another's"])
def test_each_change_is_seen_at_once(words: Words, statements: tuple[str, ...], whose: str) -> None:
    assert words.kept.read() == ["one"] == words.kept.read()
    if whose == "own":
        for sql in statements:
            words.do(sql)
    else:
        words.elsewhere(*statements)
    now = words._ask()
    assert now != ["one"] and words.kept.read() == now


def test_a_change_while_the_question_is_asked_is_seen_the_next_time(words: Words) -> None:
    def ask() -> list[str]:
        found = words._ask()
        words.elsewhere("INSERT INTO word VALUES ('two')")
        return found

    assert WhileUnchanged(ask).read() == ["one"]
    late = WhileUnchanged(ask)
    late.read()
    assert late.read() == ["one", "two", "two"]


def test_what_is_rolled_back_was_never_there(words: Words) -> None:
    words.kept.read()
    words.do("BEGIN")
    words.do("INSERT INTO word VALUES ('two')")
    assert words.kept.read() == ["one", "two"]
    words.do("ROLLBACK")
    assert words.kept.read() == ["one"] and words.kept.read() == ["one"]


def test_another_connection_is_asked_anew(words: Words) -> None:
    words.kept.read()
    words.connection.close()
    words.connection.ensure_connection()
    assert words.kept.read() == ["one"] and words.asked == 2
    words.kept.read()
    assert words.asked == 2


def test_failures_are_djangos(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        in_transaction = False

        def execute(self, _sql: str) -> Any:
            raise sqlite3.OperationalError("disk I/O error")

    words.kept.read()
    with monkeypatch.context() as patch:
        patch.setattr(words.connection, "connection", Lost())
        with pytest.raises(OperationalError):
            words.kept.read()
        assert words.connection.errors_occurred, "so that it is opened anew before the next request"
    assert words.kept.read() == ["one"]


def test_a_database_that_does_not_tell_is_asked_each_time(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words.connection, "vendor", "another")
    assert [words.kept.read() for _ in range(3)] == [["one"]] * 3 and words.asked == 3


def test_within_a_transaction_each_call_asks() -> None:
    asked: list[int] = []
    kept = WhileUnchanged(lambda: asked.append(1))
    with transaction.atomic():
        connections["default"].ensure_connection()
        for _ in range(3):
            kept.read()
    assert len(asked) == 3
