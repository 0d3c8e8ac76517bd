"""`bluelamp receipt`: whether a receipt of a report holds. Needs no database and no network."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bluelamp.kernel.audit.operations import record
from bluelamp.project.cli.screen import console, notes, print_json, print_table
from bluelamp.reporting.domain import receipts
from bluelamp.reporting.domain.answer_proofs import LARGEST_FILE, verify_answers
from bluelamp.reporting.domain.attachments import LARGEST_PDF, attached_receipt, is_pdf
from bluelamp.reporting.domain.jose import LARGEST_KEYS, ReceiptError, read_jwk_set
from bluelamp.reporting.domain.values import Answer, to_json
from bluelamp.reporting.operations.receipt_key import known_keys, new_key, public_keys

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

SENTENCES: Mapping[str, str] = {
    "too-large": "it is larger than any of ours",
    "not-json": "it is not whole, or it is another kind of file",
    "duplicate-member": "it says one thing twice, as no file of ours does",
    "form": "it is another kind of file, or it was changed",
    "algorithm": "it is signed in a way that we never sign",
    "unknown-key": "it is signed with a key that is not listed here; name the publisher's list with --keys FILE",
    "signature": "it was changed since it was signed, or somebody else signed it",
    "content": "it is signed, but what it says is in a form that this program does not know",
    "other-report": "they belong to another report",
    "not-proven": "the answer to {about!r} is not the one that was sent",
    "keys": "it is no list of public keys (JWK set)",
    "no-attachment": "there is no receipt in this PDF; save the attached file with a PDF reader and check that",
}


class ReceiptRefusedError(Exception):
    """A receipt, its answers or a list of keys does not hold; the text says why."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The receipt: JSON, or the PDF with it.")],
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Answers to prove.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Public keys (JWK set); else this home's."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Whether a receipt holds, and what it says. Exit code 1 where it does not."""
    try:
        found = _checked(file, keys)
        proven = _proven(found, answers)
    except ReceiptRefusedError as problem:
        if as_json:
            print_json({"holds": False, "why": str(problem)})
            raise typer.Exit(code=1) from problem
        raise
    if as_json:
        print_json(_as_json(found, proven))
        return
    console.print(_sentence(found), markup=False, highlight=False, soft_wrap=True)
    notes.print(f"Fingerprint {found.fingerprint}, key {found.key_id}.", markup=False, highlight=False, soft_wrap=True)
    if proven is not None:
        rows = [(name, json.dumps(to_json(answer), ensure_ascii=False)) for name, answer in proven.items()]
        print_table(title="Proven answers", columns=("question", "answer"), rows=rows)


@app.command()
def keys() -> None:
    """Print the public keys of all that ever signed receipts here, as a JWK set."""
    print_json(public_keys())


@app.command(name="new-key")
def begin_new_key(as_json: Json = False) -> None:
    """Sign with a new key from now on. What former keys signed still holds."""
    made = new_key()
    record(actor="system", action="receipt.key-renewed", detail={"key": made}, now=datetime.now(tz=UTC))
    if as_json:
        print_json({"key": made})
    else:
        notes.print(f"New key {made}. Publish the list again: bluelamp receipt keys", markup=False, soft_wrap=True)


def _checked(file: Path, keys: Path | None) -> receipts.Verified:
    try:
        trusted = read_jwk_set(_content(keys, LARGEST_KEYS)) if keys else known_keys()
    except ReceiptError as problem:
        raise _refused("The list of keys is not used", problem) from problem
    try:
        content = _content(file, LARGEST_PDF)
        if is_pdf(content):
            content = attached_receipt(content, largest=receipts.LARGEST)
        return receipts.verify(receipt=content, keys=trusted)
    except ReceiptError as problem:
        raise _refused("This receipt does not hold", problem) from problem


def _proven(found: receipts.Verified, answers: Path | None) -> dict[str, Answer] | None:
    if answers is None:
        return None
    try:
        return verify_answers(facts=found.facts, answers_file=_content(answers, LARGEST_FILE))
    except ReceiptError as problem:
        raise _refused("The receipt holds, but these answers are not proven", problem) from problem


def _content(path: Path, largest: int) -> bytes:
    # One byte more than is allowed, so that a huge file is refused without being read.
    with path.open("rb") as file:
        return file.read(largest + 1)


def _refused(what: str, problem: ReceiptError) -> ReceiptRefusedError:
    return ReceiptRefusedError(f"{what}: {SENTENCES[problem.code].format(about=problem.about)}.")


def _sentence(found: receipts.Verified) -> str:
    facts = found.facts
    sent = f" and sent to {facts.routed_to}" if facts.routed_to else ""
    live = "" if facts.origin == "live" else f" It is no real report: {facts.origin}."
    at = f"{facts.received_at:%d %B %Y at %H:%M:%S} UTC".lstrip("0")
    return f"This receipt holds: report {facts.reference} was received on {at}{sent}.{live}"


def _as_json(found: receipts.Verified, proven: dict[str, Answer] | None) -> dict[str, Any]:
    facts = found.facts
    return {
        "holds": True,
        "reference": facts.reference,
        "received_at": facts.received_at.isoformat(),
        "language": facts.language,
        "origin": facts.origin,
        "routed_to": facts.routed_to,
        "shelf_version": facts.shelf_version,
        "key": found.key_id,
        "fingerprint": found.fingerprint,
        "answers": None if proven is None else {name: to_json(answer) for name, answer in proven.items()},
    }
