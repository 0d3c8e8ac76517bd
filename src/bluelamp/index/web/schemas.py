"""The shapes that the API answers with. Rates are confirmed dates a year; intervals are 90 %."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import StringConstraints

from bluelamp.index.domain.comparing import Finding
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.domain.fitting import Why

Band = Literal["high", "low", "cannot-tell"]
Trend = Literal["rising", "falling", "no-clear-change"]
Sort = Literal["newest", "name", "dates", "low"]
Language = Literal["en", "cy"]
ReasonCode = Literal[
    "new", "late", "came-from", "counted-more", "left", "removed", "went-to", "counted-less", "first-named",
    "named-again", "not-shown", "renamed", "kind", "band", "band-others", "band-method",
]  # fmt: skip
# No text holds this character (project/middleware.py answers 400).
NO_NUL = r"^[^\x00]*$"


class Problem(Schema):
    """An error, in the form of RFC 9457."""

    type: str = Field("about:blank", description="What kind of problem; about:blank where the status says it all.")
    title: str = Field(description="The problem in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field("", description="What is wrong with this request, and what to do.")


class SourceOut(Schema):
    """Who says so, and under which licence."""

    id: str
    title: str
    publisher: str
    licence: str
    url: str
    derived_from: str = Field(description="The source that this one repeats; empty where it stands by itself.")
    newest: str = Field(description="The newest date that the source gave.")


class ListDatesOut(Schema):
    """Confirmed dates of all products together: what trends are held against."""

    now: int = Field(description="In the period.")
    before: int = Field(description="In the period before.")


class KindOut(Schema):
    """The products of one category: what ranks and estimates are made among."""

    catalogued: int
    confirmed: int = Field(description="Those that were confirmed on any date since the evidence begins.")


class CoverageOut(Schema):
    """How much of the evidence in the period belongs to what, and what products are compared with."""

    entries: int
    to_product: int
    maker_only: int
    unmapped: int
    dates: ListDatesOut | None = Field(None, description="Null in an edition made before this was kept.")
    categories: dict[str, KindOut] = Field({}, description="By code of the category.")


class EditionOut(Schema):
    """One edition of the Index."""

    id: UUID
    number: int
    status: str = Field(description="'specimen': unsigned, made from one authority's list, cannot be published.")
    origin: str
    note: str = Field(description="What the edition lacks. Keep it with the figures.")
    period_start: date
    period_end: date
    built_at: datetime
    figures_hash: str
    code_version: str
    period_months: int
    level: float = Field(description="The coverage of the intervals.")
    high_threshold: float = Field(description="The threshold of band 'high', in confirmed dates a year.")
    coverage: CoverageOut
    sources: list[SourceOut]


class ProductOut(Schema):
    """One product's figures. Carry `status` and the interval wherever you show them."""

    status: str
    edition: int
    key: str = Field(description="`maker:product`.")
    name: str
    maker_key: str
    maker: str
    category: str
    category_name: str
    group: str
    group_name: str
    support: str = Field(description="'ended' where the maker has ended support; else empty (not known).")
    dates: int = Field(description="Distinct dates in the period on which a source confirmed exploitation.")
    dates_before: int = Field(description="The same for the period before.")
    dates_ever: int = Field(description="The same for the whole time of the evidence, since `whole_since`.")
    whole_since: date = Field(description="The first confirmed day in the edition's evidence.")
    whole_rate: float = Field(description="Dates a year over the whole time.")
    whole_low: float = Field(description="Lower end of its interval, which rests on this product alone.")
    whole_high: float = Field(description="Upper end of its interval.")
    rate: float
    shrunk: float
    low: float
    high: float
    jeffreys_low: float
    jeffreys_high: float
    band: Band
    rank_low: int
    rank_high: int
    trend: Trend = Field(
        description="How its rate compares with the period before, beside all other products (`coverage.dates`)."
    )
    trend_low: float | None = Field(description="Lower end of the 90 % interval of rate now / rate before.")
    trend_high: float | None = Field(description="Upper end; null where there is none.")
    monthly: list[int] = Field(description="Confirmed dates by period month, oldest first.")
    first_seen: date
    last_seen: date
    ebgm: float = Field(description="How many times as often as the average of its category (geometric mean).")
    eb05: float = Field(description="At least how many times, with 95 % probability.")
    leaning_on: str = Field(description="The source without which the fewest dates are left; empty where none matters.")
    dates_without: int = Field(description="The dates left without that source.")
    base_dates: int | None = Field(description="Dates in the base edition's period; null without a base edition.")
    since_base: int | None = Field(
        description="Dates in the whole months since the base edition's period ended; null without one."
    )
    base_trend: Literal["", "rising", "falling", "no-clear-change"] = Field(
        description="How the rate since then compares with the base edition's; empty before a month is over."
    )
    base_low: float | None = Field(description="Lower end of the 90 % interval of rate since / rate in the base.")
    base_high: float | None = Field(description="Upper end; null where there is none.")
    crime_rate: float | None = Field(
        description="Recorded crimes, from ten and rounded to five, per 1,000 units in use and year; null if not known."
    )
    crime_low: float | None
    crime_high: float | None
    crime_ratio: float | None = Field(description="How many times the average of its kind's units; null if not known.")


class SightingOut(Schema):
    """One piece of evidence."""

    on: date
    source: str
    kind: str
    refs: list[str] = Field(description="CVE identifiers; listed, not counted.")
    written: str = Field(description="The product as the source writes it.")
    model: str


class ProductsOut(Schema):
    """One page of products."""

    status: str
    note: str
    total: int
    page: int
    pages: int
    products: list[ProductOut]


class ComparedOut(Schema):
    """One product of a comparison; `figures` is null where there is no evidence."""

    key: str
    name: str
    maker: str
    statement: str
    figures: ProductOut | None


class PairOut(Schema):
    """Two products: one was confirmed more often only where neither of their intervals overlaps."""

    first: str
    second: str
    finding: Finding
    statement: str


class ComparisonOut(Schema):
    """Products in the order asked for, and every pair of them."""

    status: str
    note: str
    unknown: list[str] = Field(description="Keys that no product of the catalogue has; they are left out.")
    products: list[ComparedOut]
    pairs: list[PairOut]


class ReasonOut(Schema):
    """One reason why a product differs from the edition before."""

    code: ReasonCode = Field(description="What happened.")
    count: int = Field(
        description="How many dates. Those of 'new', 'late', 'came-from', 'counted-more', 'first-named' and "
        "'named-again', less those of 'left', 'removed', 'went-to', 'counted-less' and 'not-shown', are the difference."
    )
    months: list[str] = Field(description="The calendar months of those dates, as 2026-05.")
    before: str = Field(description="The name, category or band before, where that changed; else empty.")
    after: str = Field(description="The same now.")
    statement: str = Field(description="The reason in words.")


class ProductDetailOut(Schema):
    """One catalogue product; `figures` is null where there is no evidence, and `statement` says what that means."""

    key: str
    name: str
    maker_key: str
    maker: str
    category: str
    category_name: str
    support: str
    statement: str
    figures: ProductOut | None
    sightings: list[SightingOut]
    changes_since: str = Field(description="The edition that `changes` compare with, such as 3.1; empty without one.")
    changes: list[ReasonOut] = Field(description="Why the dates or the band differ from that edition.")


class FoundOut(Schema):
    """One catalogue product that a search found."""

    key: str
    name: str
    maker: str
    score: float = Field(description="How well it fits: falls from 1; to be compared inside one answer only.")
    matched: str = Field(description="The written name that matched, where it is not the product's own.")
    why: Why = Field(description="How it was found; 'similar' and 'some' are guesses.")
    statement: str = Field(description="What it means that there is no evidence; empty where there is some.")


class SearchOut(Schema):
    """What a search found, best first."""

    suggestion: str = Field(description="The name to ask back with where all that was found are guesses; else empty.")
    products: list[FoundOut]


class SearchQuery(Schema):
    """What to look for."""

    q: str = Field(
        min_length=1, max_length=100, pattern=NO_NUL, description="A product as people write it; slips are forgiven."
    )
    limit: int = Field(10, ge=1, le=50, description="The most products.")
    language: Language = Field("en", description="The language of statements.")


class CategoryOut(Schema):
    """One category, and how many of its products the edition names."""

    code: str
    group: str
    singular: str
    plural: str
    group_name: str
    products: int
    newest: date | None


class CompareQuery(Schema):
    """What to compare."""

    p: list[Annotated[str, StringConstraints(pattern=NO_NUL)]] = Field(
        min_length=2, max_length=4, description="Product keys, the parameter repeated."
    )
    language: Language = Field("en", description="The language of names of categories and of statements.")


class ProductsQuery(Schema):
    """What to list."""

    group: str = Field("", json_schema_extra={"enum": ["", *GROUPS]}, description="A group's code.")
    category: str = Field("", json_schema_extra={"enum": ["", *CATEGORIES]}, description="A category's code.")
    maker: str = Field("", pattern=NO_NUL, description="A maker's key.")
    band: Band | None = Field(None, description="A band.")
    q: str = Field("", max_length=100, pattern=NO_NUL, description="Words that the name of the product or maker holds.")
    sort: Sort = Field("newest", description="The order.")
    time: Literal["period", "all"] = Field(
        "period", description="Products with a confirmed date in the period, or at any time; the order follows it."
    )
    page: int = Field(1, ge=1, le=100_000, description="Which page.")
    per_page: int = Field(50, ge=1, le=200, description="Products a page.")
    language: Language = Field("en", description="The language of names of categories and of statements.")
