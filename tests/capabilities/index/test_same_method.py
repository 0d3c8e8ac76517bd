"""Two editions were made alike where their parameters say so, whatever else is kept beside these."""

import pytest
from small_edition import make_edition

from bluelamp.index.models import Edition
from bluelamp.index.operations.changes import _issue

pytestmark = pytest.mark.django_db


def method_of(**beside: object) -> str:
    edition = Edition.objects.first() or make_edition()
    edition.parameters = {k: v for k, v in edition.parameters.items() if k not in ("moved", "formulas")} | beside
    return _issue(edition).method


def test_products_that_moved_are_no_other_method_and_other_formulas_are() -> None:
    assert method_of() == method_of(moved={"acme:r": "acme:routers"})
    assert method_of() != method_of(formulas=2)
