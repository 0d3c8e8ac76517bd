"""A small language for phrases that are looked for in people's words. Data, never code: no pattern can run away.

A phrase is words between spaces: `kill|hurt me`. `|` parts other words for one place, `*` at the end of a word stands
for any ending, `~` for up to three words. Capitals, accents, apostrophes and punctuation do not count, in phrase and
text alike.
"""

import re
from collections.abc import Iterable

from bluelamp.reporting.domain.tidying import plain_form

LONGEST_PHRASE = 200
_APOSTROPHES = re.compile("['\u2019\u2018\u02bc`\u00b4]")
_NO_WORD = re.compile(r"[^\w]+|_+")
_TOKEN = re.compile(r"[a-z0-9]+\*?(?:\|[a-z0-9]+\*?)*")
_GAP = r"(?:\w+ ){0,3}"


class PhraseError(ValueError):
    """A phrase has another form; the message gives it."""


def words_of(text: str) -> list[str]:
    """The words of a text in the form in which phrases look at them: "Don't go, Siân!" has `dont`, `go`, `sian`."""
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", plain_form(text))).split()


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for `found_in`; None for no phrases. Raises PhraseError."""
    parts = [_pattern(phrase) for phrase in phrases]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None


def found_in(*, pattern: re.Pattern[str] | None, words: Iterable[str]) -> bool:
    """Whether one of the phrases stands among the words of a text."""
    return pattern is not None and pattern.search(" ".join(words)) is not None


def _pattern(phrase: str) -> str:
    plain = _APOSTROPHES.sub("", plain_form(phrase))
    tokens = plain.split()
    if not tokens or len(plain) > LONGEST_PHRASE or "~" in (tokens[0], tokens[-1]):
        raise PhraseError(f"a phrase needs words, and no gap at its ends: {phrase!r}")
    made = ""
    for place, token in enumerate(tokens):
        if token == "~":  # noqa: S105
            made += _GAP
        elif _TOKEN.fullmatch(token):
            choices = (c.removesuffix("*") + r"\w*" if c.endswith("*") else c for c in token.split("|"))
            made += f"(?:{'|'.join(choices)})" + (" " if place < len(tokens) - 1 else "")
        else:
            raise PhraseError(f"a word of the phrase {phrase!r} has signs in it: {token!r}")
    return made
