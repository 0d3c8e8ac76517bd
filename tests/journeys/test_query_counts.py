"""How often each page asks a database: pinned, so that a query that a change adds (or one for each row) is seen.

The numbers are the same on SQLite and PostgreSQL: `make test` runs it on both.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from addresses import CAPACITIES, DESK, PAGES
from cast import client
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_path
from bluelamp.kernel.people.models import User
from bluelamp.project.demo.cast import make_cast
from bluelamp.project.demo.editions import make_draft
from bluelamp.project.demo.examples import make_examples
from bluelamp.project.demo.reports import make_reports

ALIASES = ["default", "stream", "vault"]
# Not a question to the database: how tests and operations mark their transactions.
_MARKS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")

# Queries of a visitor's first request, and of the same one again. Everyone at the desk pays for session, account and
# grant; the first request of a session stores when it began. Pages that are kept ready (project/public_pages.py) ask
# one question more the first time, what they are made from, and only this one again.
# Where a search only guesses, two questions tell which products have evidence, before the list is cut.
PINNED: dict[str, tuple[int, int]] = {
    "home": (7, 1),  # one asks whether an edition was withdrawn
    "search without a word": (2, 2),
    "search in two parts": (6, 6),
    "search without evidence": (6, 6),
    "search without a find": (4, 4),
    "search with a guess": (8, 8),
    "search with a long guess": (8, 8),
    "search too long": (4, 4),
    "check my home": (1, 1),
    "search by somebody who may be watched": (1, 1),
    "check my home, sent empty": (1, 1),
    "check my home, what homes call things": (7, 7),
    "check my home, three jobs": (8, 8),  # two tell which products of a maker have evidence
    "check my home, changed": (4, 4),
    "compare": (5, 5),
    "compare, nothing chosen": (3, 3),
    "compare, adding": (6, 6),
    "compare, nothing found": (6, 6),
    "table": (5, 1),
    "table, whole time": (5, 1),
    "category, whole time": (5, 1),
    "product confirmed before the period": (7, 1),
    "maker, whole time": (8, 1),
    "table, filtered": (5, 1),
    "table, second page": (5, 1),
    "table, nothing left": (4, 1),
    "table, wrong filter": (5, 1),
    "category": (5, 1),
    "category without evidence": (4, 1),
    "product": (7, 1),
    "product without evidence": (7, 1),
    "maker": (8, 1),
    "methods": (3, 3),
    "data": (2, 1),
    "editions": (2, 2),
    "release calendar": (2, 2),
    "accessibility": (2, 1),
    "not found": (0, 0),
    "advice": (0, 0),
    "advice on a crime": (0, 0),
    "advice on a device, safely": (0, 0),
    "report": (0, 0),
    "report, before": (0, 0),
    "report, saved words": (0, 0),
    "report, nothing open": (0, 0),
    "many reports": (0, 0),
    "report without a connection": (0, 0),
    "where a computer suggests": (0, 0),
    "reports in figures": (1, 1),
    "sign in": (1, 1),
    "link that no longer works": (0, 0),
    "Ada /desk/": (6, 5),
    "Ada /desk/people/": (8, 7),
    "Ada /desk/people/?q=zzzz": (6, 5),
    "Ada /desk/people/invite/": (5, 4),
    "Ada /desk/people/organisations/": (6, 5),
    "Ada /desk/people/recovery/": (6, 5),
    "Ada /desk/people/makers/": (6, 5),
    "Ada /desk/programs/": (6, 5),
    "Ada /desk/messages/": (10, 9),
    "Ada /desk/work/": (9, 8),
    "Ada /desk/audit/": (5, 4),
    "Ada /account/logout/": (4, 3),
    "Cerys /desk/": (8, 7),
    "Cerys /desk/audit/": (8, 7),
    "Cerys /desk/audit/?outcome=refused": (8, 7),
    "Cerys /desk/audit/?from_day=nonsense": (6, 5),
    "Dev /desk/": (10, 9),
    "Dev /desk/reports/": (9, 8),
    "Dev /desk/reports/?state=any": (9, 8),
    "Dev /desk/reports/?kind=ransomware": (7, 6),
    "Dev /desk/reports/duties/": (8, 7),
    "Dev /desk/reports/handovers/": (8, 7),
    "Dev /desk/reports/campaigns/": (7, 6),
    "Dev /desk/reports/reviews/": (7, 6),
    "Dev /desk/reports/shift/": (10, 9),
    "Dev /desk/capacity/": (6, 5),
    "Dev /desk/account/": (6, 5),
    "Dev /account/2fa/": (6, 5),
    "Dev /account/sessions/": (5, 4),
    "Dev /desk/demo/": (11, 10),
    "Elin /desk/": (10, 9),
    "Elin /desk/reports/": (9, 8),
    "Elin /desk/reports/numbers/": (10, 9),
    "Elin /desk/reports/reviews/": (7, 6),
    "Farah /desk/": (10, 9),
    "Farah /desk/reports/": (9, 8),
    "Farah /desk/reports/duties/": (8, 7),
    "Hari /desk/": (11, 10),
    "Hari /desk/reports/benefits/": (12, 11),
    "Hari /desk/reports/figures/": (6, 5),
    "Hari /desk/editions/": (11, 10),
    "Isla /desk/": (10, 9),
    "Isla /desk/editions/": (11, 10),
    "Isla /desk/editions/calendar/": (7, 6),
    "Olwen /desk/": (5, 4),
    "Olwen /desk/behalf/": (6, 5),
    "Olwen /desk/behalf/report/": (7, 6),
    "Olwen /desk/behalf/many/": (6, 5),
    "Mina /desk/": (8, 7),
    "Mina /desk/previews/": (9, 8),
    "Kofi /desk/": (5, 4),
    "Kofi /desk/editions/early/": (6, 5),
    "Teleri /desk/": (4, 3),
    "Teleri /desk/account/": (5, 4),
    "Teleri /desk/people/": (6, 5),
}


@pytest.mark.slow
@pytest.mark.django_db(databases=ALIASES)
def test_no_page_asks_more_or_less_than_pinned(settings: Any) -> None:
    settings.BLUELAMP_DEMO = True
    _whole_program()
    for _, visitor, path in _visits():
        visitor.get(path)  # what a process works out once is not the page's
    counted = {name: (_queries(visitor, path), _queries(visitor, path)) for name, visitor, path in _visits()}
    wrong = [
        f"{name}: {len(first)} and {len(again)}, pinned {PINNED.get(name)}\n    " + "\n    ".join(first)
        for name, (first, again) in counted.items()
        if (len(first), len(again)) != PINNED.get(name)
    ]
    assert not wrong, "Queries differ (give a new page a row, or say in the commit why):\n" + "\n".join(wrong)
    assert not PINNED.keys() - counted.keys(), "rows of pages that are gone"


def _whole_program() -> None:
    """Catalogue, packaged evidence, edition and invented people, as `make demo` has them."""
    now = datetime.now(tz=UTC)
    ensure_catalogue()
    load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=now)
    make_cast(now=now - timedelta(days=7))
    make_examples(now=now)
    make_reports(now=now)
    build_edition(now=now)
    make_draft(now=now)


def _visits() -> Iterator[tuple[str, Client, str]]:
    """Each page and state with a visitor of its own who has asked for nothing yet."""
    for name, path in PAGES.items():
        yield name, Client(headers={"host": "localhost"}), path % ""
    for person, paths in DESK.items():
        for path in paths:
            user = User.objects.get(first_name=person)
            yield f"{person} {path % ''}", client(user, capacity=CAPACITIES[person]), path % ""


def _queries(visitor: Client, path: str) -> list[str]:
    """The statements of one request."""
    with ExitStack() as stack:
        watched = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in ALIASES]
        visitor.get(path)
    asked = [str(query["sql"]) for watch in watched for query in watch.captured_queries]
    return [sql[:160] for sql in asked if not sql.startswith(_MARKS)]
