"""Reads of publishing: drafts, previews and replies, the calendar, access, checks, and exactly what is published."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bluelamp.index.domain.checks import Cell, Entry, SourceState, Standing
from bluelamp.index.domain.naming import LEAST_CRIMES
from bluelamp.index.domain.period import month_end
from bluelamp.index.domain.revising import COMPARED, changes
from bluelamp.index.feeds import FEEDS
from bluelamp.index.models import (
    CRIME_RATES,
    Check,
    EarlyAccess,
    Edition,
    EditionRow,
    MakerLink,
    Preview,
    Release,
    Reply,
    Signature,
)
from bluelamp.index.queries import OUT, named_rows, shown_replies
from bluelamp.kernel.approvals.domain.versions import version_hash
from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.catalogue.queries import former_keys, moved_keys
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.evidence.queries import visible_loads
from bluelamp.kernel.fetching.models import FetchState

SUBJECT = "edition"


def drafts() -> QuerySet[Edition]:
    """The drafts, newest first."""
    found = Edition.objects.filter(status=Edition.Status.DRAFT).select_related("previous", "replaces", "release")
    return found.order_by("-number", "-revision")


def base_edition(*, months: int, besides: Edition | None = None) -> Edition | None:
    """The edition that trends are held against: the first published one whose period is as long."""
    found = Edition.objects.filter(status=Edition.Status.PUBLISHED, parameters__period_months=months)
    if besides is not None:
        found = found.exclude(number=besides.number)
    return found.order_by("number").first()


def named_before(*, besides: Edition | None = None) -> set[str]:
    """The products that any edition that was out has named."""
    rows = EditionRow.objects.filter(edition__status__in=OUT, named=True, withheld="", dates__gt=0)
    if besides is not None:
        rows = rows.exclude(edition=besides)
    moved = moved_keys()
    keys = rows.exclude(product_name="").values_list("product_key", flat=True).distinct()
    return {moved.get(key, key) for key in keys}


def first_named(*, edition: Edition) -> list[EditionRow]:
    """The rows of a draft whose products no edition has named before, by key."""
    before = named_before(besides=edition)
    return [row for row in named_rows(edition=edition).order_by("product_key") if row.product_key not in before]


def evidence_hash(row: EditionRow) -> str:
    """What names the evidence about one product: SHA-256 of its sightings, in any order."""
    entries = sorted(json.dumps(s, sort_keys=True, ensure_ascii=False) for s in row.sightings)
    return hashlib.sha256("\n".join(entries).encode()).hexdigest()


def unpreviewed(*, edition: Edition, rows: Iterable[EditionRow] | None = None) -> list[EditionRow]:
    """The rows named for the first time whose present evidence the maker has not been shown."""
    shown = set(edition.previews.values_list("product_key", "evidence_hash"))
    rows = first_named(edition=edition) if rows is None else rows
    return [row for row in rows if (row.product_key, evidence_hash(row)) not in shown]


def needed_previews(*, edition: Edition) -> list[Preview]:
    """The previews that count: of products still named for the first time, with the evidence as it is now."""
    wanted = {(row.product_key, evidence_hash(row)) for row in first_named(edition=edition)}
    return [p for p in edition.previews.all() if (p.product_key, p.evidence_hash) in wanted]


def waiting_replies() -> QuerySet[Reply]:
    """Replies, and claims of errors, that nobody has decided on."""
    return Reply.objects.filter(decision="").select_related("organisation")


def due_fixes(*, today: date) -> QuerySet[Reply]:
    """Announced fixes whose day has come and of which nobody has noted what became."""
    found = Reply.objects.filter(decision=Reply.Decision.ACCEPTED, fix_on__lte=today, fix_outcome="")
    return found.select_related("organisation").order_by("fix_on")


def proven_errors(*, keys: Collection[str]) -> dict[str, Reply]:
    """Product -> the reply that showed an error in its evidence, as a person agreed, under any key it ever had."""
    moved = former_keys(keys=keys)
    found = Reply.objects.filter(error_found=True, product_key__in={*keys, *moved})
    return {moved.get(r.product_key, r.product_key): r for r in found.order_by("sent_at")}


def makers_of(*, organisation: UUID | str) -> set[str]:
    """The keys of the makers that an organisation speaks for."""
    links = MakerLink.objects.filter(organisation_id=organisation, ended_at=None)
    return set(links.values_list("maker_key", flat=True))


def previews_of(*, organisation: UUID | str) -> QuerySet[Preview]:
    """The previews of an organisation's products in editions that are still drafts and still hold the product."""
    held = EditionRow.objects.filter(edition=OuterRef("edition"), product_key=OuterRef("product_key"))
    found = Preview.objects.filter(Exists(held), maker_key__in=makers_of(organisation=organisation))
    return (
        found.filter(edition__status=Edition.Status.DRAFT).select_related("edition").order_by("ends_on", "product_key")
    )


def replies_of(*, organisation: UUID | str) -> QuerySet[Reply]:
    """What an organisation replied, newest first."""
    return Reply.objects.filter(organisation_id=organisation).order_by("-sent_at")


def calendar(*, origin: str = "live") -> QuerySet[Release]:
    """Every announced release of one origin with its moves, newest date first: of `live`, the public calendar."""
    return every_release().filter(origin=origin)


def every_release() -> QuerySet[Release]:
    """The same of every origin, for the desk: a date of a test was proposed there and is not in the public calendar."""
    return Release.objects.select_related("edition").prefetch_related("moves").order_by("-on", "-announced_at")


def free_releases(*, kind: str, origin: str) -> QuerySet[Release]:
    """Announced dates that no edition has taken."""
    found = Release.objects.filter(edition=None, cancelled_at=None, kind=kind, origin=origin)
    return found.order_by("on")


def early_access_of(*, person: UUID | None) -> QuerySet[EarlyAccess]:
    """The drafts that a person is on the access list of."""
    found = EarlyAccess.objects.filter(person=person, ended_at=None, edition__status=Edition.Status.DRAFT)
    return found.select_related("edition").order_by("starts_at")


def open_checks(*, edition: Edition) -> QuerySet[Check]:
    """What the checks found and nobody has acknowledged."""
    return edition.checks.filter(acknowledged_at=None)


def watched_findings() -> QuerySet[Check]:
    """What happened to the evidence of editions that are out, and nobody has acknowledged."""
    found = Check.objects.filter(edition__status=Edition.Status.PUBLISHED, acknowledged_at=None)
    return found.filter(check_code__in=["removed", "late"]).select_related("edition")


def sign_off_request(*, edition: Edition) -> ApprovalRequest | None:
    """The request for sign-off that is open or was approved, if any stands."""
    found = ApprovalRequest.objects.filter(subject_type=SUBJECT, subject_id=str(edition.pk))
    return found.filter(state__in=["open", "approved"]).order_by("-asked_at").first()


def waiting_sign_offs(*, person: UUID | None, capacity: str) -> list[Edition]:
    """The drafts that wait for this person's signature in a capacity that signs.

    Not those that the person asked for, nor those that somebody has signed in the same capacity.
    """
    asked = ApprovalRequest.objects.filter(subject_type=SUBJECT, state=ApprovalRequest.State.OPEN)
    signed = Signature.objects.filter(Q(capacity=capacity) | Q(person=person)).values("request_id")
    waiting = asked.exclude(asked_by=person).exclude(pk__in=signed)
    ids = [UUID(subject) for subject in waiting.values_list("subject_id", flat=True)]
    return list(drafts().filter(pk__in=ids)) if ids else []


def untold_previews(*, today: date) -> QuerySet[Preview]:
    """Previews that run, of makers for whom no organisation speaks: nobody was told by the program."""
    linked = MakerLink.objects.filter(ended_at=None).values("maker_key")
    running = Preview.objects.filter(edition__status=Edition.Status.DRAFT, ends_on__gte=today)
    return running.exclude(maker_key__in=linked)


def standings(*, edition: Edition) -> dict[str, Standing]:
    """Product -> how the edition shows it, by present keys; of two that became one since, the one with more dates."""
    moved = moved_keys()
    rows = named_rows(edition=edition).order_by("dates", "product_key")
    return {moved.get(r.product_key, r.product_key): Standing(r.product_name, r.band, r.dates) for r in rows}


def entries_of(*, edition: Edition) -> set[Entry]:
    """The entries of sources that an edition keeps, by the present keys of the products."""
    moved = moved_keys()
    pairs = edition.rows.values_list("product_key", "sightings")
    return {entry for key, sightings in pairs for entry in entries_in(moved.get(key, key), sightings)}


def entries_in(key: str, sightings: Iterable[Mapping[str, Any]]) -> Iterable[Entry]:
    """The entries in a product's sightings as an edition keeps them."""
    return (Entry(key, s["source"], date.fromisoformat(s["on"]), ref) for s in sightings for ref in s["refs"])


def crime_cells(*, edition: Edition) -> list[Cell]:
    """The counts of crimes that an edition shows; what they count is named by the present keys of the products."""
    moved = moved_keys()
    months = [month_end(end=edition.period_end, back=k) for k in range(edition.parameters["period_months"])]
    shown = named_rows(edition=edition).filter(crimes_withheld="", recorded_crimes__gte=LEAST_CRIMES)
    return [
        Cell(
            label=f"{row.product_key}@{edition.label}",
            atoms=frozenset(f"{moved.get(row.product_key, row.product_key)}|{month}" for month in months),
            count=row.recorded_crimes,
        )
        for row in shown.order_by("product_key")
    ]


def source_states() -> list[SourceState]:
    """Every source of sightings that the program knows, as it stands."""
    loads: dict[str, list[Load]] = {}
    for load in visible_loads(table="sightings"):
        loads.setdefault(load.source_id, []).append(load)
    checked = dict(FetchState.objects.exclude(checked_at=None).values_list("name", "checked_at"))
    own = {feed.id: feed for feed in FEEDS}
    found: dict[str, SourceState] = {}
    for feed in sorted((f for f in FEEDS if f.table == "sightings"), key=lambda f: f.precedence):
        if feed.source_id in found:
            continue
        here = loads.get(feed.source_id, [])
        days = [_looked_on(load, packaged=not own[load.feed_id].pull_url and feed.pull_url != "") for load in here]
        days += [
            at.date() for name, at in checked.items() if at and own.get(name) and own[name].source_id == feed.source_id
        ]
        found[feed.source_id] = SourceState(
            id=feed.source_id,
            title=feed.title,
            kind=feed.kind,
            cadence=feed.cadence,
            looked_on=max((d for d in days if d), default=None) if here else None,
            rows=sum(load.rows for load in here),
            put_aside=sum(load.quarantined for load in here),
            unmapped=sum(load.unmapped for load in here),
        )
    return list(found.values())


def _looked_on(load: Load, *, packaged: bool) -> date | None:
    # A list that came with the program says how old it is by its newest entry, not by when it was installed.
    return load.last_on if packaged else load.added_at.date()


def published_content(*, edition: Edition) -> dict[str, Any]:
    """Exactly what would be published of a draft, or was of an edition: what approvals are given for.

    Numbers with fractions are texts, so that the content has one exact form.
    """
    rows = list(named_rows(edition=edition).order_by("product_key"))
    own = ("number", "revision", "origin", "products_hash", "figures_hash", "code_version", "lock_hash")
    skip = ("id", "edition_id", "withheld", "named", "recorded_crimes", *CRIME_RATES)
    columns = [f.attname for f in EditionRow._meta.concrete_fields if f.attname not in skip]
    replies = shown_replies(keys=[row.product_key for row in rows], origin=edition.origin)
    told = ("text", "language", "fix_on", "fix_outcome", "organisation_id", "sent_at")
    content = {
        **{name: getattr(edition, name) for name in (*own, "period_start", "period_end", "reason")},
        "parameters": edition.parameters,
        "coverage": edition.coverage,
        "narrower": edition.narrower,
        "changes": edition.changes,
        "replaces": edition.replaces_id,
        "base": edition.base_id,
        "rows": [
            # The hash of it is public: exact counts of crimes could be guessed from it (RED-LINES 7).
            {**{n: getattr(row, n) for n in columns}, "crimes": row.public_crimes, **row.crime_rates}
            for row in rows
        ],
        "replies": {key: {name: getattr(reply, name) for name in told} for key, reply in sorted(replies.items())},
    }
    exact: dict[str, Any] = _exact(content)
    return exact


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _exact(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(v) for v in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def content_hash(*, edition: Edition) -> str:
    """The hash of exactly what would be published."""
    return version_hash(content=published_content(edition=edition))


def changes_between(*, before: Edition, after: Edition) -> list[dict[str, str]]:
    """What a correction changed, as plain values."""
    return [asdict(c) for c in changes(before=_compared(before), after=_compared(after))]


def _compared(edition: Edition) -> dict[str, dict[str, Any]]:
    rows = {}
    moved = moved_keys()
    # Of two that became one the one with most dates is compared, so that the other is told to be gone.
    for row in named_rows(edition=edition).order_by("-dates", "product_key"):
        values = {name: getattr(row, name) for name in COMPARED if name != "crimes"}
        rates = {name: rate for name, rate in row.crime_rates.items() if name in COMPARED}
        key = moved.get(row.product_key, row.product_key)
        rows[row.product_key if key in rows else key] = {**values, **rates, "crimes": row.public_crimes}
    return rows
