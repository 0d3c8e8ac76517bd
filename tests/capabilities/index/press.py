"""A small catalogue and a draft on its way to being published, for the tests of publishing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cast import actor, who
from small_edition import add_product

from bluelamp.index.domain.calendar import CORRECTION, REGULAR
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.models import Edition, Release
from bluelamp.index.operations.checking import acknowledge, run_checks
from bluelamp.index.operations.drafting import correct, draft
from bluelamp.index.operations.loading import load_bytes
from bluelamp.index.operations.previews import link_maker, open_previews
from bluelamp.index.operations.publishing import NotReadyError, publish
from bluelamp.index.operations.releasing import announce_release, take_date
from bluelamp.index.operations.signing import ask_sign_off, sign
from bluelamp.index.publishing_queries import content_hash, open_checks
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, User

NOW = datetime.now(tz=UTC).replace(hour=12, minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)
LATER = NOW + 30 * DAY
FIRST = [
    f"CVE-2026-{1000 + i},Acme,{name},{NOW.date() - n * DAY}"
    for i, (name, n) in enumerate([("Alpha", 10), ("Alpha", 40), ("Beta", 20), ("Gamma", 30), ("Alpha", 800)])
]


def small_catalogue() -> None:
    """Four products of Acme, one of Zeta."""
    for name in ("Alpha", "Beta", "Gamma", "Quiet"):
        add_product(f"acme:{fold(name)}", f"Acme {name}")
    add_product("zeta:cam", "Zeta Cam", category="camera")


def load(*rows: str, now: datetime = NOW) -> Load:
    """The authority's list as it stands from now on."""
    content = "\n".join(["cveID,vendorProject,product,dateAdded", *rows, ""]).encode()
    return load_bytes(content=content, feed=feed_by_id("cisa-kev-csv"), now=now).load


def crimes(*rows: str, now: datetime = NOW) -> Load:
    """Recorded crimes."""
    content = "\n".join(["crime_number,recorded_on,maker,product,force", *rows, ""]).encode()
    return load_bytes(content=content, feed=feed_by_id("recorded-crimes"), now=now).load


def second_analyst() -> Actor:
    """The analyst who did not draft."""
    who("analyst")
    grant = Grant.objects.get(person=User.objects.get(first_name="Zara"), capacity="analyst")
    return Actor(
        user_id=grant.person_id, capacity="analyst", scope=grant.scope, purpose=grant.purpose, grant_id=grant.pk
    )


def linked_maker(key: str = "acme") -> Actor:
    """The maker of the cast, speaking for a maker of the catalogue."""
    maker = actor("maker")
    organisation = maker.scope.partition(":")[2]
    link_maker(
        actor=actor("administrator"), organisation_id=organisation, maker_key=key, how_known="in person", now=NOW
    )
    return maker


def dated(edition: Edition, *, on: date, now: datetime = NOW) -> Release:
    """Announce a date and give it to a draft."""
    kind = CORRECTION if edition.replaces_id else REGULAR
    made = announce_release(
        actor=actor("head-of-profession"), kind=kind, on=on, origin=edition.origin, today=now.date(), now=now
    )
    take_date(actor=actor("analyst"), edition_id=edition.pk, release_id=made.pk, now=now)
    return made


def checked(edition: Edition, *, now: datetime) -> None:
    """Run the checks and acknowledge everything that may be."""
    run_checks(actor=actor("analyst"), edition_id=edition.pk, now=now)
    waiting = list(open_checks(edition=edition).values_list("pk", flat=True))
    if waiting:
        acknowledge(actor=actor("analyst"), check_ids=waiting, reason="looked at by two", now=now)


def signed_off(edition: Edition, *, now: datetime) -> None:
    """Ask, and sign as second analyst and as head of profession."""
    ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=now)
    for person in (second_analyst(), actor("head-of-profession")):
        shown = content_hash(edition=Edition.objects.get(pk=edition.pk))
        sign(actor=person, edition_id=edition.pk, version_hash=shown, now=now)


def ready(*, rows: list[str] | None = None, now: datetime = NOW) -> Edition:
    """A draft that may be published from 30 days after `now`, in its calendar and with its previews over."""
    load(*(rows or FIRST), now=now)
    edition = draft(actor=actor("analyst"), now=now)
    dated(edition, on=(now + 30 * DAY).date(), now=now)
    open_previews(actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=now.date(), now=now)
    checked(edition, now=now + 30 * DAY)
    signed_off(edition, now=now + 30 * DAY)
    return Edition.objects.get(pk=edition.pk)


def out(edition: Edition, *, now: datetime = LATER) -> Edition:
    """Publish a draft."""
    return publish(actor=actor("head-of-profession"), edition_id=edition.pk, today=now.date(), now=now)


def withheld(key: str, *, what: str = "product", reason: str = "It names another product") -> dict[str, object]:
    """What the form for withholding sends."""
    return {"do": "withhold", "withhold-product": key, "withhold-what": what, "withhold-reason": reason}


def corrected(edition: Edition, *, reason: str = "An entry was taken back.", now: datetime) -> Edition:
    """A correction, published."""
    made = correct(actor=actor("analyst"), edition_id=edition.pk, reason=reason, now=now)
    dated(made, on=now.date(), now=now)
    checked(made, now=now)
    signed_off(made, now=now)
    return out(made, now=now)


def fresh(edition: Edition) -> Edition:
    """The edition as it is stored now."""
    return Edition.objects.get(pk=edition.pk)


def refused(edition: Edition, *codes: str, now: datetime = LATER) -> None:
    """Publishing stops for exactly these reasons, and the draft stays one."""
    with pytest.raises(NotReadyError) as stopped:
        out(edition, now=now)
    assert stopped.value.obstacles == codes
    assert fresh(edition).status == "draft"
