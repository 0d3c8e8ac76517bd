"""The hand-made tables of the catalogue (columns: docs/reference/catalogue-tables.md), parsed to dataclasses."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

FILES = ("makers.csv", "products.csv", "models.csv", "aliases.csv", "category_rules.csv", "moved.csv")


class TextFolder(Protocol):
    """Anything that gives a file's text by name, such as a directory of this package."""

    def __call__(self, name: str, /) -> str: ...


@dataclass(frozen=True)
class Place:
    """Where a written name belongs: a maker, a product ("" = the maker only) and a model ("" = not narrower)."""

    maker_key: str
    product_key: str
    model_key: str


@dataclass(frozen=True)
class Rule:
    """Places other products of a maker, by a pattern on the key's second half, in a category or under a family."""

    maker_key: str
    pattern: re.Pattern[str]
    category: str
    product_key: str


@dataclass(frozen=True)
class Moved:
    """An earlier key of a product: the key that it has now, and its name then ("" where it is the same)."""

    product_key: str
    name: str


@dataclass(frozen=True)
class Tables:
    """All hand-made tables, with the hash of their texts as version."""

    version: str
    makers: tuple[Mapping[str, str], ...]
    products: tuple[Mapping[str, str], ...]
    models: tuple[Mapping[str, str], ...]
    aliases: Mapping[tuple[str, str, str], Place]
    rules: tuple[Rule, ...]
    moved: Mapping[str, Moved] = field(default_factory=dict)

    def rule_for(self, *, maker_key: str, product: str) -> Rule | None:
        """The first rule of this maker whose pattern matches the whole second half of the key."""
        return next((r for r in self.rules if r.maker_key == maker_key and r.pattern.fullmatch(product)), None)


def _rows(text: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(text.splitlines())


def read_tables(folder: TextFolder) -> Tables:
    """Parse the six tables. Raises KeyError or re.error for a table that does not have its columns or patterns.

    Raises ValueError where earlier keys go in a circle.
    """
    texts = {name: folder(name) for name in FILES}
    digest = hashlib.sha256("\x1e".join(texts[name] for name in FILES).encode()).hexdigest()
    aliases = {
        (r["written_maker"], r["written_product"], r["ref"]): Place(r["maker_key"], r["product_key"], r["model_key"])
        for r in _rows(texts["aliases.csv"])
    }
    rules = tuple(
        Rule(r["maker_key"], re.compile(r["pattern"]), r["category"], r["product_key"])
        for r in _rows(texts["category_rules.csv"])
    )
    makers, products, models = (tuple(_rows(texts[n])) for n in FILES[:3])
    moved = _moved({r["former_key"]: Moved(r["product_key"], r["name"]) for r in _rows(texts["moved.csv"])})
    return Tables(digest, makers, products, models, aliases, rules, moved)


def _moved(steps: Mapping[str, Moved]) -> dict[str, Moved]:
    """Each earlier key with the key at the end of its way: what was renamed twice is found under all three keys."""
    found = {}
    for former, step in steps.items():
        key, passed = step.product_key, {former}
        while key in steps:
            if key in passed:
                raise ValueError(f"The earlier keys of {former} go in a circle: mend moved.csv.")
            passed.add(key)
            key = steps[key].product_key
        found[former] = Moved(key, step.name)
    return found
