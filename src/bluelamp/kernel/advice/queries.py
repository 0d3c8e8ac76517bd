"""Reads of advice. Texts are packaged files, read and checked once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from bluelamp.kernel.advice.domain.texts import Advice, Common, Helpline, Source, parse_advice, parse_common
from bluelamp.kernel.catalogue.models import Product

_COMMON = "common.toml"


@dataclass(frozen=True)
class Shown:
    """Advice as one reader sees it.

    With `abuse_safe` the first step is the warning that comes before any change of settings, and there are helplines.
    `machine_drafted` says that no speaker of the language has read it yet; `review_overdue` that its review is late.
    """

    code: str
    language: str
    title: str
    why: str
    steps: tuple[str, ...]
    abuse_safe: bool
    helplines: tuple[Helpline, ...]
    sources: tuple[Source, ...]
    reviewed_on: date
    review_by: date
    review_overdue: bool
    machine_drafted: bool
    version: str


@cache
def common() -> Common:
    """What all texts share. Raises AdviceError."""
    return parse_common(text=(resources.files("bluelamp.kernel.advice") / "texts" / _COMMON).read_text("utf-8"))


@cache
def all_advice() -> tuple[Advice, ...]:
    """Every text by code. Raises AdviceError for one that breaks a rule."""
    files = (resources.files("bluelamp.kernel.advice") / "texts").iterdir()
    chosen = sorted((f for f in files if f.name.endswith(".toml") and f.name != _COMMON), key=lambda f: f.name)
    return tuple(
        parse_advice(code=f.name.removesuffix(".toml"), text=f.read_text("utf-8"), common=common()) for f in chosen
    )


def helplines(*, language: str) -> tuple[Helpline, ...]:
    """People who help with abuse; in Welsh the Welsh one first."""
    return common().helplines["cy" if language == "cy" else "en"]


def advice_for(
    *, category: str = "", product_key: str = "", crime: str = "", abuse_safe: bool, language: str, today: date
) -> list[Shown]:
    """Advice for a product, a category or a kind of crime: what is written for the product first, then the crime.

    A product without its category brings the category that the catalogue gives it. Advice whose review is late is
    still shown, and says so. Unknown codes have no advice.
    """
    if product_key and not category:
        category = Product.objects.filter(key=product_key).values_list("category", flat=True).first() or ""
    found: dict[str, Advice] = {}
    for chosen in (
        (a for a in all_advice() if product_key in a.products),
        (a for a in all_advice() if crime in a.crimes),
        (a for a in all_advice() if category in a.categories),
    ):
        found.update({a.code: a for a in chosen if a.code not in found})
    return [show(advice=a, abuse_safe=abuse_safe, language=language, today=today) for a in found.values()]


def show(*, advice: Advice, abuse_safe: bool, language: str, today: date) -> Shown:
    """One text as a reader of `language` sees it; English for any language but Welsh."""
    chosen = "cy" if language == "cy" else "en"
    words = advice.words[chosen]
    return Shown(
        code=advice.code,
        language=chosen,
        title=words.title,
        why=words.why,
        steps=words.safe_steps if abuse_safe else words.steps,
        abuse_safe=abuse_safe,
        helplines=helplines(language=chosen) if abuse_safe else (),
        sources=advice.sources,
        reviewed_on=advice.reviewed_on,
        review_by=advice.review_by,
        review_overdue=advice.is_overdue(today=today),
        machine_drafted=words.machine_drafted,
        version=advice.version,
    )


def due_for_review(*, by: date) -> Iterable[Advice]:
    """Texts whose review is due on or before a day, the longest waiting first."""
    return sorted((a for a in all_advice() if a.review_by <= by), key=lambda a: (a.review_by, a.code))
