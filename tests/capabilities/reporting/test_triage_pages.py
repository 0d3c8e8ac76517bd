"""The pages of the desk, through the whole program: what they show, what they hide, what they do."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import client, who
from desk_reports import HOME, STORY, filed, officer
from django.test import Client

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.models import Organisation
from bluelamp.reporting.models import Campaign, Decision, Duty, DutyWatch, HandOver, Report, ReportFlag, SavedView
from bluelamp.reporting.operations.triage import deciding, handing
from bluelamp.reporting.queries.casework import is_somebody_reading

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"])
NOW = datetime.now(tz=UTC).replace(microsecond=0) - timedelta(hours=1)


def text(browser: Client, address: str, **posted: object) -> str:
    """A page's text, after its redirects."""
    answer = browser.post(address, posted, follow=True) if posted else browser.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def dev() -> Client:
    return client(capacity="triage-officer")


def test_the_queue_shows_codes_and_times_and_nothing_that_was_written(dev: Client) -> None:
    urgent, usual = filed({"danger": "yes"}, now=NOW), filed(now=NOW - timedelta(hours=5))
    shown = text(dev, "/desk/reports/")
    assert shown.index(urgent.reference) < shown.index(usual.reference) and "2 reports" in shown
    assert "bicycle" not in shown and "Bristol" not in shown and "reporter.example" not in shown
    assert not Entry.objects.filter(action="reporting.read").exists()


def test_filters_narrow_the_queue_and_a_view_keeps_them(dev: Client) -> None:
    phone, chat = filed({"what-happened": "phone-stolen"}, now=NOW), filed(now=NOW)
    shown = text(dev, "/desk/reports/?kind=phone-stolen")
    assert phone.reference in shown and chat.reference not in shown
    assert chat.reference in text(dev, f"/desk/reports/?reference={chat.reference.lower().replace('-', ' ')}")
    for nonsense in (
        "?state=x&level=y",
        "?after=1~2~3",
        "?after=9~2026-01-01~x",
        "?reference=" + "z" * 500,
    ):
        text(dev, f"/desk/reports/{nonsense}")
    assert "No report fits" in text(dev, "/desk/reports/?level=immediate")
    text(dev, "/desk/reports/views/", name="Phones", kind="phone-stolen", reference="secret")
    view = SavedView.objects.get()
    assert view.query == "state=to-decide&kind=phone-stolen" and view.person == who("triage-officer")
    assert "a name of its own" in text(dev, "/desk/reports/views/", name="Phones", kind="phone-stolen")
    other = client(capacity="safeguarding-officer")
    assert other.post(f"/desk/reports/views/{view.pk}/remove/").status_code == 404
    assert "The view is removed" in text(dev, f"/desk/reports/views/{view.pk}/remove/", x="1")


def test_pages_of_the_queue_hold_every_report_once(dev: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bluelamp.reporting.queries import queue

    monkeypatch.setattr(queue, "PAGE", 3)
    made = {filed(burst=n % 3 == 0, now=NOW - timedelta(minutes=n // 2)).reference for n in range(7)}
    for query in ("", "?state=any"):
        found: list[str] = []
        address = f"/desk/reports/{query}"
        while address:
            body = dev.get(address).content.decode()
            found += re.findall(r'bl-nowrap" href="/desk/reports/[0-9a-f-]+/">([0-9A-Z-]+)<', body)
            following = re.search(r'href="(\?[^"]+)" rel="next"', body)
            address = f"/desk/reports/{following[1].replace('&amp;', '&')}" if following else ""
        assert len(found) == 7 and set(found) == made, query


def test_a_flag_that_several_answers_raised_stands_once(dev: Client) -> None:
    report = filed(now=NOW)
    for question in ("danger", "urgent"):
        source = f"answer:answer:live-attack:{question}"
        ReportFlag.objects.create(
            report=report,
            code="live-attack",
            level="immediate",
            source=source,
            reason="answer:live-attack",
            raised_at=NOW,
        )
    shown = dev.get(f"/desk/reports/{report.pk}/").content.decode()
    assert shown.count("govuk-tag--red") == 1 and report.flags.filter(code="live-attack").count() == 2


def test_the_filters_are_folded_until_one_is_used(dev: Client) -> None:
    folded = 'govuk-details bl-filters">'
    assert folded in dev.get("/desk/reports/").content.decode()
    assert folded not in dev.get("/desk/reports/?state=any").content.decode()


def test_a_report_is_read_under_ones_name_and_its_parts_stand_apart(dev: Client) -> None:
    report = filed({"danger": "yes"}, now=NOW)
    shown = text(dev, f"/desk/reports/{report.pk}/")
    assert STORY in shown and "There is a safety part" in shown and "Is anybody in danger" not in shown
    assert "reporter.example" not in shown
    for kind in (
        "Told to us, not checked",
        "Worked out by the program",
        "Written by officers",
        "Recorded by the program",
    ):
        assert kind in shown
    entry = Entry.objects.get(action="reporting.read", subject=f"report:{report.pk}")
    assert entry.capacity == "triage-officer" and entry.outcome == "done"


def test_hostile_words_are_shown_and_do_nothing(dev: Client) -> None:
    report = filed(now=NOW)
    bad = "<script>alert(1)</script>{{ settings.SECRET_KEY }}"
    dev.post(f"/desk/reports/{report.pk}/note/", {"text": bad})
    body = dev.get(f"/desk/reports/{report.pk}/").content.decode()
    assert "<script>alert" not in body and "&lt;script&gt;alert(1)" in body and "{{ settings" in body


def test_a_decision_is_chosen_written_previewed_and_confirmed(dev: Client) -> None:
    report = filed(now=NOW, language="cy")
    address = f"/desk/reports/{report.pk}/decide/"
    assert "Choose a reason" in text(dev, address, step="write")
    assert "Nid oes angen ymchwilio" in text(dev, address, step="write", reason="advice-given")
    assert "Write the text" in text(dev, address, step="preview", reason="advice-given", text=" ")
    shown = text(dev, address, step="preview", reason="advice-given", text="Cadwch y neges.")
    assert "exactly what the reporter will read" in shown and "Cadwch y neges." in shown
    assert not Decision.objects.exists()
    seen = re.search(r'name="seen" value="([^"]+)"', dev.get(address).content.decode())
    assert seen
    posted = {"step": "confirm", "reason": "advice-given", "text": "Cadwch y neges.", "seen": seen[1]}
    assert "It is decided" in text(dev, address, **posted)
    assert Report.objects.get().state == "not-recorded"
    late = dev.post(address, posted)
    assert late.status_code == 409 and "Cadwch y neges." in late.content.decode()
    assert Decision.objects.count() == 1


def test_a_report_is_handed_over_and_the_other_force_takes_it(dev: Client) -> None:
    report = filed(now=NOW)
    address = f"/desk/reports/{report.pk}/hand-over/"
    assert "to whom the report goes" in text(dev, address, step="write", reason="their-area")
    shown = text(dev, address, step="write", reason="their-area", to="force:south-wales")
    assert "in the area of South Wales Police" in shown
    posted = {"step": "confirm", "reason": "their-area", "to": "force:south-wales", "text": "They have it."}
    text(dev, address, **posted)
    handed = HandOver.objects.get()
    assert report.reference in text(dev, "/desk/reports/handovers/")
    assert dev.post(f"/desk/reports/handovers/{handed.pk}/acknowledge/").status_code == 403
    assert "back in the queue" in text(dev, f"/desk/reports/handovers/{handed.pk}/back/", x="1")
    away = officer("triage-officer", "force:south-wales")
    back = handing.hand_over(
        actor=officer("triage-officer"), report_id=report.pk, to=away.scope, reason="their-area", text="T", now=NOW
    )
    handing.acknowledge(actor=away, handover_id=back.pk, now=NOW)
    assert dev.get(f"/desk/reports/{report.pk}/").status_code == 403


def test_the_safety_part_asks_why_and_the_contact_warns() -> None:
    report = filed({"danger": "yes", "contact-safe": "no"}, now=NOW)
    farah = client(capacity="safeguarding-officer")
    address = f"/desk/reports/{report.pk}/safety/"
    assert "Is anybody in danger" not in text(farah, address)
    assert "Choose a reason" in text(farah, address, reason="")
    assert "Is anybody in danger" in text(farah, address, reason="danger")
    contact = text(farah, f"/desk/reports/{report.pk}/contact/", reason="call-back")
    assert "Do not write" in contact and "kim@reporter.example" in contact
    safe = filed({"contact-safe": "yes"}, now=NOW)
    assert "Do not write" not in text(farah, f"/desk/reports/{safe.pk}/contact/", reason="call-back")


def test_duties_are_seen_to_done_and_being_on_duty_ends_with_signing_out() -> None:
    report = filed({"danger": "yes"}, now=NOW)
    farah = client(capacity="safeguarding-officer")
    item = Duty.objects.get(report=report, kind="danger")
    assert "late by " in text(farah, "/desk/reports/duties/")
    assert "You are on duty" in text(farah, "/desk/reports/duties/on/", x="1")
    assert is_somebody_reading(scope=HOME, now=datetime.now(tz=UTC))
    text(farah, f"/desk/reports/duties/{item.pk}/seen/", x="1")
    assert "Choose what was done" in text(farah, f"/desk/reports/duties/{item.pk}/done/", how="")
    text(farah, f"/desk/reports/duties/{item.pk}/done/", how="spoke")
    assert Duty.objects.get(pk=item.pk).done_how == "spoke"
    farah.post("/account/logout/")
    assert DutyWatch.objects.get().ended_at and not is_somebody_reading(scope=HOME, now=datetime.now(tz=UTC))


def test_the_registrar_sees_what_waits_with_its_clock_and_gives_a_number() -> None:
    report = filed(now=NOW - timedelta(hours=30))
    deciding.decide(
        actor=officer("triage-officer"), report_id=report.pk, outcome="recorded", reason="crime", text="T", now=NOW
    )
    elin = client(capacity="crime-registrar")
    assert "late by " in text(elin, "/desk/reports/numbers/")
    address = f"/desk/reports/{report.pk}/number/"
    assert "Enter the crime number" in text(elin, address, number=" ", offence="8L")
    text(elin, address, number="52/1", offence="8L")
    assert Report.objects.get().state == "recorded"
    assert "back in the queue" in text(elin, f"/desk/reports/{report.pk}/cancel/", reason="error")


def test_a_campaign_is_begun_filled_and_decided_in_both_languages(dev: Client) -> None:
    english, welsh = filed(now=NOW), filed(now=NOW, language="cy")
    assert "names nobody" in text(dev, "/desk/reports/campaigns/", title="")
    text(dev, "/desk/reports/campaigns/", title="A wave")
    base = f"/desk/reports/campaigns/{Campaign.objects.get().pk}/"
    for report in (english, welsh):
        text(dev, f"{base}add/", reference=report.reference)
    assert "Enter the reference" in text(dev, f"{base}add/", reference="nonsense")
    assert "Ni all yr heddlu" in text(dev, f"{base}decide/", step="write", reason="not-police")
    chosen = {"reason": "not-police", "text": "English words.", "welsh": "Geiriau."}
    assert "Geiriau." in text(dev, f"{base}decide/", step="preview", **chosen)
    missing = {**chosen, "welsh": ""}
    assert "in Welsh too" in text(dev, f"{base}decide/", step="confirm", **missing)
    assert not Decision.objects.exists()
    assert "2 reports are decided" in text(dev, f"{base}decide/", step="confirm", **chosen)


def test_what_an_organisation_is_given_is_a_file_with_the_chosen_parts(dev: Client) -> None:
    report, charity = filed(now=NOW), Organisation.objects.create(name="Harbour Friends", added_at=NOW)
    address = f"/desk/reports/{report.pk}/disclose/"
    given = {"organisation": str(charity.pk), "purpose": "victim-support", "basis": "consent", "parts": ["facts"]}
    for wrong in ("", "nonsense", "2020-01-01", "9999-99-99"):
        assert "Enter a day after today" in text(dev, address, **given, until=wrong)
    until = (NOW + timedelta(days=20)).date().isoformat()
    text(dev, address, **given, until=until)
    made = report.disclosures.get()
    answer = dev.get(f"/desk/reports/given/{made.pk}/")
    assert answer.json()["parts"] == {
        "facts": {
            "kinds": ["online-harassment"],
            "received_on": NOW.date().isoformat(),
            "products": ["ring:videodoorbell"],
        }
    }
    assert "no-store" in answer["Cache-Control"]
    text(dev, f"/desk/reports/given/{made.pk}/end/", next=address)
    assert dev.get(f"/desk/reports/given/{made.pk}/").status_code == 410


def test_asking_goes_only_through_the_table(dev: Client) -> None:
    report = filed(now=NOW)
    address = f"/desk/reports/{report.pk}/ask/"
    assert "Choose what you ask for" in text(dev, address, step="confirm", request="follow-him")
    assert not report.posts.exists()
    assert "exactly what the reporter" in text(dev, address, step="preview", request="box", more="The white one.")
    text(dev, address, step="confirm", request="box", more="The white one.")
    assert report.posts.get().kind == "question"


def test_reviews_and_the_page_for_the_next_shift(dev: Client) -> None:
    report = filed(now=NOW)
    deciding.decide(
        actor=officer("triage-officer"), report_id=report.pk, outcome="advised", reason="not-police", text="T", now=NOW
    )
    Report.objects.update(review_on=NOW.date())
    assert report.reference in text(dev, "/desk/reports/reviews/")
    assert "cannot be brought back" not in text(dev, f"/desk/reports/{report.pk}/erase/")
    assert "another twelve months" in text(dev, f"/desk/reports/{report.pk}/keep/", reason="pattern")
    shown = text(dev, "/desk/reports/shift/?hours=24")
    assert report.reference in shown and "Decided" in shown and "bicycle" not in shown
    text(dev, "/desk/reports/shift/?hours=nonsense")
