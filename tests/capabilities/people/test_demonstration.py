"""The demonstration's examples: every state of the desk is there, all of it invented, none of it twice."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import actor, client

from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.messaging.models import Contact, Message
from bluelamp.kernel.messaging.operations.sending import send_due
from bluelamp.kernel.messaging.queries import sink_messages
from bluelamp.kernel.outbox.domain.errors import PermanentError
from bluelamp.kernel.outbox.registry import installed
from bluelamp.kernel.people.models import Grant, Organisation, SecondFactorReset, User
from bluelamp.kernel.people.operations.recovery import decide_reset
from bluelamp.project.demo.cast import make_cast
from bluelamp.project.demo.examples import make_examples
from bluelamp.project.demo.partner import PARTNER

NOW = datetime.now(tz=UTC)
NOON = NOW.replace(hour=12) + timedelta(days=1)
pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def demonstration() -> None:
    make_cast(now=NOW - timedelta(days=7))
    make_examples(now=NOW)


def test_everything_is_of_origin_test() -> None:
    for model in (User, Organisation, Message):
        assert set(model._default_manager.values_list("origin", flat=True)) == {"test"}
    assert all(email.endswith(".example") for email in User.objects.values_list("email", flat=True))


def test_every_state_of_an_account_is_there() -> None:
    assert User.objects.filter(is_active=False).count() == 1
    assert Grant.objects.filter(ends_at__lt=NOW).count() == 1
    assert User.objects.filter(vettings__expires_on__lt=NOW.date()).count() == 1
    assert User.objects.filter(grants=None, is_active=True).count() == 1


def test_the_second_person_can_decide_what_the_first_asked() -> None:
    reset = SecondFactorReset.objects.get()
    ben = Grant.objects.get(person__first_name="Ben")
    second = actor("administrator")
    second = type(second)(user_id=ben.person_id, capacity=ben.capacity, scope=ben.scope, grant_id=ben.pk)
    decide_reset(actor=second, reset_id=reset.pk, approve=True, now=NOW)
    reset.refresh_from_db()
    assert reset.approved


def test_messages_go_to_nobody() -> None:
    assert send_due(now=NOON, channels={}) == {"sent": 3, "waiting-hours": 1}
    assert {m.language for m in sink_messages()} == {"en", "cy"} and {m.kind for m in sink_messages()} == {
        "email",
        "sms",
    }
    states = set(Message.objects.values_list("state", flat=True))
    assert states == {"sent", "waiting-hours", "unsafe", "suppressed"}


def test_a_second_start_makes_nothing_anew() -> None:
    before = [m._default_manager.count() for m in (User, Grant, Contact, Message, SecondFactorReset)]
    SecondFactorReset.objects.update(decided_at=NOW, approved=False)
    make_examples(now=NOW + timedelta(days=1))
    assert [m._default_manager.count() for m in (User, Grant, Contact, Message, SecondFactorReset)] == before


def test_the_invented_partner_fails_for_good_and_only_in_the_demonstration() -> None:
    assert PARTNER not in installed().handlers
    with pytest.raises(PermanentError):
        PARTNER.run(event=EditionBuilt(edition=User.objects.first().pk), now=NOW)  # type: ignore[union-attr]


def test_an_administrator_finds_something_on_every_page() -> None:
    send_due(now=NOON, channels={})
    browser = client(capacity="administrator")
    for name, words in {
        "people": "Wyn Watts",
        "people/recovery": "Dev Davies",
        "messages": "A question for you",
    }.items():
        assert words in browser.get(f"/desk/{name}/").content.decode()
