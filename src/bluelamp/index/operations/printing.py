"""The printable edition: a PDF that is tagged for assistive technology (PDF/UA-1), made of data only."""

import json
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

import typst
from django.utils import formats
from django.utils.translation import gettext, override

from bluelamp.index.models import Edition
from bluelamp.index.operations.export import replies_of_rows
from bluelamp.index.operations.printed_proof import proof_of, steps_of
from bluelamp.index.queries import lacks_kinds, named_rows
from bluelamp.ui import labels
from bluelamp.ui.figures import shown


def printed(*, edition: Edition, language: str) -> bytes:
    """An edition that the caller may show, in English or Welsh. A specimen says so across every page."""
    with override(language):
        content = json.dumps(printed_content(edition=edition, language=language), sort_keys=True, ensure_ascii=False)
    return _compiled(content)


# A crowd that downloads the newest edition compiles it once in each process and language.
@lru_cache(maxsize=8)
def _compiled(content: str) -> bytes:
    template = resources.files("bluelamp.index").joinpath("printed", "edition.typ").read_bytes()
    made: bytes = typst.compile(
        template, format="pdf", sys_inputs={"data": content}, pdf_standards=["ua-1"], ignore_system_fonts=True
    )
    return made


def printed_content(*, edition: Edition, language: str) -> dict[str, Any]:
    """Everything that is printed, in the language that is active; `language` names it for readers of the file."""
    threshold = edition.parameters["high_threshold"]
    rows = sorted(named_rows(edition=edition), key=lambda row: (row.product_name.casefold(), row.product_key))
    names = {row.product_key: row.product_name for row in rows}
    specimen = edition.status == Edition.Status.SPECIMEN
    number = {"number": edition.label}
    title = gettext("Bluelamp Security Index, edition %(number)s") % number
    return {
        "title": title,
        "language": language,
        "running": title,
        "watermark": gettext("Specimen") if specimen else "",
        "lead": _lead(edition, specimen=specimen),
        "words": {
            "reading": gettext("How to read this"),
            "products": gettext("Products by name"),
            "changes": gettext("What was corrected"),
            "replies": gettext("Makers' replies"),
            "sources": gettext("Sources"),
            "proof": gettext("To check this copy"),
        },
        "reading": _reading(threshold),
        "head": [
            gettext("Product"),
            gettext("Newest confirmed"),
            gettext("Dates"),
            gettext("Dates a year, interval of 90 per cent"),
            gettext("Counted alone"),
            gettext("Band"),
        ],
        "rows": [
            [
                row.product_name,
                _day(row.last_seen),
                str(row.dates),
                _interval(row.low, row.high, threshold=threshold),
                _interval(row.jeffreys_low, row.jeffreys_high, threshold=threshold),
                str(labels.BANDS[row.band]),
            ]
            for row in rows
        ],
        "changes": [
            " ".join(
                (c["product_name"], c["field"] or c["kind"], c["before"], "→" if c["field"] else "", c["after"])
            ).strip()
            for c in edition.changes
        ],
        "replies": [
            {
                "name": names[r["product_key"]],
                "language": r["language"],
                "text": r["text"].split("\n"),
                "fix": _announced(r["fix_announced_for"]),
            }
            for r in replies_of_rows(edition=edition, rows=rows)
        ],
        "sources": [f"{s['publisher']}: {s['title']}. {s['licence']}" for s in edition.coverage.get("sources", [])],
        "proof": proof_of(edition=edition),
        "steps": steps_of(edition=edition),
    }


def _interval(low: float, high: float, *, threshold: float) -> str:
    ends = {"low": _end(low, threshold=threshold), "high": _end(high, threshold=threshold)}
    return gettext("%(low)s to %(high)s") % ends


def _end(value: float, *, threshold: float) -> str:
    """An end of an interval, with more digits where a rounded one would lie otherwise beside the threshold."""
    short = shown(value)
    sides = [(v > threshold, v < threshold) for v in (value, float(short))]
    return short if sides[0] == sides[1] else f"{value:.3f}"


def _reading(threshold: float) -> list[str]:
    return [
        gettext(
            "Dates are the days in the period on which a source confirmed that attackers used a weakness of the "
            "product. The interval says between which rates a year the truth lies with 90 per cent confidence, after "
            "products of the same kind were taken into account. Beside it stands what the product's own dates say, "
            "counted alone."
        ),
        gettext(
            "High is said where the lower ends of both intervals are above %(threshold)s dates a year, a threshold "
            "that was fixed beforehand, and still are without any one source that is no authority and beside all "
            "products instead of those of its kind. Low is not said of any product yet: no source sees so much that "
            "it could be. Else the evidence cannot tell."
        )
        % {"threshold": f"{threshold:g}"},
        gettext("What is not listed was not confirmed by these sources, which is not a sign that it is safe."),
    ]


def _announced(day: str) -> str:
    return gettext("The maker announced a fix for %(day)s.") % {"day": _day(date.fromisoformat(day))} if day else ""


def _lead(edition: Edition, *, specimen: bool) -> list[str]:
    period = {"start": _day(edition.period_start), "end": _day(edition.period_end)}
    lines = [gettext("For %(start)s to %(end)s. Not official statistics.") % period]
    if specimen:
        lines.append(
            gettext(
                "One list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
            )
        )
    elif lacking := [str(labels.KINDS_OF_EVIDENCE[kind]) for kind in lacks_kinds(edition=edition)]:
        lines.append(gettext("It contains none of these: %(kinds)s.") % {"kinds": ", ".join(lacking)})
    if edition.reason:
        lines.append(gettext("Correction: %(reason)s") % {"reason": edition.reason})
    return lines


def _day(day: Any) -> str:
    return str(formats.date_format(day, "j F Y"))
