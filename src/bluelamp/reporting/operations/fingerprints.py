"""What linking knows of a report, and the reports that may belong to it. Keyed hashes only; a person decides."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from bluelamp.kernel.places.queries import cell_at
from bluelamp.reporting.domain.figures import may_have_place
from bluelamp.reporting.domain.flagging import texts_of
from bluelamp.reporting.domain.journey import Answers
from bluelamp.reporting.domain.linking import (
    Fingerprint,
    Verdict,
    blocking_keys,
    compare,
    search_keys,
)
from bluelamp.reporting.domain.observables import ObservableKind, find_observables, from_numbers, keyed
from bluelamp.reporting.domain.shingles import signature
from bluelamp.reporting.domain.values import Numbers
from bluelamp.reporting.facts import link_weights
from bluelamp.reporting.models import Fingerprint as Row
from bluelamp.reporting.models import FingerprintKey, Report, ReportContact, ReportLink
from bluelamp.reporting.operations.digests import linking_key
from bluelamp.reporting.operations.preparing import place_of
from bluelamp.reporting.questions import meaning

CELL = 6  # H3 cells of about 36 square kilometres: a town, not a street
MOST_PER_KEY, MOST_LINKS = 200, 10


def link_to_others(*, report: Report, answers: Answers, now: datetime) -> int:
    """Keep the fingerprint of a report and suggest links; give how many are new. Twice suggests nothing more.

    Of a key that very many share only the newest are compared, so that a flood does not make this slow.
    """
    made = _fingerprint(report, answers)
    Row.objects.update_or_create(report=report, defaults={"facts": _to_json(made)})
    keys = {_short(key) for key in blocking_keys(made)}
    FingerprintKey.objects.bulk_create(
        [FingerprintKey(report=report, key=key) for key in sorted(keys)], ignore_conflicts=True
    )
    matches = [compare(weights=link_weights(), one=made, other=_from_json(row)) for row in _candidates(report, made)]
    best = sorted((m for m in matches if m.verdict is not Verdict.APART), key=lambda m: (-m.score, m.report))
    others = {str(r.pk): r for r in Report.objects.filter(pk__in=[m.report for m in best[:MOST_LINKS]])}
    new = 0
    for match in best[:MOST_LINKS]:
        one, other = sorted((report, others[match.report]), key=lambda r: (r.received_at, r.pk))
        values = {"score": match.score, "reasons": [str(r.kind) for r in match.reasons], "suggested_at": now}
        new += ReportLink.objects.get_or_create(one=one, other=other, defaults=values)[1]
    return new


def _fingerprint(report: Report, answers: Answers) -> Fingerprint:
    key = linking_key()
    told = texts_of(answers=answers)
    found = [observable for text in told.values() for observable in find_observables(text)]
    for answer in answers.values():
        if isinstance(answer.value, Numbers):
            found += from_numbers(answer.value.numbers)
    contacts = ReportContact.objects.filter(report=report).values_list("contact__address_digest", flat=True)
    when, place = meaning.time_of(answers), place_of(answers=answers)
    near = may_have_place(kinds=report.kinds, flags=[flag.code for flag in report.flags.all()])
    story = told.get("story", "")
    return Fingerprint(
        report=str(report.pk),
        products=frozenset(report.products.values_list("product_key", flat=True)),
        observables=frozenset((one.kind, keyed(observable=one, key=key)) for one in found),
        contacts=frozenset(digest for digest in contacts if digest),
        cell=cell_at(lat=place.point[0], lon=place.point[1], resolution=CELL) if place.point and near else "",
        first=when.first if when else None,
        last=when.last if when else None,
        kinds=frozenset(report.kinds),
        text=signature(text=story, key=key) if story else (),
    )


def _candidates(report: Report, made: Fingerprint) -> Iterable[Row]:
    """The reports of the same origin that share a key, at most the newest of each key."""
    ids: set[UUID] = set()
    for key in sorted({_short(key) for key in search_keys(made)}):
        near = FingerprintKey.objects.filter(key=key, report__origin=report.origin, report__erased_at=None)
        ids.update(near.exclude(report=report).order_by("-pk").values_list("report_id", flat=True)[:MOST_PER_KEY])
    return Row.objects.filter(report_id__in=ids)


def _short(key: str) -> str:
    return blake2b(key.encode(), digest_size=20).hexdigest()


def _to_json(made: Fingerprint) -> dict[str, object]:
    return {
        "products": sorted(made.products),
        "observables": sorted([str(kind), digest] for kind, digest in made.observables),
        "contacts": sorted(made.contacts),
        "cell": made.cell,
        "first": made.first and made.first.isoformat(),
        "last": made.last and made.last.isoformat(),
        "kinds": sorted(made.kinds),
        "text": list(made.text),
    }


def _from_json(row: Row) -> Fingerprint:
    held = row.facts
    first, last = (held[name] and datetime.fromisoformat(held[name]).date() for name in ("first", "last"))
    return Fingerprint(
        report=str(row.report_id),
        products=frozenset(held["products"]),
        observables=frozenset((ObservableKind(kind), digest) for kind, digest in held["observables"]),
        contacts=frozenset(held["contacts"]),
        cell=held["cell"],
        first=first or None,
        last=last or None,
        kinds=frozenset(held["kinds"]),
        text=tuple(held["text"]),
    )
