"""Check my home says three jobs with their sources, keeps nothing, and is honest about what it does not know."""

import logging
import re
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from small_edition import SOURCE, add_product, make_edition, sighting

from bluelamp.index.models import Edition

pytestmark = pytest.mark.django_db
NO_EVIDENCE = "We hold no evidence about this product. That is not a sign that it is safe."
UNKNOWN = "We know no product by this name. That is not a sign that it is safe."


@pytest.fixture
def edition() -> Edition:
    return make_edition()


def ask(query: dict[str, str | list[str]], *, language: str = "", **headers: str) -> HttpResponse:
    answer = Client(headers={"host": "localhost", **headers}).get(f"{language}/check/", query)
    assert answer.status_code == 200
    return answer


def read(**query: str | list[str]) -> str:
    return ask(query).content.decode()


def jobs(text: str) -> list[str]:
    return re.findall(r'class="bl-jobs__what">([^<]+)<', text)


def devices(text: str) -> int:
    return text.count('class="bl-results__item"')


def test_confirmed_then_unsupported_then_passwords(edition: Edition) -> None:
    add_product("acme:ended", "Acme Ended storage", category="nas", support="ended")
    text = read(d="acme ended storage\nacme r routers\nacme quiet router", k="speaker")
    assert jobs(text) == [
        "Update Acme R routers today",
        "Ask about a replacement for Acme Ended storage",
        "Set a password of your own",
    ]
    assert "The authority (TA) confirmed on 1 August 2026 that attackers had used" in text
    assert "The authority (TA): The list" in text and 'href="https://example.org/list"' in text
    assert "/advice/router/" in text and "/product/acme:r/" in text and NO_EVIDENCE in text
    assert "2 more jobs can wait" in text


def test_empty_list_has_a_form_and_no_jobs(edition: Edition) -> None:
    for text in (read(), read(d=" \n ")):
        assert jobs(text) == [] and 'name="d"' in text and "Start again" not in text


def test_an_empty_form_says_what_to_do_at_the_field(edition: Edition) -> None:
    for language, words in (("", "Write the name of at least one device"), ("/cy", "Ysgrifennwch enw un ddyfais")):
        text = ask({"d": "  "}, language=language).content.decode()
        assert (
            text.count(words) == 2 and 'href="#names"' in text and 'aria-describedby="names-hint names-error"' in text
        )
        assert "<title>Error: " in text or language
    for quiet in (read(), read(k="router"), read(d="acme r routers"), read(d="", k="nonsense")):
        assert "names-error" not in quiet


def test_unknown_names_are_kept_and_said_to_be_unknown(edition: Edition) -> None:
    text = read(d="Zorblax 9000\nacme quite router")
    assert devices(text) == 2 and text.count(UNKNOWN) == 2 and "Zorblax 9000" in text
    assert "?d=Zorblax+9000&amp;p=acme%3Aquiet" in text, "the nearest guess leads to the same list with it"
    assert "Counted as: Router." in text and len(jobs(text)) == 3
    assert ">\nZorblax 9000\nacme quite router</textarea>" in text


def test_kinds_by_name_in_either_language(edition: Edition) -> None:
    assert "A kind of device." in read(d="Router")
    welsh = ask({"d": "Llwybrydd"}, language="/cy").content.decode()
    assert "Llwybrydd" in welsh and devices(welsh) == 1 and "Gofalu am eich llwybrydd" in welsh


def test_repeats_are_told_and_shown_once(edition: Edition) -> None:
    text = read(d="acme r routers\nACME R Routers\nacme r2", p="acme:r")
    assert devices(text) == 1 and text.count("stood in the list twice") >= 1
    assert text.count("Update Acme R routers today") == 1


def test_too_many_too_long_and_strange_are_told(edition: Edition) -> None:
    text = read(d=[f"Thing {n} zz" for n in range(25)])
    assert devices(text) == 20 and "Only the first 20 devices were kept." in text
    assert "A name was longer than 100 characters" in read(d="x" * 300)
    strange = read(k="nonsense<b>", p="no:such")
    assert strange.count("is not one of the choices") == 2 and "<b>" not in strange and jobs(strange) == []
    assert devices(read(d="\n".join(str(n) for n in range(5000)))) == 20


def test_a_product_known_by_key_only_is_not_shown(edition: Edition) -> None:
    assert "beta:nameless" not in read(d="beta nameless") and jobs(read(p="beta:nameless")) == []


def test_what_may_not_be_named_gives_no_job_of_its_own(edition: Edition) -> None:
    edition.rows.filter(product_key="acme:r").update(named=False)
    text = read(d="acme r routers")
    assert NO_EVIDENCE in text and jobs(text)[0] == "Set a password of your own"


def test_from_outside_a_specimen_orders_nothing(edition: Edition) -> None:
    text = ask({"d": "acme r routers"}, **{"x-forwarded-for": "192.0.2.1"}).content.decode()
    assert "confirmed on" not in text and jobs(text)[0] == "Set a password of your own"
    assert "There is no edition to show yet, so the order rests on the kinds" in text


def test_nothing_is_kept(edition: Edition, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = ask({"d": "acme r routers"})
    assert not answer.cookies and answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "no-referrer" and "ETag" not in answer
    lines = [record.__dict__ for record in caplog.records if record.name == "bluelamp.request"]
    assert [line["route"] for line in lines] == ["index:check"] and "acme" not in repr(lines).lower()


def test_the_way_for_those_who_are_watched_stands_before_everything(edition: Edition) -> None:
    text = read(d="acme r routers")
    main = text[text.index("<main") :]
    assert main.index("/advice/tracker-stalking/safely/") < main.index("bl-jobs")
    assert "browser's history" in main.replace("&#x27;", "'")


def test_links_keep_the_list_and_leave_one_out(edition: Edition) -> None:
    text = read(d="acme r routers\nbeta cam", k="tv")
    assert "?d=beta+cam&amp;k=tv" in text and "?d=acme+r+routers&amp;d=beta+cam" in text
    assert 'value="tv" checked' in text
    chosen = read(p=["acme:r", "beta:cam acme:old"])
    assert devices(chosen) == 3 and 'name="p" value="acme:r beta:cam acme:old"' in chosen


def with_sources(edition: Edition) -> None:
    """Beside the list a sensor and a copy of the list."""
    more = [
        {**SOURCE, "id": i, "publisher": i.title(), "derived_from": d} for i, d in (("sensor", ""), ("copy", "list"))
    ]
    edition.coverage["sources"] += more
    edition.save()


def test_the_sentence_names_who_confirmed_and_when_not_who_was_newest(edition: Edition) -> None:
    with_sources(edition)
    newer = [
        {**sighting("2026-08-06", kind="attack_telemetry"), "source": "sensor"},
        {**sighting("2026-08-05"), "source": "copy"},
    ]
    edition.rows.filter(product_key="acme:r").update(
        sightings=[*newer, sighting("2026-08-01")], last_seen=date(2026, 8, 6)
    )
    text = read(d="acme r routers")
    assert "The authority (TA) confirmed on 1 August 2026 that attackers had used" in text
    assert "newest 1 August 2026: The authority (TA)." in text and "The authority (TA): The list" in text
    assert "Sensor" not in text and "Copy" not in text and "6 August" not in text


def test_what_was_confirmed_before_and_attacked_now_was_confirmed_before(edition: Edition) -> None:
    with_sources(edition)
    seen = [{**sighting("2026-08-06", kind="attack_telemetry"), "source": "sensor"}, sighting("2024-08-07")]
    edition.rows.filter(product_key="acme:r").update(sightings=seen)
    text = read(d="acme r routers")
    assert "See that Acme R routers has every update" in text and "last on 7 August 2024" in text


def test_what_was_only_attacked_is_not_said_to_be_confirmed(edition: Edition) -> None:
    with_sources(edition)
    seen = [{**sighting("2026-08-06", kind="attack_telemetry"), "source": "sensor"}]
    edition.rows.filter(product_key="acme:r").update(sightings=seen, last_seen=date(2026, 8, 6))
    text = read(d="acme r routers")
    assert "Seen attacked, not confirmed as exploited; newest 6 August 2026." in text
    assert jobs(text)[0] == "Set a password of your own" and "confirmed on" not in text
