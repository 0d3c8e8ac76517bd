"""The receipt of a report: made when it is sent, kept beside it, printed when its holder asks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bluelamp.reporting.domain.answer_proofs import commit
from bluelamp.reporting.domain.journey import Answers, sent
from bluelamp.reporting.domain.receipts import ReceiptFacts, make_receipt, sign
from bluelamp.reporting.domain.routing import body_name
from bluelamp.reporting.facts import routes
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.receipt_key import ReceiptKeyError, known_keys, signing_seed
from bluelamp.reporting.operations.receipt_print import NextStep, printed_receipt
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.questions import questions

_log = logging.getLogger("bluelamp.reporting")


@dataclass(frozen=True)
class Made:
    """A signed receipt, and the private file that proves single answers; both empty where no key can be used."""

    receipt: bytes
    answers_file: bytes


class NoReceiptError(LookupError):
    """This report has no receipt to give: it was erased, has none, or its reporter may be watched."""


def make(*, report: Report, answers: Answers, flagged: bool) -> Made:
    """The receipt of a report that is about to be stored. A lost signing key costs the receipt, never the report.

    Where a flag was raised it does not say where the report goes: that alone could tell what it is about.
    """
    told = sent(shelf=questions(), answers=answers)
    committed = commit(reference=report.reference, answers=told, shelf=questions())
    facts = ReceiptFacts(
        reference=report.reference,
        received_at=report.received_at,
        language=report.language,
        origin=report.origin,
        routed_to="" if flagged else body_name(routes=routes(), body=report.body, language=report.language),
        shelf_version=report.shelf_version,
        commitments=committed.commitments,
    )
    try:
        return Made(sign(payload=make_receipt(facts=facts), seed=signing_seed()), committed.answers_file)
    except ReceiptKeyError:
        _log.exception("A report was taken in without a receipt: the signing key cannot be used")
        return Made(b"", b"")


def receipt_file(*, report: Report) -> bytes:
    """The signed receipt, as its reporter takes it away. Raises NoReceiptError."""
    if report.watched or report.erased_at or not report.receipt:
        raise NoReceiptError("This report has no receipt to take away.")
    return bytes(report.receipt)


def answers_file(*, report: Report) -> bytes:
    """The private file that proves single answers, for the reporter only. Raises NoReceiptError."""
    receipt_file(report=report)
    record, _, _ = report_records(report.pk)
    held = str(open_json(record=record, sealed=report.content).get("proof", ""))
    if not held:
        raise NoReceiptError("This report has no answers file.")
    return held.encode()


def receipt_pdf(*, report: Report, language: str, steps: Sequence[NextStep], look_at: str, keys_at: str = "") -> bytes:
    """The printed receipt with the signed file in it; never the recovery words. Raises NoReceiptError, ReceiptError.

    `steps`: what happens next, in the reader's words; `look_at`: where to look; `keys_at`: where the keys are.
    """
    held = receipt_file(report=report)
    return printed_receipt(
        receipt=held, keys=known_keys(), language=language, steps=steps, look_at=look_at, keys_at=keys_at
    )
