"""A text of advice: read from its file, checked, with the version that an approval can name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.kernel.advice.domain.plain import problems
from bluelamp.kernel.approvals.domain.versions import version_hash
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.kernel.catalogue.domain.keys import is_product_key

LANGUAGES = ("en", "cy")
LONGEST_UNREVIEWED = timedelta(days=366)


class AdviceError(ValueError):
    """A text of advice breaks a rule; the message names the text and says which."""


@dataclass(frozen=True)
class Source:
    """Where advice rests: a page that anybody can read."""

    publisher: str
    title: str
    url: str


@dataclass(frozen=True)
class Helpline:
    """People who help with abuse: for whom, under which number."""

    name: str
    number: str
    who: str
    url: str


@dataclass(frozen=True)
class Words:
    """One text in one language. `safe_steps` are for a person whom somebody close may watch.

    They begin with the warning that comes before any change, and end with how to go on.
    """

    title: str
    why: str
    steps: tuple[str, ...]
    safe_steps: tuple[str, ...]
    machine_drafted: bool

    @property
    def all_texts(self) -> tuple[str, ...]:
        """Everything that is read."""
        return (self.title, self.why, *self.steps, *self.safe_steps)


@dataclass(frozen=True)
class Advice:
    """One text of advice. `version` is SHA-256 of all that a reader of either language sees."""

    code: str
    categories: tuple[str, ...]
    products: tuple[str, ...]
    crimes: tuple[str, ...]
    reviewed_on: date
    review_by: date
    sources: tuple[Source, ...]
    words: Mapping[str, Words]
    version: str

    def is_overdue(self, *, today: date) -> bool:
        """Whether its review should have been done before today."""
        return today > self.review_by


@dataclass(frozen=True)
class Common:
    """What all texts share: sources by key, helplines and the first and last step of the safe variant by language."""

    sources: Mapping[str, Source]
    helplines: Mapping[str, tuple[Helpline, ...]]
    first: Mapping[str, str]
    last: Mapping[str, str]


def parse_common(*, text: str) -> Common:
    """Read `common.toml`. Raises AdviceError."""
    raw = _toml(code="common", text=text)
    try:
        return Common(
            sources={key: Source(**row) for key, row in raw["sources"].items()},
            helplines={n: tuple(Helpline(**row) for row in raw["helplines"][n]) for n in LANGUAGES},
            first={n: raw["abuse_safe"][n]["first"] for n in LANGUAGES},
            last={n: raw["abuse_safe"][n]["last"] for n in LANGUAGES},
        )
    except (KeyError, TypeError) as problem:
        raise AdviceError(f"common: a part is missing or has another form ({problem}).") from problem


def parse_advice(*, code: str, text: str, common: Common) -> Advice:
    """Read the text of this code. Raises AdviceError for a missing part or a broken rule."""
    raw = _toml(code=code, text=text)
    try:
        words = {n: _words(raw[n], language=n, common=common) for n in LANGUAGES}
        sources = tuple(common.sources[key] for key in raw["sources"])
        applies = raw["applies_to"]
        advice = Advice(
            code=raw["code"],
            categories=tuple(applies.get("categories", ())),
            products=tuple(applies.get("products", ())),
            crimes=tuple(applies.get("crimes", ())),
            reviewed_on=raw["reviewed_on"],
            review_by=raw["review_by"],
            sources=sources,
            words=words,
            version=_version(words=words, sources=sources),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise AdviceError(f"{code}: a part is missing or has another form ({problem}).") from problem
    broken = broken_rules(advice=advice, code=code)
    if broken:
        raise AdviceError(f"{code}: {'; '.join(broken)}.")
    return advice


def broken_rules(*, advice: Advice, code: str) -> list[str]:
    """Which rules a text breaks, one phrase each."""
    return [
        *_broken_places(advice=advice, code=code),
        *_broken_dates(advice),
        *_broken_sources(advice),
        *_broken_words(advice),
    ]


def _toml(*, code: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise AdviceError(f"{code}: this is no TOML ({problem}).") from problem


def _words(raw: Mapping[str, Any], *, language: str, common: Common) -> Words:
    return Words(
        title=raw["title"],
        why=raw["why"],
        steps=tuple(raw["steps"]),
        safe_steps=(common.first[language], *raw["abuse_safe"], common.last[language]),
        machine_drafted=raw.get("machine_drafted", False),
    )


def _version(*, words: Mapping[str, Words], sources: tuple[Source, ...]) -> str:
    return version_hash(
        content={
            "words": {n: [w.title, w.why, list(w.steps), list(w.safe_steps)] for n, w in words.items()},
            "sources": [[s.publisher, s.title, s.url] for s in sources],
        }
    )


def _broken_places(*, advice: Advice, code: str) -> list[str]:
    found = [f"category {c!r} is unknown" for c in advice.categories if c not in CATEGORIES]
    found += [f"crime {c!r} is unknown" for c in advice.crimes if c not in CRIMES]
    found += [f"{p!r} is no product key" for p in advice.products if not is_product_key(p)]
    if not (advice.categories or advice.crimes or advice.products):
        found.append("it applies to nothing")
    if advice.code != code:
        found.append(f"the file's name is not its code {advice.code!r}")
    return found


def _broken_dates(advice: Advice) -> list[str]:
    if type(advice.reviewed_on) is not date or type(advice.review_by) is not date:
        return ["its dates must be dates"]
    if not advice.reviewed_on < advice.review_by <= advice.reviewed_on + LONGEST_UNREVIEWED:
        return ["its next review must come after the last one, within twelve months"]
    return []


def _broken_sources(advice: Advice) -> list[str]:
    found = [] if advice.sources else ["it names no source"]
    for source in advice.sources:
        url = urlsplit(source.url)
        if url.scheme != "https" or not url.hostname or not source.publisher or not source.title:
            found.append(f"the source {source.url!r} has no https address, publisher or title")
    return found


def _broken_words(advice: Advice) -> list[str]:
    found = [f"{n}: {p}" for n, w in advice.words.items() for p in problems(texts=w.all_texts, language=n)]
    found += [f"{n}: a text is empty" for n, w in advice.words.items() if not all(t.strip() for t in w.all_texts)]
    english, welsh = advice.words["en"], advice.words["cy"]
    if len(english.steps) != len(welsh.steps) or len(english.safe_steps) != len(welsh.safe_steps):
        found.append("the languages have different numbers of steps")
    if len(english.steps) < 3 or len(english.safe_steps) < 4:
        found.append("it has too few steps")
    return found
