"""What a stranger found at the desk's pages of editions, each mended, in both languages where something is said."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from cast import actor, client, who
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from press import (
    DAY,
    FIRST,
    LATER,
    NOW,
    checked,
    corrected,
    dated,
    linked_maker,
    load,
    out,
    ready,
    second_analyst,
    signed_off,
    small_catalogue,
    withheld,
)

from bluelamp.index.models import Edition, Preview, Release
from bluelamp.index.operations.drafting import EditionError, draft
from bluelamp.index.operations.publishing import withdraw
from bluelamp.index.operations.releasing import give_early_access
from bluelamp.index.operations.signing import ask_sign_off, reject, sign
from bluelamp.index.operations.withholding import NothingChangesError, show_again, withhold
from bluelamp.index.publishing_queries import content_hash, sign_off_request
from bluelamp.index.queries import visible_stamp
from bluelamp.kernel.people.models import User
from bluelamp.project.desk.publishing_words import finding_words

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
REPLY = "We fixed this weakness in version 2.1 and our devices update by themselves."
BOTH = ("", "/cy")


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path
    small_catalogue()
    load(*FIRST)
    yield tmp_path


def text_of(browser: Client, address: str, data: dict[str, object] | None = None) -> str:
    answer = browser.get(address) if data is None else browser.post(address, data, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_only_signatures_of_the_request_that_stands_look_valid() -> None:
    edition = ready()
    page = f"/desk/editions/{edition.pk}/"
    hari = client(capacity="analyst")
    signed = text_of(hari, page)
    assert "Zara Zaman" in signed and "void" not in signed
    withhold(
        actor=actor("analyst"), edition_id=edition.pk, product_key="acme:beta", what="product",
        reason="It names another", now=LATER,
    )  # fmt: skip
    for prefix, none, void, why in (
        ("", "No signature stands.", "Earlier requests for sign-off: void", "A product or a count was withheld"),
        ("/cy", "Nid oes llofnod yn sefyll.", "Ceisiadau cynharach am lofnodion: di-rym", "Cafodd cynnyrch neu gyfrif"),
    ):
        told = text_of(hari, prefix + page)
        standing, _bar, past = told.partition(void)
        assert none in standing and "Zara Zaman" not in standing
        assert "Zara Zaman" in past and why in past
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    standing, _bar, past = text_of(hari, page).partition("Earlier requests for sign-off: void")
    assert standing.count("Zara Zaman") == 1 and past.count("this signature no longer counts") == 2


def test_a_rejection_is_told_with_its_reason_apart() -> None:
    edition = ready()
    withhold(
        actor=actor("analyst"), edition_id=edition.pk, product_key="acme:beta", what="product",
        reason="It names another", now=LATER,
    )  # fmt: skip
    checked(edition, now=LATER)
    ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    reject(actor=actor("head-of-profession"), edition_id=edition.pk, reason="Band of Alpha is odd", now=LATER)
    told = text_of(client(capacity="analyst"), f"/desk/editions/{edition.pk}/")
    assert "Rejected by Isla" in told and "Band of Alpha is odd" in told


def test_a_change_of_nothing_is_refused_and_voids_nothing() -> None:
    edition = ready()
    hari, base = client(capacity="analyst"), f"/desk/editions/{edition.pk}/withhold/"
    before = sign_off_request(edition=edition)
    for prefix, data, told, field in (
        ("", {"do": "withhold"}, "Choose a product.", "id_withhold-product-error"),
        ("", {"do": "show-again"}, "This field is required", ""),
        ("", withheld("acme:beta", what="crimes"), "shows no count of crimes", "id_withhold-what-error"),
        ("", withheld("acme:beta", reason="ok"), "at least 10 characters", "id_withhold-reason-error"),
        ("/cy", withheld("acme:beta", reason="ok"), "o leiaf 10 nod", "id_withhold-reason-error"),
        ("/cy", withheld("acme:beta", what="crimes"), "drafft yn dangos cyfrif troseddau", "id_withhold-what-error"),
    ):
        page = hari.post(prefix + base, data).content.decode()
        assert (told in page and field in page) or data["do"] == "show-again", (data, told)
    held = Edition.objects.get(pk=edition.pk)
    assert held.checked_at is not None and sign_off_request(edition=held) == before
    assert not re.search(r'value="acme[^"]*" selected', hari.get(base).content.decode()), "nothing is chosen beforehand"
    assert "The draft was changed." in text_of(hari, base, withheld("acme:beta"))
    assert sign_off_request(edition=edition) is None
    for act in (
        lambda: withhold(
            actor=actor("analyst"), edition_id=edition.pk, product_key="acme:beta", what="product",
            reason="It names another", now=LATER,
        ),
        lambda: show_again(
            actor=actor("analyst"), edition_id=edition.pk, product_key="acme:alpha", what="product", now=LATER
        ),
    ):  # fmt: skip
        with pytest.raises(NothingChangesError):
            act()
    again = {"do": "show-again", "again-shown": "product|acme:beta"}
    assert "Nothing is withheld." in text_of(hari, base, again)


def test_a_published_edition_has_no_page_to_withhold() -> None:
    edition = out(ready())
    assert client(capacity="analyst").get(f"/desk/editions/{edition.pk}/withhold/").status_code == 404


SHOWN = ("Estimate", "Counted alone", "Beside its kind", "Rank", "Change", "When, month by month", "How it is made")


def test_signers_the_access_list_and_the_maker_see_what_readers_will() -> None:
    edition = ready()
    linked_maker()
    give_early_access(
        actor=actor("head-of-profession"), edition_id=edition.pk, user_id=who("outreach-approver").pk,
        why="Prepares alerts", starts_at=NOW - DAY, now=NOW,
    )  # fmt: skip
    preview = Preview.objects.get(product_key="acme:alpha")
    pages = {
        "analyst": f"/desk/editions/{edition.pk}/product/acme:alpha/",
        "head-of-profession": f"/desk/editions/{edition.pk}/product/acme:alpha/",
        "outreach-approver": f"/desk/editions/early/{edition.pk}/product/acme:alpha/",
        "maker": f"/desk/previews/{preview.pk}/",
    }
    for capacity, address in pages.items():
        told = text_of(client(capacity=capacity), address)
        assert "Not public" in told and all(words in told for words in SHOWN), capacity
        assert client(capacity=capacity).get(f"/cy{address}").status_code == 200
    published = out(edition)
    public = text_of(Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"}), "/product/acme:alpha/")
    row = published.rows.get(product_key="acme:alpha")
    for sentence in re.findall(r"(?:Estimate|Between|Confirmed at least) [^;.]*", public):
        assert sentence in told, sentence
    assert row.product_name in public


def test_a_draft_leaks_to_nobody_else() -> None:
    edition = ready()
    own = [f"/desk/editions/{edition.pk}/products/", f"/desk/editions/{edition.pk}/product/acme:alpha/"]
    early = [f"/desk/editions/early/{edition.pk}/", f"/desk/editions/early/{edition.pk}/product/acme:alpha/"]
    for address in own + early:
        for capacity in ("maker", "triage-officer", "outreach-approver", "outreach-author", "administrator"):
            assert client(capacity=capacity).get(address).status_code == 403, (capacity, address)
        assert client().get(address).status_code in (302, 403)
    assert client(capacity="maker").get(f"/desk/previews/{Preview.objects.first().pk}/").status_code == 404
    withhold(
        actor=actor("analyst"), edition_id=edition.pk, product_key="acme:beta", what="product",
        reason="It names another", now=LATER,
    )  # fmt: skip
    assert client(capacity="analyst").get(own[1].replace("alpha", "beta")).status_code == 404
    linked_maker()
    told = text_of(client(capacity="maker"), f"/desk/previews/{Preview.objects.get(product_key='acme:beta').pk}/")
    assert "it would not be published" in told


def test_a_preview_of_what_is_no_longer_in_the_draft_is_not_there() -> None:
    edition = ready()
    linked_maker()
    preview = Preview.objects.get(product_key="acme:beta")
    edition.rows.filter(product_key="acme:beta").delete()
    assert client(capacity="maker").get(f"/desk/previews/{preview.pk}/").status_code == 404


def test_products_are_listed_some_at_a_time_and_found_by_name() -> None:
    edition = ready()
    hari, address = client(capacity="analyst"), f"/desk/editions/{edition.pk}/products/"
    assert "Acme Alpha" in text_of(hari, address) and "Acme Beta" not in text_of(hari, f"{address}?q=ALPHA")
    assert "Nothing found." in text_of(hari, f"{address}?q=zzzz")
    assert "Acme Alpha" not in text_of(hari, f"/desk/editions/{edition.pk}/").partition("Makers' previews")[0]


def test_who_asked_is_not_offered_to_sign_and_others_are() -> None:
    edition = ready()
    withhold(
        actor=actor("analyst"), edition_id=edition.pk, product_key="acme:beta", what="product",
        reason="It names another", now=LATER,
    )  # fmt: skip
    checked(edition, now=LATER)
    ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    page = f"/desk/editions/{edition.pk}/"
    hari, zara = client(capacity="analyst"), client(User.objects.get(first_name="Zara"), capacity="analyst")
    assert "Sign this version" not in text_of(hari, page) and "You asked for the sign-off" in text_of(hari, page)
    assert "Chi a ofynnodd" in text_of(hari, f"/cy{page}")
    assert "Sign this version" in text_of(zara, page)
    shown = content_hash(edition=Edition.objects.get(pk=edition.pk))
    sign(actor=second_analyst(), edition_id=edition.pk, version_hash=shown, now=LATER)
    assert "You have decided about this version." in text_of(zara, page)
    assert "Sign this version" in text_of(client(capacity="head-of-profession"), page)


def test_a_reason_says_something() -> None:
    published = out(ready())
    head, base = client(capacity="head-of-profession"), f"/desk/editions/{published.pk}"
    assert "at least 10 characters" in text_of(head, f"{base}/withdraw/", {"reason": "ok"})
    assert "o leiaf 10 nod" in text_of(head, f"/cy{base}/withdraw/", {"reason": "ok"})
    assert Edition.objects.get(pk=published.pk).status == "published"
    with pytest.raises(EditionError, match="at least 10"):
        withdraw(actor=actor("head-of-profession"), edition_id=published.pk, reason=" ok  ok ", now=LATER)


def test_a_date_is_announced_two_years_ahead_at_most() -> None:
    head, today = client(capacity="head-of-profession"), timezone.localdate()
    for prefix, words in (("", "look at the year"), ("/cy", "edrychwch ar y flwyddyn")):
        assert words in text_of(head, f"{prefix}/desk/editions/calendar/", {"kind": "regular", "on": "9999-12-31"})
    assert not Release.objects.exists()
    text_of(head, "/desk/editions/calendar/", {"kind": "regular", "on": (today + timedelta(days=700)).isoformat()})
    held = Release.objects.get()
    move = {"do": "move", "release": str(held.pk), "on": "2199-01-01", "reason": "The list is late"}
    assert "look at the year" in text_of(head, "/desk/editions/calendar/", move)
    assert "9999" not in Client(headers={"host": "localhost"}).get("/feed.atom").content.decode()


def test_the_calendar_and_the_draft_say_the_same_of_a_date() -> None:
    edition = draft(actor=actor("analyst"), origin="test", now=NOW)
    dated(edition, on=date(NOW.year + 1, 1, 2) if NOW.month < 12 else date(NOW.year + 1, 2, 2))
    day = Release.objects.get().on
    words = f"proposed for {day.day} {day:%B} {day.year} (test: not in the public calendar)"
    head = client(capacity="head-of-profession")
    for address in ("/desk/editions/", "/desk/editions/calendar/", f"/desk/editions/{edition.pk}/"):
        assert words in text_of(head, address), address
    assert "No date has been announced yet." not in text_of(head, "/desk/editions/calendar/")
    assert "cynigiwyd ar gyfer" in text_of(head, "/cy/desk/editions/calendar/")
    assert f"{day.year}" not in text_of(Client(headers={"host": "localhost"}), "/releases/").partition("Makers")[0]


def test_numbers_are_inflected_and_previews_go_by_name() -> None:
    edition = ready()
    hari = client(capacity="analyst")
    assert "1 draft, 0 replies to decide, 0 fixes due, 0 changes of evidence." in text_of(hari, "/desk/")
    told = text_of(hari, f"/desk/editions/{edition.pk}/")
    assert "Acme Beta: until" in told and "acme:beta" not in told
    assert "Acme Beta: until" in text_of(hari, f"/desk/editions/{edition.pk}/?q=acme+beta")


def test_one_entry_is_one_entry() -> None:
    values = {"name": "Acme Alpha", "source": "the list", "number": 1, "refs": "CVE-2026-1"}
    assert "1 entry (" in finding_words(code="entry-removed", subject="", values=values)
    assert "2 entries about" in finding_words(code="entry-late", subject="", values={**values, "number": 2})


def test_what_is_acknowledged_needs_no_form() -> None:
    edition = ready()
    told = client(capacity="analyst").get(f"/desk/editions/{edition.pk}/").content.decode()
    assert "acknowledged</span>" in told and "/desk/editions/acknowledge/" not in told


@pytest.mark.parametrize(
    ("text", "english", "welsh"),
    [
        (f"{REPLY} See www.acme.example/fix.", "Take out the web address “www.acme.example/fix”.", "cyfeiriad gwe"),
        ("word " * 620, "Shorten the reply to 3,000 characters; now there are 3099.", "Byrhewch yr ateb"),
        ("Too short", "Write at least 20 characters; now there are 9.", "Ysgrifennwch o leiaf 20 nod"),
        (f"{REPLY} a@acme.example", "telephone number “a@acme.example”.", "cyfeiriad e-bost"),
        (f"{REPLY} <b>now</b>", "Take out the markup", "Tynnwch y marcio"),
        ("", "Write your reply.", "Ysgrifennwch eich ateb."),
    ],
)  # fmt: skip
def test_a_reply_that_breaks_a_rule_is_told_what_to_do_at_the_field(text: str, english: str, welsh: str) -> None:
    ready()
    linked_maker()
    maker, address = client(capacity="maker"), f"/desk/previews/{Preview.objects.get(product_key='acme:alpha').pk}/"
    for prefix, words in (("", english), ("/cy", welsh)):
        page = maker.post(prefix + address, {"text": text, "language": "en"}).content.decode()
        at_field = re.search(r'<p class="govuk-error-message" id="id_text-error">([^<]*)', page)
        assert at_field is not None and words in at_field.group(1).replace("&lt;", "<"), page[:200]
        assert page.count(words) == 2 and "It holds no" not in page, "in the summary and at the field"


def test_a_withdrawal_is_told_in_the_calendar_and_on_the_home_page() -> None:
    first = out(ready())
    outside = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    load(*FIRST, f"CVE-2026-2000,Acme,Gamma,{(NOW + 20 * DAY).date()}", now=LATER)
    second = draft(actor=actor("analyst"), now=LATER)
    stamp = visible_stamp(outside=True)
    before = text_of(outside, "/")
    dated(second, on=(LATER + 28 * DAY).date(), now=LATER)
    day = LATER + 28 * DAY
    checked(second, now=day)
    signed_off(second, now=day)
    out(second, now=day)
    assert "was withdrawn" not in text_of(outside, "/")
    withdraw(actor=actor("head-of-profession"), edition_id=second.pk, reason="The list was forged", now=day)
    assert visible_stamp(outside=True) != stamp, "a page that was kept before the second edition says nothing of it"
    assert "withdrawn" not in before
    told = text_of(outside, "/")
    assert f"Edition {second.label} was withdrawn on" in told and f"What stands here is edition {first.label}." in told
    assert f'href="/editions/{second.number}/0/"' in outside.get("/").content.decode()
    assert f"Tynnwyd argraffiad {second.label} yn ôl ar" in text_of(outside, "/cy/")
    assert "Withdrawn on" in text_of(outside, "/releases/") and "The list was forged" in text_of(outside, "/releases/")
    assert "Tynnwyd yn ôl ar" in text_of(outside, "/cy/releases/")
    withdraw(actor=actor("head-of-profession"), edition_id=first.pk, reason="The list was forged", now=day)
    assert f"Edition {second.label} was withdrawn on" in text_of(outside, "/"), "also where nothing is left"


def test_a_correction_that_was_withdrawn_is_named_by_its_number() -> None:
    first = corrected(out(ready()), now=LATER)
    withdraw(actor=actor("head-of-profession"), edition_id=first.pk, reason="The list was forged", now=LATER)
    outside = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    assert f"Edition {first.label} was withdrawn on" in text_of(outside, "/")
