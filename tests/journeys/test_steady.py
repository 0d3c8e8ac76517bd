"""Parts of pages that are worked out once hold nothing of a reader, a page or a moment."""

import pytest
from cast import client
from django.template import RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation


def shown(template: Template, **values: str) -> str:
    return str(template.render(RequestContext(RequestFactory().get("/"), values)))


def test_what_stands_in_a_steady_part_sees_no_reader() -> None:
    asked = "{{ name }}{{ request.path }}{{ staff.name }}|{% csrf_token %}"
    template = Template("{% load bluelamp %}{{ name }}:{% steady %}" + asked + "{% endsteady %}")
    assert shown(template, name="Ada") == "Ada:|" and shown(template, name="Ben") == "Ben:|"


def test_each_language_has_its_own() -> None:
    template = Template(
        "{% load bluelamp i18n %}{% steady %}{% translate 'Search' %} {% url 'desk:home' %}{% endsteady %}"
    )
    for _ in range(2):
        with translation.override("en"):
            assert shown(template) == "Search /desk/"
        with translation.override("cy"):
            assert shown(template) == "Chwilio /cy/desk/"


def test_a_block_cannot_be_steady() -> None:
    with pytest.raises(TemplateSyntaxError, match="fill it differently"):
        Template("{% load bluelamp %}{% steady %}{% block x %}{% endblock %}{% endsteady %}")


@pytest.mark.django_db(databases=["default", "vault"])
def test_pages_of_two_people_in_turns_show_each_their_own() -> None:
    ada, cerys = client(capacity="administrator"), client(capacity="auditor")
    for _ in range(2):
        first, second = (browser.get("/desk/account/").content.decode() for browser in (ada, cerys))
        assert (
            "Ada Adebayo" in first and "Cerys" not in first and "/desk/work/" in first and "/desk/audit/" not in first
        )
        assert "Cerys Chowdhury" in second and "Ada" not in second and "/desk/audit/" in second
        assert "/desk/work/" not in second
        welsh = ada.get("/cy/desk/account/").content.decode()
        assert '<html lang="cy"' in welsh and "/cy/desk/work/" in welsh and "bl-draft" in welsh
        current = ada.get("/desk/people/").content.decode()
        assert (
            'href="/desk/people/" aria-current="page"' in current
            and 'aria-current="page"' not in first.split("<main")[0]
        )
