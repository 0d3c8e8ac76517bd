"""No page shows a hole where a view forgot to give the template something."""

import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from addresses import CAPACITIES, DESK, PAGES
from cast import client
from django.test import Client

from bluelamp.kernel.people.models import User
from bluelamp.project.demo.cast import make_cast
from bluelamp.project.demo.examples import make_examples
from bluelamp.project.demo.reports import make_reports

NOW = datetime.now(tz=UTC)
# What components are given only where it is needed.
OPTIONAL = {"label_class", "text"}


def _browser(name: str) -> Client:
    return client(User.objects.get(first_name=name), capacity=CAPACITIES[name])


@pytest.mark.django_db(databases=["default", "vault"])
def test_nothing_that_a_template_shows_is_undefined(settings: Any) -> None:
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED[%s]"
    make_cast(now=NOW - timedelta(days=7))
    make_examples(now=NOW)
    make_reports(now=NOW)
    answers = {path: Client(headers={"host": "localhost"}).get(path % "").content.decode() for path in PAGES.values()}
    for name, paths in DESK.items():
        browser = _browser(name)
        answers |= {f"{name} {path}": browser.get(path % "").content.decode() for path in paths}
    found = {(page, hole) for page, text in answers.items() for hole in re.findall(r"UNDEFINED\[([^\]]*)\]", text)}
    assert not {(page, hole) for page, hole in found if hole not in OPTIONAL}
    assert any(hole in OPTIONAL for _, hole in found), "this test no longer finds anything"
