"""What the pages and the API read. Reads only; the rules of who may see what are in index.queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils import timezone, translation

from bluelamp.index.domain.home_names import KINDS
from bluelamp.index.domain.period import month_end
from bluelamp.index.models import Edition, EditionRow, Reply
from bluelamp.index.queries import nameable_rows, named_rows, readable_editions, shown_replies, visible_edition
from bluelamp.kernel.advice.queries import Shown, advice_for
from bluelamp.kernel.catalogue import search as catalogue
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.domain.fitting import WHYS
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.domain.searching import Preferred
from bluelamp.kernel.catalogue.models import Maker, Model, Product
from bluelamp.kernel.catalogue.queries import current_key, former_keys, kinds_of_makers

MOST_FOUND = 200
_MOST_MAKER_WORDS = 4
_MOST_ADVICE = 3


@dataclass(frozen=True)
class Card:
    """One category with evidence: how many of its products were confirmed, and when the newest was."""

    category: str
    products: int
    newest: date


@dataclass(frozen=True)
class Found:
    """One product that a search found, the written name that matched if another, its row where there is evidence."""

    product_key: str
    name: str
    matched: str
    row: EditionRow | None


@dataclass(frozen=True)
class MonthCount:
    """Confirmed dates in one period month, from the day after `after` to `end`."""

    after: date
    end: date
    count: int


@dataclass(frozen=True)
class NarrowerFamily:
    """How a family's band reads when each model is counted alone."""

    product_key: str
    product_name: str
    band: str
    models: tuple[tuple[str, int, str], ...]


def outside(request: HttpRequest) -> bool:
    """Whether the answer may leave this machine; true where nobody said that it may not."""
    return bool(getattr(request, "outside", True))


def shown_edition(request: HttpRequest) -> Edition | None:
    """The edition that this reader may see."""
    return visible_edition(outside=outside(request))


def downloadable_edition(request: HttpRequest, *, edition_id: UUID) -> Edition | None:
    """One edition by id: published, replaced by a correction, or, on this machine only, a specimen."""
    return readable_editions(outside=outside(request)).filter(id=edition_id).first()


def category_cards(*, edition: Edition) -> list[tuple[str, list[Card]]]:
    """(group, its cards) in the order that the catalogue gives; inside a group the newest first."""
    rows = named_rows(edition=edition).order_by().values("category")
    by_group: dict[str, list[Card]] = defaultdict(list)
    for r in rows.annotate(products=Count("id"), newest=Max("last_seen")):
        if r["category"] in CATEGORIES:
            card = Card(category=r["category"], products=r["products"], newest=r["newest"])
            by_group[CATEGORIES[card.category].group].append(card)
    ordered = [(g, sorted(by_group[g], key=lambda c: (c.newest, c.products), reverse=True)) for g in GROUPS]
    return [(group, cards) for group, cards in ordered if cards]


def frequent_kinds(*, cards: Sequence[Card]) -> list[Card]:
    """The kinds with most products, three, or more where others have as many as the third: counts, and no rank."""
    ordered = sorted(cards, key=lambda card: (-card.products, card.category))
    return [card for card in ordered if card.products >= ordered[min(2, len(ordered) - 1)].products]


def newest_rows(*, edition: Edition, most: int, group: str = "") -> list[EditionRow]:
    """The products confirmed last, newest first."""
    rows = named_rows(edition=edition)
    if group:
        rows = rows.filter(group=group)
    return list(rows.order_by("-last_seen", "product_name")[:most])


def makers_named(*, edition: Edition) -> dict[str, str]:
    """Maker key -> name, of makers with a product that may be named, by name."""
    pairs = named_rows(edition=edition).order_by("maker_name").values_list("maker_key", "maker_name").distinct()
    return dict(pairs)


@dataclass(frozen=True)
class KindCount:
    """How many products of a kind are catalogued, and how many of them were ever confirmed."""

    code: str
    catalogued: int
    confirmed: int

    @property
    def all_confirmed(self) -> bool:
        """Whether no product of the kind stands for those that attackers leave alone."""
        return self.confirmed == self.catalogued


def kinds_of(edition: Edition) -> dict[str, KindCount]:
    """The kinds of an edition by code; none of one made before this was kept."""
    told = edition.coverage.get("categories", {})
    return {code: KindCount(code, found["catalogued"], found["confirmed"]) for code, found in told.items()}


def others_of(*, row: EditionRow, edition: Edition) -> dict[str, int]:
    """The dates of all other products, now and in the period before; {} of an edition made before this was kept."""
    told = edition.coverage.get("dates")
    return {"now": told["now"] - row.dates, "before": told["before"] - row.dates_before} if told else {}


def months_of(*, row: EditionRow, edition: Edition) -> list[MonthCount]:
    """The period months of a row, oldest first."""
    last = len(row.monthly) - 1
    return [
        MonthCount(
            after=month_end(end=edition.period_end, back=last - i + 1),
            end=month_end(end=edition.period_end, back=last - i),
            count=n,
        )
        for i, n in enumerate(row.monthly)
    ]


def shown_row(*, edition: Edition | None, product_key: str) -> EditionRow | None:
    """A product's row where it may be named, also for sightings before the period only."""
    return shown_rows(edition=edition, keys=[product_key]).get(product_key)


def shown_reply(*, edition: Edition | None, product_key: str) -> Reply | None:
    """What the maker of a named product replied; nothing beside a specimen, which no maker has been shown."""
    if edition is None or edition.status == Edition.Status.SPECIMEN:
        return None
    return shown_replies(keys=[product_key]).get(product_key)


def shown_rows(*, edition: Edition | None, keys: Sequence[str]) -> dict[str, EditionRow]:
    """The rows of some products by present key, under the same rule as `shown_row`.

    A product that was renamed or joined with others since the edition was built has the row of its own key there, else
    that of its earlier keys which was confirmed last: the figures of an edition that is out stay as they are.
    """
    return {key: rows[0] for key, rows in standing_rows(edition=edition, keys=keys).items()}


def standing_rows(*, edition: Edition | None, keys: Sequence[str]) -> dict[str, list[EditionRow]]:
    """Product -> every row that an edition has of it, under its present key first, then under earlier ones."""
    if edition is None or not keys:
        return {}
    moved = former_keys(keys=keys)
    found: dict[str, list[EditionRow]] = defaultdict(list)
    for row in nameable_rows(edition=edition).filter(product_key__in={*keys, *moved}):
        found[moved.get(row.product_key, row.product_key)].append(row)
    for key, rows in found.items():
        rows.sort(key=lambda r: (r.product_key != key, -r.last_seen.toordinal(), r.product_key))
    return dict(found)


def shown_product(*, key: str) -> Product | None:
    """A catalogue product with a written name, by any key that it ever had; one known by key only is not shown."""
    products = Product.objects.select_related("maker").exclude(name="")
    return products.filter(key=key).first() or products.filter(key=current_key(key=key)).first()


def sources_of(edition: Edition) -> dict[str, dict[str, str]]:
    """Source id -> its title, publisher, licence and address, as the edition states them."""
    return {s["id"]: s for s in edition.coverage.get("sources", [])}


def publishers_of(edition: Edition) -> list[str]:
    """Who confirmed: the publishers of the edition's sources that are no copies of others."""
    return sorted({s["publisher"] for s in edition.coverage.get("sources", []) if not s.get("derived_from")})


def search_products(*, text: str, edition: Edition | None) -> tuple[list[Found], bool, str]:
    """Products that a text means, best first; whether some are left out; a name to ask back with, "" if none."""
    hits, evidence = search_hits(text=text, edition=edition)
    found = [
        Found(product_key=h.product_key, name=h.name, matched=h.matched, row=evidence.get(h.product_key))
        for h in hits[:MOST_FOUND]
    ]
    return found, len(hits) > MOST_FOUND, catalogue.did_you_mean(hits)


def search_hits(*, text: str, edition: Edition | None) -> tuple[list[catalogue.Found], dict[str, EditionRow]]:
    """What the search finds, one more than is shown, and the rows of those with evidence.

    Among products that fit alike, those with evidence come first. So whoever cuts the list does so after this.
    """
    hits = catalogue.search_products(text=text, limit=MOST_FOUND + 1, preferred=with_evidence(edition))
    evidence = shown_rows(edition=edition, keys=[h.product_key for h in hits])
    if not catalogue.did_you_mean(hits):
        hits = sorted(hits, key=lambda h: (WHYS.index(h.why), h.product_key not in evidence))
    return hits, evidence


def with_evidence(edition: Edition | None) -> Preferred:
    """Which of some products an edition has a row of that may be named, for the search."""

    def preferred(keys: Collection[str]) -> Collection[str]:
        if edition is None:
            return ()
        moved = former_keys(keys=keys)
        rows = nameable_rows(edition=edition).filter(product_key__in={*keys, *moved})
        return {moved.get(key, key) for key in rows.values_list("product_key", flat=True)}

    return preferred


def search_makers(*, text: str, most: int = 3) -> list[Maker]:
    """Makers whose name begins with the text, shortest first; else the maker that the text begins with."""
    whole = fold(text)
    if len(whole) < 2:
        return []
    shown = Product.objects.filter(maker=OuterRef("pk")).exclude(name="")
    makers = Maker.objects.filter(Exists(shown))
    found = list(makers.filter(key__startswith=whole).order_by(Length("key"), "key")[:most])
    if found:
        return found
    parts = [p for p in map(fold, text.split()) if p][:_MOST_MAKER_WORDS]
    openings = ["".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return list(makers.filter(key__in=[o for o in openings if len(o) > 1]).order_by(Length("key").desc(), "key")[:1])


def models_of(*, product_key: str) -> list[str]:
    """The written names of a product's models, by name."""
    return sorted({m.name for m in Model.objects.filter(product_id=product_key) if m.name}, key=str.lower)


def narrower_families(*, edition: Edition) -> list[NarrowerFamily]:
    """Families whose models were counted alone, by name: those with several models or with another band."""
    rows = {r.product_key: r for r in named_rows(edition=edition)}
    names = dict(Model.objects.filter(key__in=[n[0] for n in edition.narrower]).values_list("key", "name"))
    grouped: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for model, product, dates, band in edition.narrower:
        grouped[product].append((names.get(model) or model.partition(":")[2], dates, band))
    families = [
        NarrowerFamily(
            product_key=key,
            product_name=rows[key].product_name,
            band=rows[key].band,
            models=tuple(sorted(models)),
        )
        for key, models in grouped.items()
        if key in rows and (len(models) > 1 or any(m[2] != rows[key].band for m in models))
    ]
    return sorted(families, key=lambda f: f.product_name.lower())


def high_under_narrower(*, families: Sequence[NarrowerFamily]) -> tuple[int, int]:
    """(families with band high, those of them with a model that is high when counted alone)."""
    high = [f for f in families if f.band == "high"]
    return len(high), sum(1 for f in high if any(m[2] == "high" for m in f.models))


def model_names(*, row: EditionRow) -> dict[str, str]:
    """Model key -> written name, of the models that a row's sightings name."""
    keys = {s["model"] for s in row.sightings if s["model"]}
    return dict(Model.objects.filter(key__in=keys).exclude(name="").values_list("key", "name"))


def advice_on(*, category: str, product_key: str = "") -> list[Shown]:
    """What the reader can do about such a device, in the reader's language; nothing where nothing is written."""
    if not category and not product_key:
        return []
    language, today = translation.get_language() or "en", timezone.localdate()
    return advice_for(category=category, product_key=product_key, abuse_safe=False, language=language, today=today)


def advice_near(*, product: Product) -> list[Shown]:
    """Advice for a product without evidence: on its kind, or where it has not been placed on the kinds of its maker."""
    if product.category:
        return advice_on(category=product.category, product_key=product.key)
    made = kinds_of_makers(keys=[product.key]).get(product.maker_id, frozenset())
    texts = [text for kind in KINDS if kind in made for text in advice_on(category=kind)]
    return list({text.code: text for text in texts}.values())[:_MOST_ADVICE]
