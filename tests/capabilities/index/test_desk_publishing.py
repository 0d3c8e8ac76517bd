"""Publishing at the desk, by its pages: who sees what, what is told, and the whole way to a published edition."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cast import actor, client, who
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from press import FIRST, linked_maker, load, ready, small_catalogue, withheld

from bluelamp.index.models import Edition, Preview, Release, Reply
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.publishing_queries import content_hash, open_checks
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.models import User
from bluelamp.project.demo.editions import make_draft

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC)
TEXT = "We fixed this weakness in version 2.1 and our devices update by themselves."


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path
    small_catalogue()
    load(*FIRST)
    yield tmp_path


def told(browser: Client, address: str, **data: object) -> str:
    """The page that a form leads to."""
    answer = browser.post(address, data, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def as_live(capacity: str, first: str = "") -> Client:
    """Somebody of the cast as a live account, whose drafts may be published."""
    person = who(capacity) if not first else User.objects.get(first_name=first)
    User.objects.filter(pk=person.pk).update(origin="live")
    return client(User.objects.get(pk=person.pk), capacity=capacity)


def test_from_the_calendar_to_the_public_page() -> None:
    hari, head = as_live("analyst"), as_live("head-of-profession")
    zara = as_live("analyst", "Zara")
    today = timezone.localdate()
    assert "at least 28 days" in told(head, "/desk/editions/calendar/", kind="regular", on=today.isoformat())
    assert "Enter a day" in told(head, "/desk/editions/calendar/", kind="regular", on="nonsense")
    told(head, "/desk/editions/calendar/", kind="regular", on=(today + timedelta(days=28)).isoformat())
    release = Release.objects.get()
    page = told(hari, "/desk/editions/draft/")
    edition = Edition.objects.get(status="draft")
    assert edition.origin == "live" and "It has no date in the calendar." in page
    base = f"/desk/editions/{edition.pk}"
    told(hari, f"{base}/date/", release=str(release.pk))
    assert "Say how makers" in told(hari, f"{base}/previews/", told="")
    told(hari, f"{base}/previews/", told="by letter")
    assert Preview.objects.count() == 3
    page = told(hari, f"{base}/checks/")
    assert "There is no evidence of this kind: recorded crimes." in page
    checks = list(open_checks(edition=edition).values_list("pk", flat=True))
    assert "Acknowledge what the checks found first." in told(hari, f"{base}/ask/")
    told(hari, "/desk/editions/acknowledge/", check=checks, reason="looked at by two", edition=str(edition.pk))
    told(hari, f"{base}/ask/")
    version = content_hash(edition=Edition.objects.get(pk=edition.pk))
    assert "Who asks for approval cannot give it" in told(hari, f"{base}/sign/", version=version, decision="sign")
    told(zara, f"{base}/sign/", version=version, decision="sign")
    told(head, f"{base}/sign/", version=version, decision="sign")
    page = told(head, f"{base}/publish/")
    assert "Its date has not come." in page and "ten working days are not over" in page
    assert hari.post(f"{base}/publish/").status_code == 403
    # The days pass.
    Release.objects.update(on=today)
    Preview.objects.update(ends_on=today - timedelta(days=1))
    assert "It is published." in told(head, f"{base}/publish/")
    shown = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    assert "Acme Alpha" in shown.get("/table/").content.decode()
    assert f"/editions/{edition.number}/0/" in shown.get("/releases/").content.decode()
    page = told(hari, f"{base}/correct/", reason="An entry names another product")
    assert "The correction is among the drafts." in page
    assert "It was withdrawn." in told(head, f"{base}/withdraw/", reason="The list was forged")


def test_an_approval_of_what_is_no_longer_there_is_told_and_void() -> None:
    edition = ready()
    zara = as_live("analyst", "Zara")
    hari = as_live("analyst")
    base = f"/desk/editions/{edition.pk}"
    told(hari, f"{base}/withhold/", **withheld("acme:beta"))
    told(hari, f"{base}/checks/")
    waiting = list(open_checks(edition=edition).values_list("pk", flat=True))
    if waiting:
        told(hari, "/desk/editions/acknowledge/", check=waiting, reason="looked at by two", edition=str(edition.pk))
    told(hari, f"{base}/ask/")
    old = content_hash(edition=Edition.objects.get(pk=edition.pk))
    edition.rows.filter(product_key="acme:alpha").update(low=0.9)
    assert "Read it again and ask anew" in told(zara, f"{base}/sign/", version=old, decision="sign")
    assert "Nobody has asked" in told(zara, f"{base}/sign/", version=old, decision="sign")


def test_a_maker_reads_its_preview_and_replies_by_the_rules() -> None:
    edition = ready()
    maker = client(capacity="maker")
    preview = Preview.objects.get(product_key="acme:alpha")
    address = f"/desk/previews/{preview.pk}/"
    assert maker.get(address).status_code == 404, "its organisation speaks for nobody yet"
    linked_maker()
    assert "Acme Alpha</a>" in maker.get("/desk/previews/").content.decode()
    page = maker.get(address).content.decode()
    assert "Acme Alpha" in page and "CVE-2026-1000" in page
    assert Entry.objects.filter(action="index.look-at-preview").count() == 1
    broken = maker.post(address, {"text": TEXT + " www.acme.example", "language": "en"}).content.decode()
    assert "Take out the web address “www.acme.example”." in broken and TEXT in broken, "what was written is kept"
    assert "was received" in told(maker, address, text=TEXT, language="en", claims_error="on")
    analyst = client(capacity="analyst")
    assert TEXT in analyst.get("/desk/editions/").content.decode()
    sent = Reply.objects.get()
    decide = f"/desk/editions/replies/{sent.pk}/"
    assert "say whether it is" in told(analyst, decide, decision="accept")
    told(
        analyst,
        decide,
        decision="refuse",
        rule="advertising",
        reason="Leave out the praise",
        error="no",
        error_reason="The list was read",
    )
    page = maker.get("/desk/previews/").content.decode()
    assert "Leave out the praise" in page and "names no prices" in page
    assert client(capacity="triage-officer").get(address).status_code == 403
    assert edition.status == "draft"


def test_an_administrator_links_makers_and_ends_links() -> None:
    ada = client(capacity="administrator")
    organisation = actor("maker").scope.partition(":")[2]
    page = "/desk/people/makers/"
    wrong = ada.post(page, {"organisation": organisation, "maker_key": "nobody", "how_known": "x"}).content.decode()
    assert "no such maker" in wrong
    assert "acme" in told(ada, page, organisation=organisation, maker_key="acme", how_known="in person")
    from bluelamp.index.models import MakerLink

    told(ada, page, end=str(MakerLink.objects.get().pk))
    assert MakerLink.objects.get().ended_at is not None
    assert ada.post(page, {"end": "nonsense"}).status_code == 200


def test_early_access_is_by_list_only() -> None:
    edition = ready()
    head, author = client(capacity="head-of-profession"), client(capacity="outreach-author")
    look = f"/desk/editions/early/{edition.pk}/"
    assert (
        author.get(look).status_code == 403
        and "You are on no list." in author.get("/desk/editions/early/").content.decode()
    )
    person = str(who("outreach-author").pk)
    assert "The access list was changed." in told(
        head, f"/desk/editions/{edition.pk}/access/", person=person, why="Prepares alerts"
    )
    assert "Acme Alpha" in author.get(look).content.decode()
    assert "Between" in author.get(f"{look}product/acme:alpha/").content.decode()
    told(head, f"/desk/editions/{edition.pk}/access/", end=str(edition.early_access.get().pk))
    assert author.get(look).status_code == 403 and author.get(f"{look}product/acme:alpha/").status_code == 403


def test_the_demonstration_has_an_edition_in_preview_that_can_never_be_published() -> None:
    who("analyst")
    build_edition(now=NOW)
    make_draft(now=NOW)
    make_draft(now=NOW)
    draft = Edition.objects.get(status="draft")
    assert draft.origin == "test" and draft.previews.filter(product_key="lanternworks:beacon").exists()
    mina, head = client(capacity="maker"), client(capacity="head-of-profession")
    assert "Lanternworks Beacon</a>" in mina.get("/desk/previews/").content.decode()
    assert "not live" in told(head, f"/desk/editions/{draft.pk}/publish/")
    for language in ("", "/cy"):
        for name, capacity in (("/desk/editions/", "analyst"), (f"/desk/editions/{draft.pk}/", "head-of-profession")):
            assert client(capacity=capacity).get(language + name).status_code == 200
    public = Client(headers={"host": "localhost"})
    assert "Lanternworks" not in public.get("/table/").content.decode()
    assert (
        not Release.objects.filter(origin="live").exists() and "cast" not in public.get("/releases/").content.decode()
    )


def test_previews_of_a_draft_are_listed_some_at_a_time_and_filtered() -> None:
    edition, today = ready(), timezone.localdate()
    hari = as_live("analyst")
    Preview.objects.filter(edition=edition).delete()
    person = User.objects.first()
    for number in range(60):
        maker = "acme" if number % 2 else "beta"
        Preview.objects.create(
            edition=edition,
            product_key=f"{maker}:device{number:02}",
            maker_key=maker,
            evidence_hash="e",
            opened_at=NOW,
            opened_by=person,
            ends_on=today + timedelta(days=3 if number < 50 else -1),
            told="by letter",
            first_seen_at=NOW if number < 5 else None,
        )

    def listed(query: str, *, address: str = "/desk") -> list[str]:
        page = hari.get(f"{address}/editions/{edition.pk}/{query}").content.decode()
        assert page.count("60 previews, 5 looked at.") == (address == "/desk")
        return re.findall(r"<li>((?:acme|beta):device[0-9]+): ", page)

    pages = [listed(f"?page={n}") for n in (1, 2, 3)]
    assert [len(found) for found in pages] == [25, 25, 10] and len({k for found in pages for k in found}) == 60
    assert listed("") == pages[0] and listed("?page=nonsense") == pages[0] and listed("?page=99") == pages[2]
    assert len(listed("?q=BETA&page=2")) == 5 and {k[:4] for k in listed("?q=BETA")} == {"beta"}
    assert len(listed("?state=over")) == 10 and len(listed("?state=running&page=2")) == 25
    assert len(listed("?state=seen")) == 5 and listed("?state=unseen&page=3") == listed("?state=unseen&page=9")
    assert listed("?q=device01&state=seen") == ["acme:device01"] and listed("?q=no+such") == []
    assert listed("?state=nonsense") == pages[0] and listed("?q=" + "a" * 500) == pages[0]
    assert len(listed("", address="/cy/desk")) == 25
    page = hari.get(f"/desk/editions/{edition.pk}/?q=device&state=running").content.decode()
    assert "q=device" in page and "page=2" in page and "<b>" not in listed("?q=<b>")
