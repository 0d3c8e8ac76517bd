"""The key of receipts, the printed receipt, and the ways to check one: the command, openssl, a JOSE library."""

import json
import random
import re
import stat
import subprocess
import sys
import threading
import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from nacl.signing import SigningKey
from report_answers import SHELF, by_chance, finish
from typer.testing import CliRunner, Result

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.vault import keyfiles
from bluelamp.project.cli.app import app
from bluelamp.project.cli.receipt import SENTENCES, ReceiptRefusedError
from bluelamp.reporting.domain.answer_proofs import Committed, commit, disclosure
from bluelamp.reporting.domain.attachments import LARGEST_PDF, attached_receipt
from bluelamp.reporting.domain.jose import ERROR_CODES, ReceiptError, key_id
from bluelamp.reporting.domain.receipts import LARGEST, ReceiptFacts, fingerprint, make_receipt, sign
from bluelamp.reporting.domain.references import new_reference, spoken
from bluelamp.reporting.operations.receipt_key import (
    ReceiptKeyError,
    known_keys,
    new_key,
    public_keys,
    signing_path,
    signing_seed,
    verifying_path,
)
from bluelamp.reporting.operations.receipt_print import NextStep, printed_receipt

DOC = Path(__file__).parents[3] / "docs" / "reference" / "receipts.md"
REFERENCE = new_reference(choice=random.Random(5).choice)
WORDS = ("canal", "maple", "ribbon", "copper", "window", "orchard")
STEPS = (NextStep("Somebody reads it.", date(2026, 12, 1)), NextStep("You get an answer."))
LOOK, KEYS_AT = "https://report.example/look", "https://report.example/keys"


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.BLUELAMP_HOME = tmp_path / "home"
    return tmp_path / "home"


def answered() -> Committed:
    answers = finish(pick=by_chance(random.Random(9)))[0]
    return commit(reference=REFERENCE, answers=answers, shelf=SHELF, draw=random.Random(9).randbytes)


def receipt(*, origin: str = "live", routed_to: str = "Gwent Police") -> bytes:
    facts = ReceiptFacts(
        reference=REFERENCE,
        received_at=datetime(2026, 7, 1, 23, 30, 5, tzinfo=UTC),
        language="en",
        origin=origin,
        routed_to=routed_to,
        shelf_version=SHELF.version,
        commitments=answered().commitments,
    )
    return sign(payload=make_receipt(facts=facts), seed=signing_seed())


def printed(held: bytes, *, language: str = "en", words: tuple[str, ...] = ()) -> bytes:
    return printed_receipt(
        receipt=held, keys=known_keys(), language=language, steps=STEPS, look_at=LOOK, keys_at=KEYS_AT, words=words
    )


def ask(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["receipt", *map(str, words)])
    assert done.exit_code == code, done.output
    return done


# The key


def test_a_key_is_made_once_private_and_listed_before_it_signs() -> None:
    assert public_keys() == {"keys": []}
    seed = signing_seed()
    assert signing_seed() == seed and len(seed) == 32
    assert list(known_keys().values()) == [bytes(SigningKey(seed).verify_key)]
    for path in (signing_path(), verifying_path()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert seed.hex() not in verifying_path().read_text()


def test_of_many_at_once_all_sign_with_one_key() -> None:
    found: list[bytes] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        found.append(signing_seed())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1 and len(known_keys()) == 1


def test_after_a_rotation_former_receipts_still_hold() -> None:
    first, old = receipt(), signing_seed()
    made = new_key()
    assert signing_seed() != old and old.hex() not in signing_path().read_text()
    assert list(known_keys()) == [key_id(bytes(SigningKey(old).verify_key)), made]
    assert printed(first) and printed(receipt())


def test_a_key_that_is_gone_is_not_replaced_silently() -> None:
    receipt()
    signing_path().unlink()
    with pytest.raises(ReceiptKeyError, match="is gone"):
        signing_seed()
    assert len(known_keys()) == 1, "what it signed still holds"
    new_key()
    assert signing_seed() and len(known_keys()) == 2


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "ab" * 31])
def test_a_damaged_key_is_named_and_not_replaced(content: str) -> None:
    receipt()
    signing_path().write_text(content)
    with pytest.raises(ReceiptKeyError, match="no key for receipts"):
        signing_seed()
    assert signing_path().read_text() == content
    new_key()
    assert signing_seed()


def test_a_damaged_list_stops_signing_and_rotation_and_is_kept() -> None:
    receipt()
    verifying_path().write_text("{}")
    for act in (signing_seed, new_key, known_keys, public_keys):
        with pytest.raises(ReceiptKeyError, match="bring-back"):
            act()
    assert verifying_path().read_text() == "{}"


def test_a_kill_between_key_and_list_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bluelamp.reporting.operations.receipt_key.replace_private", killed)
    with pytest.raises(KeyboardInterrupt):
        signing_seed()
    assert signing_path().exists() and not verifying_path().exists()
    monkeypatch.setattr("bluelamp.reporting.operations.receipt_key.replace_private", keyfiles.replace_private)
    seed = signing_seed()
    assert list(known_keys().values()) == [bytes(SigningKey(seed).verify_key)]


# The printed receipt


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("origin", ["live", "exercise", "simulation", "test"])
def test_the_pdf_is_tagged_one_page_in_its_language_and_has_the_receipt_in_it(language: str, origin: str) -> None:
    held = receipt(origin=origin)
    pdf = printed(held, language=language, words=WORDS)
    assert attached_receipt(pdf, largest=LARGEST) == held
    facts = inside(pdf)
    assert b"/Count 1" in facts and b"/Marked true" in facts
    assert f"/Lang({language}".encode() in facts.replace(b" ", b"")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf and b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert printed(held, language=language, words=WORDS) == pdf, "the same again, byte for byte"


def test_the_page_says_what_a_receipt_says_and_no_words_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def compile_(_: bytes, *, sys_inputs: dict[str, str], **__: object) -> bytes:
        seen.append(sys_inputs["data"])
        return b"%PDF-"

    monkeypatch.setattr("bluelamp.reporting.operations.receipt_print.typst.compile", compile_)
    held = receipt()
    printed(held)
    printed(held, words=WORDS)
    printed(held, language="cy")
    plain, with_words, welsh = map(json.loads, seen)
    assert plain["words"]["list"] == [] and with_words["words"]["list"] == list(WORDS)
    assert plain["reference"]["text"] == REFERENCE
    assert plain["reference"]["spoken"] == spoken(REFERENCE, language="en")
    assert welsh["reference"]["spoken"] == spoken(REFERENCE, language="cy")
    assert plain["facts"] == [["Received", "2 July 2026 at 00:30, United Kingdom time"], ["Sent to", "Gwent Police"]]
    assert welsh["facts"][0] == ["Derbyniwyd", "2 Gorffennaf 2026 am 00:30, amser y Deyrnas Unedig"]
    assert plain["next"]["rows"] == [["By 1 December 2026", STEPS[0].text], ["After that", STEPS[1].text]]
    shown = json.dumps(plain["proof"]).replace(" ", "")
    assert fingerprint(held) in shown and KEYS_AT in shown


def test_a_body_that_is_left_out_is_not_named() -> None:
    held = receipt(routed_to="")
    assert attached_receipt(printed(held), largest=LARGEST) == held


def test_a_forged_receipt_is_not_printed() -> None:
    stranger = sign(payload=b"{}", seed=bytes(32))
    with pytest.raises(ReceiptError, match="unknown-key"):
        printed_receipt(receipt=stranger, keys=known_keys(), language="en", steps=STEPS, look_at=LOOK)


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"%PDF-1.7\n", "no-attachment"),
        (b"%PDF-1.7\n/Type/EmbeddedFile", "no-attachment"),
        (b"%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile>>\nstream\n{}", "no-attachment"),
        (b"%PDF-1.7\n1 0 obj\n<</Length 5 0 R/Type/EmbeddedFile>>\nstream\n{}", "no-attachment"),
        (b"%PDF-1.7\n1 0 obj\n<</Length 2/Type/EmbeddedFile/Filter/LZWDecode>>\nstream\n{}", "no-attachment"),
        (b"%PDF-1.7\n1 0 obj\n<</Length 2/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n{}", "no-attachment"),
        (2 * b"1 0 obj\n<</Length 2/Type/EmbeddedFile>>\nstream\n{}\nendstream\n", "no-attachment"),
        (b"%PDF-1.7\n1 0 obj\n<</Length 99/Type/EmbeddedFile>>\nstream\n" + b" " * 99, "too-large"),
        (b" " * (LARGEST_PDF + 1), "too-large"),
    ],
)
def test_a_pdf_without_a_receipt_says_so(pdf: bytes, code: str) -> None:
    with pytest.raises(ReceiptError, match=code):
        attached_receipt(pdf, largest=50)


def test_a_packed_attachment_is_read_and_a_bomb_is_not() -> None:
    def pdf(content: bytes) -> bytes:
        held = zlib.compress(content)
        head = b"<< /Length %d /Type /EmbeddedFile /Filter /FlateDecode >>" % len(held)
        return b"%PDF-1.7\n1 0 obj\n" + head + b"\nstream\r\n" + held + b"\nendstream"

    assert attached_receipt(pdf(b"{}"), largest=50) == b"{}"
    with pytest.raises(ReceiptError, match="too-large"):
        attached_receipt(pdf(b" " * 4_000_000), largest=LARGEST)


def inside(pdf: bytes) -> bytes:
    """A PDF with what is packed in it beside it."""
    packed = re.findall(rb"/FlateDecode[^>]*>>\s*stream\r?\n(.*?)\nendstream", pdf, re.S)
    return pdf + b"".join(zlib.decompressobj().decompress(p) for p in packed)


# The command


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with receipt.json, receipt.pdf, answers.json and keys.json."""
    held = receipt()
    (tmp_path / "receipt.json").write_bytes(held)
    (tmp_path / "receipt.pdf").write_bytes(printed(held))
    (tmp_path / "answers.json").write_bytes(answered().answers_file)
    (tmp_path / "keys.json").write_text(ask("keys").stdout)
    return tmp_path


@pytest.mark.parametrize("name", ["receipt.json", "receipt.pdf"])
def test_the_command_tells_what_a_receipt_says(files: Path, name: str) -> None:
    said = ask("verify", files / name).stdout
    assert f"This receipt holds: report {REFERENCE} was received on 1 July 2026 at 23:30:05 UTC" in said
    assert "sent to Gwent Police." in said and "no real report" not in said
    found = json.loads(ask("verify", files / name, "--answers", files / "answers.json", "--json").stdout)
    assert found["holds"] and found["fingerprint"] == fingerprint((files / "receipt.json").read_bytes())
    assert found["answers"] == {e["question"]: e["answer"] for e in json.loads(answered().answers_file)["answers"]}
    assert "Proven answers" in ask("verify", files / name, "--answers", files / "answers.json").stdout


def test_the_command_says_that_an_exercise_is_no_report(files: Path) -> None:
    (files / "exercise.json").write_bytes(receipt(origin="exercise"))
    assert "It is no real report: exercise." in ask("verify", files / "exercise.json").stdout


def test_elsewhere_the_list_of_keys_is_enough(files: Path, settings: LazySettings) -> None:
    settings.BLUELAMP_HOME = files / "elsewhere"
    ask("verify", files / "receipt.pdf", "--keys", files / "keys.json")
    assert "--keys FILE" in refused(files / "receipt.pdf")
    assert "no list of public keys" in refused(files / "receipt.pdf", "--keys", files / "answers.json")


def refused(*words: str | Path) -> str:
    """The one sentence of a refusal; the program prints it and ends with exit code 1."""
    done = ask("verify", *words, code=1)
    assert isinstance(done.exception, ReceiptRefusedError)
    as_json = json.loads(ask("verify", *words, "--json", code=1).stdout)
    assert as_json == {"holds": False, "why": str(done.exception)}
    return str(done.exception)


def test_the_command_refuses_and_says_why(files: Path) -> None:
    held = (files / "receipt.json").read_bytes()
    forged = files / "forged.json"
    place = held.index(b'"signature":"') + 20
    forged.write_bytes(held[:place] + (b"A" if held[place : place + 1] != b"A" else b"B") + held[place + 1 :])
    assert "changed since" in refused(forged)
    forged.write_bytes(held[:-9])
    assert "not whole" in refused(forged)
    forged.write_bytes(b" " * 70_000)
    assert "larger" in refused(forged)
    changed = json.loads((files / "answers.json").read_text())
    changed["answers"][2]["answer"] = {"state": "given", "type": "words", "text": "x"}
    (files / "changed.json").write_text(json.dumps(changed))
    said = refused(files / "receipt.json", "--answers", files / "changed.json")
    assert said.startswith("The receipt holds") and f"'{changed['answers'][2]['question']}'" in said


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == ERROR_CODES


@pytest.mark.django_db(databases=["default", "stream", "vault"])
def test_a_new_key_is_in_the_log_by_its_id_only() -> None:
    made = json.loads(ask("new-key", "--json").stdout)["key"]
    assert made in known_keys()
    entry = Entry.objects.get(action="receipt.key-renewed")
    assert entry.detail == {"key": made}


# What the page of the documentation says


def block(kind: str, place: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", DOC.read_text(), re.S)[place]


def run_in(folder: Path, *line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60)


def checks(folder: Path) -> tuple[subprocess.CompletedProcess[str], subprocess.CompletedProcess[str]]:
    """By openssl and by a JOSE library, as documented."""
    return run_in(folder, "sh", "-c", block("sh")), run_in(folder, sys.executable, "-c", block("python"))


def test_openssl_and_a_jose_library_verify_it_as_documented(files: Path) -> None:
    new_key()
    (files / "keys.json").write_text(ask("keys").stdout)
    by_openssl, by_jose = checks(files)
    assert by_openssl.returncode == 0, by_openssl.stderr
    assert "Signature Verified Successfully" in by_openssl.stdout and REFERENCE in by_openssl.stdout
    assert by_jose.returncode == 0, by_jose.stderr
    assert json.loads(by_jose.stdout)["reference"] == REFERENCE


@pytest.mark.parametrize("member", ["payload", "signature", "protected"])
def test_openssl_and_a_jose_library_refuse_a_forged_one_as_documented(files: Path, member: str) -> None:
    held = json.loads((files / "receipt.json").read_text())
    text = held[member]
    held[member] = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    (files / "receipt.json").write_text(json.dumps(held, separators=(",", ":")))
    assert all(done.returncode != 0 for done in checks(files))


def test_openssl_refuses_a_key_that_is_not_listed_as_documented(files: Path) -> None:
    (files / "keys.json").write_text('{"keys": []}')
    done = checks(files)[0]
    assert done.returncode == 1 and "not on the list" in done.stdout


def test_the_digest_of_an_answer_by_openssl_as_documented(files: Path) -> None:
    entry = json.loads((files / "answers.json").read_text())["answers"][0]
    example = '["AAAAAAAAAAAAAAAAAAAAAA","kept",{"state":"not-sure"}]'
    assert example in block("sh", 1)
    answer = json.dumps(entry["answer"], sort_keys=True, separators=(",", ":"))
    real = f'["{entry["salt"]}","{entry["question"]}",{answer}]'
    done = run_in(files, "sh", "-c", block("sh", 1).replace(example, real))
    assert done.stdout in answered().commitments
    assert disclosure(salt=entry["salt"], question=entry["question"], answer=entry["answer"])


def test_every_member_is_documented() -> None:
    text = DOC.read_text()
    payload = make_receipt(facts=ReceiptFacts(REFERENCE, datetime(2026, 1, 1, tzinfo=UTC), "en", "live", "", "", ()))
    for member in (*json.loads(payload), "payload", "protected", "signature", "alg", "kid", "typ"):
        assert f"`{member}`" in text
