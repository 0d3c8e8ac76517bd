"""The printed receipt: one page, tagged for assistive technology (PDF/UA-1, PDF/A-3a), the signed file attached."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import typst
from django.utils import formats, timezone
from django.utils.translation import gettext, override

from bluelamp.kernel.messaging.domain.hours import LONDON
from bluelamp.reporting.domain.receipts import Verified, verify
from bluelamp.reporting.domain.references import spoken

ATTACHMENT = "receipt.json"


@dataclass(frozen=True)
class NextStep:
    """What happens next, as a sentence in the language of the page; `by` when, None where nobody can say."""

    text: str
    by: date | None = None


def printed_receipt(
    *,
    receipt: bytes,
    keys: Mapping[str, bytes],
    language: str,
    steps: Sequence[NextStep],
    look_at: str,
    keys_at: str = "",
    words: Sequence[str] = (),
) -> bytes:
    """A receipt to print, as PDF, in English or Welsh. It says nothing of what was reported.

    `keys`: public keys by id, with one of which the receipt was signed. `look_at`: the address where the report is
    looked at; `keys_at`: where the public keys are published. `words`: the recovery words, only for somebody who
    alone uses the device; without them the page opens nothing. Nothing is kept. Raises ReceiptError.
    """
    held = verify(receipt=receipt, keys=keys)
    with override(language):
        content = _content(held, language=language, steps=steps, look_at=look_at, keys_at=keys_at, words=words)
    content |= {"attachment": ATTACHMENT, "receipt": receipt.decode()}
    made: bytes = typst.compile(
        resources.files("bluelamp.reporting").joinpath("printed", "receipt.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(content, sort_keys=True, ensure_ascii=False)},
        pdf_standards=["ua-1", "a-3a"],
        ignore_system_fonts=True,
    )
    return made


def _content(
    held: Verified, *, language: str, steps: Sequence[NextStep], look_at: str, keys_at: str, words: Sequence[str]
) -> dict[str, Any]:
    facts = held.facts
    at = facts.received_at
    notice = _notice(facts.origin)
    return {
        "language": language,
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "title": gettext("Receipt of your report"),
        "watermark": notice[0],
        "notice": notice[1],
        "lead": gettext("We have your report. Keep this file: it proves that we received it, and when."),
        "reference": {
            "label": gettext("Your reference"),
            "text": facts.reference,
            "spoken": spoken(facts.reference, language=language),
            "note": gettext("It is no secret: nobody can open the report with it alone."),
        },
        "facts": [
            [gettext("Received"), _moment(at)],
            *([[gettext("Sent to"), facts.routed_to]] * bool(facts.routed_to)),
        ],
        "next": {
            "title": gettext("What happens next"),
            "head": [gettext("When"), gettext("What happens")],
            "rows": [[_by(step.by), step.text] for step in steps],
        },
        "words": {
            "title": gettext("Your secret words"),
            "list": list(words),
            "note": gettext("Whoever has these words and the reference can read the report. Show them to nobody."),
        },
        "look": {
            "title": gettext("To look at your report"),
            "text": gettext("Go to this address with your reference and your secret words:"),
            "address": look_at,
        },
        "proof": _proof(held, keys_at),
    }


def _proof(held: Verified, keys_at: str) -> dict[str, Any]:
    rows = [
        [gettext("Fingerprint (SHA-256)"), " ".join(_groups(held.fingerprint))],
        [gettext("Signed with the key"), held.key_id],
    ]
    return {
        "title": gettext("For whoever checks this receipt"),
        "lines": [
            gettext(
                "This PDF has a signed file in it, %(name)s. It does not tell what was reported. Check the file, not "
                "the paper: anybody can print a page like this."
            )
            % {"name": ATTACHMENT},
            gettext("It is checked without asking us, by any program for JSON Web Signatures (RFC 7515), or with:"),
        ],
        "command": "bluelamp receipt verify receipt.pdf",
        "rows": [*rows, *([[gettext("Public keys"), keys_at]] * bool(keys_at))],
    }


def _notice(origin: str) -> tuple[str, str]:
    """What goes across the page, and the sentence, where no live report was made."""
    return {
        "live": ("", ""),
        "exercise": (gettext("Exercise"), gettext("This is an exercise. No real report was made.")),
        "simulation": (gettext("Simulation"), gettext("This is a simulation. No real report was made.")),
        "test": (gettext("Test"), gettext("This is a test. No real report was made.")),
    }[origin]


def _moment(at: Any) -> str:
    local = timezone.localtime(at, LONDON)
    return gettext("%(day)s at %(time)s, United Kingdom time") % {
        "day": formats.date_format(local, "j F Y"),
        "time": formats.date_format(local, "H:i"),
    }


def _by(day: date | None) -> str:
    return gettext("By %(day)s") % {"day": formats.date_format(day, "j F Y")} if day else gettext("After that")


def _groups(text: str) -> list[str]:
    return [text[i : i + 8] for i in range(0, len(text), 8)]
