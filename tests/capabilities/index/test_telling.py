"""Makers are told once: when a preview opens, a reply is decided, an edition that names them is out or is not."""

from datetime import datetime, timedelta

import pytest
from cast import actor, client, who
from django.db import IntegrityError, transaction
from django.utils import timezone
from press import (
    DAY,
    FIRST,
    LATER,
    NOW,
    checked,
    corrected,
    linked_maker,
    load,
    out,
    ready,
    second_analyst,
)

from bluelamp.index.models import Edition, MakerLink, Preview
from bluelamp.index.operations.drafting import draft
from bluelamp.index.operations.previews import accept_reply, open_previews, refuse_reply, reply
from bluelamp.index.operations.publishing import withdraw
from bluelamp.index.operations.signing import ask_sign_off, sign
from bluelamp.index.operations.telling import tell_of_preview
from bluelamp.index.operations.withholding import withhold
from bluelamp.index.publishing_queries import content_hash
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.events import PreviewOpened
from bluelamp.kernel.messaging.models import Contact, Message
from bluelamp.kernel.messaging.operations.contacts import account_contact, set_unsafe
from bluelamp.kernel.messaging.operations.sending import run as send_messages
from bluelamp.kernel.messaging.queries import sink_messages
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.operations import Outcome, claim, deliver
from bluelamp.kernel.people.models import Grant, User

pytestmark = [pytest.mark.django_db(databases=["default", "vault"], transaction=True), pytest.mark.usefixtures("home")]
TEXT = "We fixed this weakness in version 2.1 and our devices update by themselves."


def work(now: datetime = NOW) -> None:
    """The worker does what waits; nothing may fail."""
    while (taken := claim(now=now, lease=timedelta(minutes=5))) is not None:
        assert deliver(delivery=taken, clock=lambda: now, jitter=0) is Outcome.DONE


def live(person: User) -> User:
    User.objects.filter(pk=person.pk).update(origin="live")
    return User.objects.get(pk=person.pk)


def messages() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("added_at", "dedupe_key").values_list("template", "state"))


def opened(now: datetime = NOW) -> Edition:
    load(*FIRST, now=now)
    edition = draft(actor=actor("analyst"), now=now)
    open_previews(actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=now.date(), now=now)
    return edition


def test_one_notice_for_all_previews_of_an_edition_with_their_last_day() -> None:
    linked_maker()
    mina = live(who("maker"))
    opened()
    assert Preview.objects.count() == 3
    work()
    (message,) = Message.objects.all()
    day = Preview.objects.values_list("ends_on", flat=True).distinct().get()
    assert (message.template, message.params, message.origin) == ("look-until", {"day": str(day)}, "live")
    assert message.contact.account == mina and message.contact.safe


def test_a_delivery_that_comes_twice_tells_once() -> None:
    linked_maker()
    opened()
    work()
    for preview in Preview.objects.all():
        with transaction.atomic():
            assert tell_of_preview(event=PreviewOpened(preview=preview.pk), now=NOW) == 1
    assert Message.objects.count() == 1 and Contact.objects.count() == 1


def test_everybody_of_the_organisation_in_that_capacity_and_nobody_else() -> None:
    linked_maker()
    maker = who("maker")
    own = Grant.objects.get(person=maker, capacity="maker")
    others = [User.objects.create(username=f"u{n}", email=f"u{n}@example.org") for n in range(5)]
    ways = [
        {},
        {"ends_at": NOW - DAY, "starts_at": NOW - 9 * DAY},
        {"scope": f"organisation:{maker.pk}"},
        {"capacity": "partner-analyst"},
        {"revoked_at": NOW - DAY},
    ]
    for person, way in zip(others, ways, strict=True):
        facts = {"capacity": "maker", "scope": own.scope, "starts_at": NOW - DAY, "ends_at": NOW + 99 * DAY, **way}
        Grant.objects.create(person=person, purpose="work", given_at=NOW, **facts)
    closed = User.objects.create(username="closed", email="closed@example.org", is_active=False)
    Grant.objects.create(
        person=closed,
        purpose="work",
        given_at=NOW,
        capacity="maker",
        scope=own.scope,
        starts_at=NOW - DAY,
        ends_at=NOW + DAY,
    )
    opened()
    work()
    assert set(Message.objects.values_list("contact__account", flat=True)) == {maker.pk, others[0].pk}


@pytest.mark.parametrize("accepted", [True, False])
def test_a_decision_is_told_either_way(accepted: bool) -> None:
    maker = linked_maker()
    opened()
    work()
    sent = reply(actor=maker, product_key="acme:beta", text=TEXT, now=NOW)
    assert not Delivery.objects.filter(done_at=None).exists(), "sending a reply tells its sender nothing"
    if accepted:
        accept_reply(actor=actor("analyst"), reply_id=sent.pk, now=NOW)
    else:
        refuse_reply(actor=actor("analyst"), reply_id=sent.pk, rule="advertising", reason="It names prices.", now=NOW)
    work()
    work()
    assert messages() == [("look-until", "queued"), ("something-new", "queued")]
    assert Message.objects.filter(dedupe_key__startswith=f"index:reply:{sent.pk}:").count() == 1


def test_published_corrected_and_withdrawn_are_each_told_once() -> None:
    linked_maker()
    first = out(ready())
    work(LATER)

    def keys() -> list[str]:
        found = Message.objects.filter(template="something-new").order_by("added_at")
        return [key.rsplit(":", 1)[0].removeprefix("index:") for key in found.values_list("dedupe_key", flat=True)]

    assert keys() == [f"published:{first.pk}"]
    load(*FIRST[:3], now=LATER)
    second = corrected(first, now=LATER + DAY)
    work(LATER + DAY)
    assert keys()[1:] == [f"corrected:{second.pk}"], "a correction is not told as an edition too"
    withdraw(actor=actor("head-of-profession"), edition_id=second.pk, reason="It was wrong.", now=LATER + 2 * DAY)
    work(LATER + 2 * DAY)
    assert keys()[2:] == [f"withdrawn:{second.pk}"]


def test_who_is_linked_to_another_maker_hears_nothing() -> None:
    linked_maker("zeta")
    edition = ready()
    out(edition)
    work(LATER)
    assert not Message.objects.exists()


def test_nobody_linked_is_no_failure_and_waits_at_the_desk() -> None:
    opened()
    work()
    assert not Message.objects.exists()
    page = client(capacity="analyst").get("/desk/").content.decode()
    assert "3 previews run whose makers have no account" in page
    linked_maker()
    assert "have no account" not in client(capacity="analyst").get("/desk/").content.decode()
    MakerLink.objects.update(ended_at=NOW)
    assert "have no account" in client(capacity="analyst").get("/desk/").content.decode()
    Preview.objects.update(ends_on=timezone.localdate() - DAY)
    assert "have no account" not in client(capacity="analyst").get("/desk/").content.decode()


def test_an_account_without_a_usable_address_stops_nobody() -> None:
    linked_maker()
    own = Grant.objects.get(person=who("maker"), capacity="maker")
    odd = User.objects.create(username="odd", email="odd@localhost")
    own.pk, own.person = None, odd
    own.save(force_insert=True)
    opened()
    work()
    assert Message.objects.get().contact.account == who("maker")


def test_a_late_delivery_tells_of_no_preview_that_is_over() -> None:
    linked_maker()
    opened()
    work(NOW + 60 * DAY)
    assert not Message.objects.exists()


def test_an_unsafe_address_gets_nothing_and_nothing_fails() -> None:
    linked_maker()
    contact = account_contact(user=who("maker"), now=NOW)
    set_unsafe(contact=contact, by="system", now=NOW)
    opened()
    work()
    assert messages() == [("look-until", "unsafe")]


def test_invented_people_are_not_written_to() -> None:
    linked_maker()
    opened()
    work()
    assert Message.objects.get().origin == "test", "the cast is invented, the edition is not"


def test_a_notice_is_in_the_language_that_its_reader_chose() -> None:
    linked_maker()
    mina = who("maker")
    contact = account_contact(user=mina, now=NOW)
    assert contact.language == "en"
    browser = client(capacity="maker")
    answer = browser.post("/desk/account/", {"language": "cy"}, follow=True)
    page = answer.content.decode()
    assert "Notices will come in this language." in page and 'value="cy" lang="cy" selected' in page
    for odd in ("", "fr", "cy" * 9):
        page = browser.post("/desk/account/", {"language": odd}, follow=True).content.decode()
        assert "Choose English or Welsh." in page and 'value="cy" lang="cy" selected' in page
    assert Entry.objects.filter(action="people.choose-language", subject=f"user:{mina.pk}").count() == 1
    opened()
    work()
    message = Message.objects.get()
    assert (message.contact_id, message.contact.language) == (contact.pk, "cy")
    send_messages(now=NOW)
    (shown,) = sink_messages()
    assert shown.language == "cy" and "Gallwch" in shown.text and "Rhywbeth" in shown.subject
    assert Entry.objects.filter(action="messaging.set-language", subject=f"contact:{contact.pk}").count() == 1


def test_a_new_contact_has_the_language_of_its_account() -> None:
    mina = who("maker")
    mina.language = "cy"
    mina.save()
    assert account_contact(user=mina, now=NOW).language == "cy"


def test_nobody_chooses_for_another_and_no_stranger_chooses() -> None:
    mina = who("maker")
    for browser in (client(), client(mina, capacity="maker", second_factor=False), client(capacity="auditor")):
        browser.post("/desk/account/", {"language": "cy", "person": str(mina.pk)})
    assert User.objects.get(pk=mina.pk).language == "en"


def test_the_database_knows_no_other_language() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=who("maker").pk).update(language="fr")


def test_a_new_address_takes_the_place_of_the_old_one() -> None:
    mina = who("maker")
    old = account_contact(user=mina, now=NOW)
    assert account_contact(user=mina, now=NOW) == old
    mina.email = "mina.new@example.org"
    mina.save()
    new = account_contact(user=mina, now=NOW)
    old.refresh_from_db()
    assert new != old and old.erased_at and not bytes(old.address_sealed)
    assert Contact.objects.get(account=mina, erased_at=None) == new


def test_the_maker_s_first_page_says_what_runs() -> None:
    linked_maker()
    page = client(capacity="maker").get("/desk/").content.decode()
    assert "What is to be published about them" in page
    opened()
    page = client(capacity="maker").get("/desk/").content.decode()
    assert "3 previews are open" in page and "Should not wait" in page


def test_the_card_of_those_who_sign() -> None:
    edition = ready()

    def waits(capacity: str, person: User | None = None) -> bool:
        page = client(person, capacity=capacity).get("/desk/").content.decode()
        return f"Edition {edition.label} waits for your signature." in page

    zara = User.objects.get(first_name="Zara")
    assert not waits("head-of-profession") and not waits("analyst", zara), "it is signed"
    withhold(
        actor=actor("analyst"),
        edition_id=edition.pk,
        product_key="acme:beta",
        what="product",
        reason="It names another",
        now=LATER,
    )
    assert not waits("head-of-profession"), "nobody asked for the changed one"
    checked(edition, now=LATER)
    ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    assert waits("head-of-profession") and waits("analyst", zara)
    assert not waits("analyst"), "who asks does not sign"
    assert not waits("maker") and not waits("administrator")
    shown = content_hash(edition=Edition.objects.get(pk=edition.pk))
    sign(actor=second_analyst(), edition_id=edition.pk, version_hash=shown, now=LATER)
    assert waits("head-of-profession") and not waits("analyst", zara)
    sign(actor=actor("head-of-profession"), edition_id=edition.pk, version_hash=shown, now=LATER)
    assert not waits("head-of-profession")
