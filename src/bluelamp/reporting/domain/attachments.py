"""The file that lies in a printed receipt, read without a PDF library."""

import re
import zlib
from typing import Final

from bluelamp.reporting.domain.jose import ReceiptError

LARGEST_PDF: Final = 5_000_000
_TYPE = re.compile(rb"/Type ?/EmbeddedFile\b")
_LENGTH = re.compile(rb"/Length (\d{1,7})\b(?! \d+ R)")
_STREAM = re.compile(rb"stream\r?\n")
_HEAD = 600


def is_pdf(content: bytes) -> bool:
    """Whether a file says that it is a PDF."""
    return content.startswith(b"%PDF-")


def attached_receipt(pdf: bytes, *, largest: int) -> bytes:
    """The one file attached to a PDF, of at most `largest` bytes.

    It reads what this program prints. A PDF that was saved anew by another program, or sealed with a password, may have
    it in a form that is not found: take the attachment out with a PDF reader then. Raises ReceiptError: too-large,
    no-attachment.
    """
    if len(pdf) > LARGEST_PDF:
        raise ReceiptError("too-large")
    found = list(_TYPE.finditer(pdf))
    if len(found) != 1:
        raise ReceiptError("no-attachment")
    place = found[0].start()
    begun = pdf.rfind(b"obj", max(0, place - _HEAD), place)
    stream = _STREAM.search(pdf, place, place + _HEAD)
    head = pdf[begun : stream.start()] if stream and begun >= 0 else b""
    length = _LENGTH.search(head)
    if not stream or not length:
        raise ReceiptError("no-attachment")
    held = pdf[stream.end() : stream.end() + int(length.group(1))]
    if b"/Filter" not in head:
        return _small_enough(held, largest)
    if not re.search(rb"/Filter ?(/FlateDecode|\[ ?/FlateDecode ?\])", head):
        raise ReceiptError("no-attachment")
    try:
        return _small_enough(zlib.decompressobj().decompress(held, largest + 1), largest)
    except zlib.error as problem:
        raise ReceiptError("no-attachment") from problem


def _small_enough(content: bytes, largest: int) -> bytes:
    if len(content) > largest:
        raise ReceiptError("too-large")
    return content
