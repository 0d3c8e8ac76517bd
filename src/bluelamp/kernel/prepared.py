"""Reads whose SQL Django builds once: for a row found by its key, building takes several times as long as running.

Only for the few reads that every request of somebody signed in makes. What is kept is the text of the statement and how
a row becomes an object, never a row: each call asks the database anew, so that a grant that has just ended is seen to
have ended. A plan belongs to one connection and goes with it. All are reads of the default database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators

Made = TypeVar("Made")
Row = TypeVar("Row", bound=Model)
Found = tuple[Any, ...]


class Slot(Expression):
    """The place of a value in a prepared query: `filter(pk=Slot("user_id", UUIDField()))`."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        return "%s", (self,)

    def prepared(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """The value for this place, as the database's driver wants it."""
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


@dataclass(frozen=True)
class _Plan(Generic[Made]):
    """SQL, its parameters (some of them slots), and what makes of a row what the caller wants."""

    sql: str
    parameters: Found
    make: Callable[[Found, BaseDatabaseWrapper], Made]

    def run(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Made]:
        filled = [p.prepared(values, connection) if isinstance(p, Slot) else p for p in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            found = cursor.fetchall()
        return [self.make(row, connection) for row in found]


class _Prepared(Generic[Made]):
    """Makes a plan at the first use on a connection."""

    def __init__(self) -> None:
        self._plans: WeakKeyDictionary[BaseDatabaseWrapper, _Plan[Made]] = WeakKeyDictionary()

    def rows(self, **values: Any) -> list[Made]:
        """What is found with these values in the slots."""
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self._plans.get(connection)
        if plan is None:
            plan = self._plans[connection] = self._plan(connection)
        return plan.run(values, connection)

    def first(self, **values: Any) -> Made | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    def _plan(self, connection: BaseDatabaseWrapper) -> _Plan[Made]:
        raise NotImplementedError


class Prepared(_Prepared[Row]):
    """A query of whole rows, which `query` builds; select_related may widen them."""

    def __init__(self, query: Callable[[], "QuerySet[Row]"]) -> None:
        super().__init__()
        self._query = query

    def _plan(self, connection: BaseDatabaseWrapper) -> _Plan[Row]:
        compiler = self._query().query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        # What Django's ModelIterable works out for each query.
        information = compiler.klass_info
        model, places = information["model"], information["select_fields"]
        part = slice(places[0], places[-1] + 1)
        columns = [column for column, *_rest in compiler.select]
        names = [column.target.attname for column in columns[part]]
        # The stubs are those of a newer Django, which wants one argument more.
        related = get_related_populators(information, compiler.select, connection.alias)  # type: ignore[call-arg]
        converted = _converting(compiler.get_converters(columns))

        def make(found: Found, current: BaseDatabaseWrapper) -> Row:
            values = converted(found, current)
            made = cast("Row", model.from_db(current.alias, names, values[part]))
            for other in related:
                other.populate(values, made)
            return made

        return _Plan(sql, parameters, make)


class PreparedValues(_Prepared[Found]):
    """A query of values: `query` builds it with values_list, with annotations behind the fields."""

    def __init__(self, query: Callable[[], "QuerySet[Any, Any]"]) -> None:
        super().__init__()
        self._query = query

    def _plan(self, connection: BaseDatabaseWrapper) -> _Plan[Found]:
        compiler = self._query().query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        converted = _converting(compiler.get_converters([column for column, *_rest in compiler.select]))
        return _Plan(sql, parameters, lambda found, current: tuple(converted(found, current)))


class PreparedCounts(_Prepared[Found]):
    """How many rows each of several queries finds, in one look. `read` gives the numbers by name."""

    def __init__(self, **queries: Callable[[], "QuerySet[Any, Any]"]) -> None:
        super().__init__()
        self._queries = queries

    def read(self, **values: Any) -> dict[str, int]:
        """The numbers with these values in the slots."""
        return dict(zip(self._queries, self.rows(**values)[0], strict=True))

    def _plan(self, connection: BaseDatabaseWrapper) -> _Plan[Found]:
        parts, parameters = [], []
        for query in self._queries.values():
            keys = query().order_by().select_related(None).values("pk").query
            sql, own = keys.get_compiler(connection=connection).as_sql()
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
            parameters += own
        return _Plan(f"SELECT {', '.join(parts)}", tuple(parameters), lambda found, _current: found)


def _converting(converters: dict[int, tuple[list[Any], Any]]) -> Callable[[Found, BaseDatabaseWrapper], list[Any]]:
    """What turns a row of the driver's values into Python's, as Django's compiler does."""
    steps = [(place, step, column) for place, (found, column) in converters.items() for step in found]

    def converted(found: Found, current: BaseDatabaseWrapper) -> list[Any]:
        values = list(found)
        for place, step, column in steps:
            values[place] = step(values[place], column, current)
        return values

    return converted
