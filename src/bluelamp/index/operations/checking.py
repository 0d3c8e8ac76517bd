"""Running the automatic checks of a draft, acknowledging what they found, and watching editions that are out."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bluelamp.index import permissions
from bluelamp.index.domain import checks
from bluelamp.index.domain.checks import Finding
from bluelamp.index.evidence_queries import rejected_cves
from bluelamp.index.models import Check, Edition
from bluelamp.index.operations.drafting import EditionError, changed, hold_draft, said
from bluelamp.index.operations.editions import sightings_now
from bluelamp.index.publishing_queries import (
    crime_cells,
    entries_in,
    entries_of,
    proven_errors,
    source_states,
    standings,
    unpreviewed,
)
from bluelamp.index.queries import OUT
from bluelamp.kernel.catalogue.queries import moved_keys
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require


def run_checks(*, actor: Actor, edition_id: UUID, now: datetime) -> list[Check]:
    """Check a draft and store what was found; give the findings.

    What was acknowledged before and is found again exactly so stays acknowledged. Where the findings changed, what was
    approved is void: it was approved in view of others. Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.CHECK, subject=f"edition:{edition_id}", now=now)
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        found = findings_of(edition=edition, today=now.date())
        if _store(edition=edition, found=found, now=now):
            changed(edition=edition, reason="The checks found something else than before.", now=now)
        edition.checked_at = now
        edition.save(update_fields=["checked_at"])
        note(
            actor=actor,
            action=permissions.CHECK.code,
            subject=f"edition:{edition.pk}",
            found=str(len(found)),
            blocking=str(sum(f.severity == checks.BLOCK for f in found)),
            now=now,
        )
        return list(edition.checks.all())


def acknowledge(*, actor: Actor, check_ids: Iterable[int], reason: str, now: datetime) -> int:
    """Say of findings why the edition may go out, or stay, despite them; give their number.

    What forbids publishing cannot be acknowledged. Raises NotPermittedError, EditionError.
    """
    ids = sorted(set(check_ids))
    require(actor=actor, action=permissions.CHECK, subject=f"checks:{len(ids)}", now=now)
    reason = said(reason, "Say why it may go out despite this.")
    with transaction.atomic():
        rows = list(Check.objects.select_for_update().filter(pk__in=ids, acknowledged_at=None))
        if not rows:
            raise EditionError("There is nothing to acknowledge: the checks were run again, or somebody did.")
        if any(row.severity == checks.BLOCK for row in rows):
            raise EditionError("This forbids publishing: change the draft.")
        for row in rows:
            row.acknowledged_by_id, row.acknowledged_at, row.acknowledged_reason = actor.user_id, now, reason
            row.save(update_fields=["acknowledged_by", "acknowledged_at", "acknowledged_reason"])
        for edition in sorted({row.edition_id for row in rows}):
            note(actor=actor, action="index.acknowledge", subject=f"edition:{edition}", number=str(len(rows)), now=now)
    return len(rows)


def findings_of(*, edition: Edition, today: date) -> list[Finding]:
    """What the checks find in a draft today, against the evidence as it is now. Reads only."""
    names = _names(edition)
    rejected = rejected_cves()
    sources = source_states()
    found = checks.coverage(sources=sources, kinds_seen=edition.coverage.get("kinds", []))
    found += checks.stale(sources=sources, today=today)
    previous = edition.previous
    shown = standings(edition=edition)
    found += checks.jumps(base=standings(edition=previous) if previous else None, draft=shown)
    cells = crime_cells(edition=edition)
    # A copy of what was withdrawn or replaced may be in anybody's hands.
    for other in Edition.objects.filter(status__in=OUT).order_by("number", "revision"):
        cells += crime_cells(edition=other)
    found += [f for f in checks.differencing(cells) if _of(f, edition)]
    now_there = {e for key, seen in sightings_now(end=edition.period_end).items() for e in entries_in(key, seen)}
    own = entries_of(edition=edition)
    found += checks.removed(before=own, now=now_there, names=names, rejected=rejected)
    found += checks.late(before=own, now=now_there, start=edition.period_start, end=edition.period_end, names=names)
    if previous:
        before = {e for e in entries_of(edition=previous) if e.on >= edition.period_start}
        gone = {e for e in before if e not in own and e.on <= edition.period_end}
        listed = {(f.check, f.code, f.subject) for f in found}
        again = checks.removed(before=gone, now=(), names=_names(previous) | names, rejected=rejected)
        found += [f for f in again if (f.check, f.code, f.subject) not in listed]
    for key, reply in sorted(proven_errors(keys=list(shown)).items()):
        values = {"name": names[key], "reply": str(reply.pk)}
        found.append(Finding(checks.ERRORS, "error-proven", checks.BLOCK, key, values))
    found += [
        Finding(checks.PREVIEWS, "preview-missing", checks.BLOCK, row.product_key, {"name": row.product_name})
        for row in unpreviewed(edition=edition)
    ]
    return found


def watch_editions(*, now: datetime) -> None:
    """The daily job: what happened to the evidence of the newest published revision of each edition since it was out.

    Entries that a source took back, and entries about the period that came later, are kept as findings until a person
    corrects the edition or says why it stays.
    """
    rejected = rejected_cves()
    for edition in Edition.objects.filter(status=Edition.Status.PUBLISHED).order_by("-number")[:_WATCHED]:
        names = _names(edition)
        there = {e for key, seen in sightings_now(end=edition.period_end).items() for e in entries_in(key, seen)}
        own = entries_of(edition=edition)
        found = checks.removed(before=own, now=there, names=names, rejected=rejected)
        found += checks.late(before=own, now=there, start=edition.period_start, end=edition.period_end, names=names)
        with transaction.atomic():
            held = Edition.objects.select_for_update().get(pk=edition.pk)
            if held.status == Edition.Status.PUBLISHED:
                _store(edition=held, found=found, now=now, only=(checks.REMOVED, checks.LATE))


_WATCHED = 4


def _names(edition: Edition) -> dict[str, str]:
    """The names of an edition's products, by their present keys."""
    moved = moved_keys()
    return {moved.get(k, k): name for k, name in edition.rows.values_list("product_key", "product_name")}


def _of(finding: Finding, edition: Edition) -> bool:
    """Whether a finding about counts concerns the draft, and not two editions that are out already."""
    mark = f"@{edition.label}"
    return finding.subject.endswith(mark) or mark in str(finding.values.get("less", ""))


def _store(*, edition: Edition, found: list[Finding], now: datetime, only: tuple[str, ...] = ()) -> bool:
    """Put findings in the place of those stored; say whether they differ."""
    stored = edition.checks.filter(check_code__in=only) if only else edition.checks.all()
    kept = {(c.check_code, c.code, c.subject, _text(c.values)): c for c in stored}
    wanted = {(f.check, f.code, f.subject, _text(f.values)): f for f in found}
    gone = [c.pk for key, c in kept.items() if key not in wanted]
    edition.checks.filter(pk__in=gone).delete()
    new = [f for key, f in wanted.items() if key not in kept]
    Check.objects.bulk_create(
        Check(
            edition=edition,
            check_code=f.check,
            code=f.code,
            severity=f.severity,
            subject=f.subject[:400],
            values=dict(f.values),
            found_at=now,
        )
        for f in new
    )
    return bool(gone or new)


def _text(values: object) -> str:
    return repr(sorted(values.items())) if isinstance(values, dict) else repr(values)
