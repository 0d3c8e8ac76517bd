"""Reads whose SQL Django builds once: for a row found by its key, building takes several times as long as running.

Only for the few reads that every request makes. What is kept is the text of the statement and how a row becomes an
object, never a row: each call asks the database anew, so that a grant that has just ended is seen to have ended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class Slot(Expression):
    """The place of a value in a prepared query: `filter(pk=Slot("user_id", UUIDField()))`."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any, **_more: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def prepared(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """The value for this place, as the database's driver wants it."""
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


@dataclass(frozen=True)
class _Statement:
    """SQL with its parameters, some of which are slots."""

    sql: str
    parameters: tuple[Any, ...]

    def run(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
        filled = [p.prepared(values, connection) if isinstance(p, Slot) else p for p in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


@dataclass(frozen=True)
class _Maker(Generic[Row]):
    """How a row of the database becomes an object: what Django's ModelIterable works out for each query."""

    model: type[Row]
    names: tuple[str, ...]
    first: int
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]
    related: tuple[Any, ...]

    def make(self, found: tuple[Any, ...], connection: BaseDatabaseWrapper) -> Row:
        values = list(found)
        for place, steps, column in self.converters:
            for step in steps:
                values[place] = step(values[place], column, connection)
        made = self.model.from_db(connection.alias, self.names, values[self.first : self.first + len(self.names)])
        for part in self.related:
            part.populate(values, made)
        return made


@dataclass(frozen=True)
class _Plan(Generic[Row]):
    select: _Statement
    count: _Statement
    maker: _Maker[Row]


class Prepared(Generic[Row]):
    """A query of whole rows of the default database, which `query` builds at its first use on a connection."""

    def __init__(self, query: Callable[[], "QuerySet[Row]"]) -> None:
        self._query = query
        self._plans: WeakKeyDictionary[BaseDatabaseWrapper, _Plan[Row]] = WeakKeyDictionary()

    def rows(self, **values: Any) -> list[Row]:
        """What the query finds with these values in its slots."""
        connection, plan = self._plan()
        return [plan.maker.make(found, connection) for found in plan.select.run(values, connection)]

    def first(self, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    def count(self, **values: Any) -> int:
        """How many rows there are."""
        connection, plan = self._plan()
        return int(plan.count.run(values, connection)[0][0])

    def _plan(self) -> tuple[BaseDatabaseWrapper, _Plan[Row]]:
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self._plans.get(connection)
        if plan is None:
            plan = self._plans[connection] = _compile(self._query(), connection)
        return connection, plan


def _compile(query: "QuerySet[Row]", connection: BaseDatabaseWrapper) -> _Plan[Row]:
    compiler = query.query.get_compiler(connection=connection)
    select = _Statement(*compiler.as_sql())
    columns = [column for column, *_rest in compiler.select]
    information = compiler.klass_info
    places = information["select_fields"]
    first, last = places[0], places[-1] + 1
    maker = _Maker(
        model=information["model"],
        names=tuple(column.target.attname for column in columns[first:last]),
        first=first,
        converters=tuple((at, *found) for at, found in compiler.get_converters(columns).items()),
        related=tuple(get_related_populators(information, compiler.select, connection.alias)),
    )
    keys = query.order_by().select_related(None).values("pk").query.get_compiler(connection=connection)
    inner, parameters = keys.as_sql()
    return _Plan(select, _Statement(f"SELECT COUNT(*) FROM ({inner}) AS counted", parameters), maker)  # noqa: S608
