"""Numbers of pages for addresses. A question's id can tell what somebody reports; browsers list addresses for months.

A number follows from the id, so that it stays when questions are added or moved, and says nothing to who reads it in a
browser's history. It is no secret: the source is open.
"""

import hashlib
from functools import cache

from django.http import HttpResponseRedirect
from django.urls import reverse

from bluelamp.reporting.questions import questions


def number_of(question: str) -> int:
    """The number of a question's page: six figures."""
    drawn = int.from_bytes(hashlib.blake2s(question.encode(), digest_size=8, person=b"bl-page").digest())
    return 100_000 + drawn % 900_000


def question_of(number: int) -> str:
    """The question of a number. Raises KeyError for none."""
    return _numbers()[number]


def address_of(question: str) -> str:
    """Where a question's page is."""
    return reverse("report:question", args=[number_of(question)])


def to_question(question: str) -> HttpResponseRedirect:
    """On to a question's page, by GET."""
    return HttpResponseRedirect(address_of(question))


@cache
def _numbers() -> dict[int, str]:
    return {number_of(question.id): question.id for question in questions().questions}
