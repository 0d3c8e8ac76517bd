"""An edition on its way: a draft of origin test, which can never be published, with its checks and makers' previews."""

from datetime import date, datetime, timedelta

from bluelamp.index.models import Edition, EditionRow, MakerLink
from bluelamp.index.operations.checking import run_checks
from bluelamp.index.operations.drafting import draft
from bluelamp.index.operations.previews import open_previews, reply
from bluelamp.index.operations.releasing import announce_release, give_early_access, take_date
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, Organisation, User
from bluelamp.project.demo.cast import address

# Invented, like its maker: nobody real is answered for.
INVENTED, _MAKER = "lanternworks:beacon", "lanternworks"
SAID = "The entry names our Beacon camera. We sent an update to every camera in September; owners need do nothing."


def make_draft(*, now: datetime) -> None:
    """Make the draft, once. The cast and some evidence must be there."""
    if Edition.objects.filter(origin="test").exists():
        return
    analyst, head, maker = actor_of("Hari"), actor_of("Isla"), actor_of("Mina")
    made = invented_draft(origin="test", now=now)
    open_previews(actor=analyst, edition_id=made.pk, told="Demonstration: nobody", today=now.date(), now=now)
    on = now.date() + timedelta(days=35)
    release = announce_release(actor=head, kind="regular", on=on, origin="test", today=now.date(), now=now)
    take_date(actor=analyst, edition_id=made.pk, release_id=release.pk, now=now)
    kofi = User.objects.get(email=address("Kofi"))
    give_early_access(actor=head, edition_id=made.pk, user_id=kofi.pk, why="Prepares alerts", starts_at=now, now=now)
    reply(actor=maker, product_key=INVENTED, text=SAID, fix_on=now.date() + timedelta(days=14), now=now)
    run_checks(actor=analyst, edition_id=made.pk, now=now)


def invented_draft(*, origin: str, now: datetime) -> Edition:
    """Hari's draft from the evidence that is there, with an invented product whose invented maker Mina speaks for.

    Its origin is not live, so that it can never be published.
    """
    made = draft(actor=actor_of("Hari"), origin=origin, now=now)
    _add_invented(made)
    organisation = Organisation.objects.get(pk=actor_of("Mina").scope.partition(":")[2])
    MakerLink.objects.create(organisation=organisation, maker_key=_MAKER, how_known="Demonstration", linked_at=now)
    return made


def _add_invented(edition: Edition) -> None:
    """One invented product beside the real ones, so that the invented maker has something to look at."""
    day: date = edition.period_end - timedelta(days=20)
    months = [0] * (edition.parameters["period_months"] - 1) + [1]
    EditionRow.objects.create(
        edition=edition,
        product_key=INVENTED,
        maker_key=_MAKER,
        product_name="Lanternworks Beacon",
        maker_name="Lanternworks",
        category="camera",
        group="home",
        dates=1,
        dates_before=0,
        dates_ever=1,
        recorded_crimes=0,
        rate=0.5,
        shrunk=0.4,
        low=0.1,
        high=1.2,
        jeffreys_low=0.1,
        jeffreys_high=2.0,
        ebgm=1.3,
        eb05=0.4,
        band="cannot-tell",
        rank_low=1,
        rank_high=200,
        trend="no-clear-change",
        trend_low=None,
        trend_high=None,
        monthly=months,
        first_seen=day,
        last_seen=day,
        sightings=[
            {
                "on": day.isoformat(),
                "source": "demonstration",
                "kind": "exploited",
                "written": "Lanternworks Beacon",
                "model": "",
                "refs": ["TEST-1"],
            }
        ],
        named=True,
    )


def actor_of(first: str) -> Actor:
    """A member of the cast at work. Raises LookupError where there is none."""
    grant = Grant.objects.filter(person__email=address(first)).order_by("given_at").first()
    if grant is None:
        raise LookupError(f"{first} has no capacity: make the cast first")
    return Actor(
        user_id=grant.person_id,
        capacity=grant.capacity,
        scope=grant.scope,
        purpose=grant.purpose,
        grant_id=grant.pk,
    )
