"""The tables of the data package: what each field means, in which unit, of which type."""

from dataclasses import dataclass
from typing import Any

from bluelamp.index.domain.reasons import CODES

INTEGER, NUMBER, DATE, STRING = "integer", "number", "date", "string"
_BANDS = ("high", "low", "cannot-tell")
_TRENDS = ("rising", "falling", "no-clear-change")


@dataclass(frozen=True)
class Field:
    """One field of a table; `allowed` are the only values that it takes, any where there are none."""

    meaning: str
    type: str = STRING
    allowed: tuple[str, ...] = ()

    def described(self, *, name: str) -> dict[str, Any]:
        """The field as Table Schema."""
        limits = {"constraints": {"enum": list(self.allowed)}} if self.allowed else {}
        return {"name": name, "type": self.type, "description": self.meaning, **limits}


PRODUCTS: dict[str, Field] = {
    "status": Field(
        "Whether the edition stands: published, or replaced by a correction; a specimen is nobody's publication.",
        allowed=("specimen", "published", "replaced"),
    ),
    "edition": Field("Number of the edition.", INTEGER),
    "revision": Field("0 for the edition itself, then 1, 2, ... for its corrections.", INTEGER),
    "period_start": Field("First day of the period.", DATE),
    "period_end": Field("Last day of the period.", DATE),
    "product_key": Field("`maker:product`; the same product has the same key in every edition."),
    "product_name": Field("Name of the product."),
    "maker_name": Field("Name of the maker."),
    "category": Field("Code of the kind of product, such as router; also in the address of the page of that kind."),
    "dates": Field("Days in the period on which a source confirmed exploitation.", INTEGER),
    "dates_before": Field("The same in the period before, which was as long.", INTEGER),
    "dates_ever": Field("The same since the evidence begins.", INTEGER),
    "rate": Field("Dates a year, of this product alone: dates divided by the length of the period.", NUMBER),
    "shrunk": Field("Dates a year, estimated with what products of the same kind show (mean).", NUMBER),
    "low": Field("Lower end of the 90 % interval of `shrunk`, dates a year.", NUMBER),
    "high": Field("Upper end of the 90 % interval of `shrunk`, dates a year.", NUMBER),
    "jeffreys_low": Field("Lower end of the 90 % interval of `rate`, of this product alone, dates a year.", NUMBER),
    "jeffreys_high": Field("Upper end of the 90 % interval of `rate`, of this product alone, dates a year.", NUMBER),
    "band": Field(
        "high: `low` and `jeffreys_low` both exceed the threshold, `highThreshold` of the package, and do so "
        "without any one source that is no authority and beside all products instead of those of its kind; low: not "
        "said of any product yet; else cannot-tell.",
        allowed=_BANDS,
    ),
    "rank_low": Field("Best rank in its kind that the evidence allows; 1 is the most often confirmed.", INTEGER),
    "rank_high": Field("Worst rank in its kind that the evidence allows.", INTEGER),
    "trend": Field(
        "How the dates compare with those of the period before: rising or falling only where the interval lies beyond "
        "both 1 and the ratio of all other products together.",
        allowed=_TRENDS,
    ),
    "trend_low": Field("Lower end of the 90 % interval of the ratio, now divided by the period before.", NUMBER),
    "trend_high": Field("Upper end of that interval; empty where it has none.", NUMBER),
    "ebgm": Field("How many times as often as the average of its kind, shrunk (EBGM, geometric mean).", NUMBER),
    "eb05": Field("At least how many times, with 95 % probability.", NUMBER),
    "leaning_on": Field("Id of the source without which the fewest dates would be left; empty where none matters."),
    "dates_without": Field("Dates in the period that would be left without that source.", INTEGER),
    "base_dates": Field("Dates in the period of the base edition; empty without one.", INTEGER),
    "since_base": Field(
        "Dates in the whole months since that period ended, at most a period's; empty without a base edition.", INTEGER
    ),
    "base_trend": Field(
        "How the rate in those months compares with the base edition's, said as `trend` is; empty before one is over.",
        allowed=("", *_TRENDS),
    ),
    "base_low": Field(
        "Lower end of the 90 % interval of that ratio, since / in the base edition; empty as the trend.", NUMBER
    ),
    "base_high": Field("Upper end of that interval; empty without a base edition and where it has none.", NUMBER),
    "first_seen": Field("First day in the evidence, in the period or before it.", DATE),
    "last_seen": Field("Newest day in the evidence.", DATE),
    "crimes": Field("Recorded crimes in the period: empty below five, 5-9, else rounded to five."),
    "crime_rate": Field(
        "Recorded crimes, from ten and rounded to five, per 1,000 units in use and year; empty where not known.", NUMBER
    ),
    "crime_low": Field("Lower end of the 90 % interval of `crime_rate`, in the same unit.", NUMBER),
    "crime_high": Field("Upper end of the 90 % interval of `crime_rate`, in the same unit.", NUMBER),
    "crime_ratio": Field(
        "`crime_rate` divided by the average of the units of its kind; empty where not known.", NUMBER
    ),
    "sources": Field("Ids of the sources that saw it, separated by spaces; `sources` of the package names them."),
}
REASONS: dict[str, Field] = {
    "edition": Field("The edition that differs, number or number.revision, such as 3 or 3.1."),
    "compared_with": Field("The edition that it is held against: the one before, of a correction the one corrected."),
    "product_key": Field("The product, as in products.csv, or as in the edition before where it is not shown now."),
    "product_name": Field("Name of the product."),
    "dates_before": Field("Dates in the period of the edition before; 0 where that did not show it.", INTEGER),
    "dates": Field("Dates in the period now; 0 where it is not shown now.", INTEGER),
    "band_before": Field("Band in the edition before; empty where that did not show it.", allowed=("", *_BANDS)),
    "band": Field("Band now; empty where it is not shown now.", allowed=("", *_BANDS)),
    "reason": Field("Code of the reason; `reasonCodes` of the package says what each means.", allowed=CODES),
    "count": Field("How many dates the reason is about; 0 where it is about none.", INTEGER),
    "change": Field(
        "By how many dates it changes the count; those of a product add up to `dates` less `dates_before`.", INTEGER
    ),
    "months": Field("Calendar months of those dates, as 2026-05, separated by spaces."),
    "was": Field("The name, code of the kind or band before, where the reason is about that; else empty."),
    "is_now": Field("Its name, code of the kind or band now; else empty."),
    "english": Field("The reason as a sentence, in English."),
    "welsh": Field("The same sentence in Welsh."),
}
CHANGES: dict[str, Field] = {
    "product_key": Field("The product whose figures a correction changed."),
    "product_name": Field("Name of the product."),
    "kind": Field("Whether the product came in, was taken out, or changed.", allowed=("new", "gone", "changed")),
    "field": Field("Which field of products.csv changed; empty where the whole product came in or was taken out."),
    "before": Field("Value of that field in the edition that was corrected, as text."),
    "after": Field("Value of that field now, as text."),
}
REPLIES: dict[str, Field] = {
    "product_key": Field("The product that the maker replied about."),
    "language": Field("Language of the reply.", allowed=("en", "cy")),
    "text": Field("The reply, word for word and complete."),
    "received": Field("Day on which it was received.", DATE),
    "fix_announced_for": Field("Day for which the maker announced a fix; empty where it announced none.", DATE),
    "fix_outcome": Field(
        "What became of the fix: there, not-there; empty while nobody has looked.", allowed=("", "there", "not-there")
    ),
}
# What each code of `reason` means; docs/reference/publishing.md says the same.
REASON_CODES: dict[str, str] = {
    "new": "more dates: after the end of the earlier period",
    "late": "more dates: told later about that period",
    "came-from": "more dates: under another product before; the catalogue changed",
    "counted-more": "more dates: what sources saw is put together otherwise",
    "left": "fewer dates: before the period now",
    "removed": "fewer dates: no longer in the evidence",
    "went-to": "fewer dates: under another product now; the catalogue changed",
    "counted-less": "fewer dates: what sources saw is put together otherwise",
    "first-named": "all dates: no edition named the product before",
    "named-again": "all dates: an older edition named it, the one before did not",
    "not-shown": "all dates: not shown any more",
    "renamed": "no date: the name changed",
    "kind": "no date: the kind changed",
    "band": "no date: the band changed with the dates of the product",
    "band-others": "no date: the band changed though its own dates did not; those of others did",
    "band-method": "no date: the band changed because the parameters of the method did",
}
