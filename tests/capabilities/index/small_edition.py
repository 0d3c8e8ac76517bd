"""A small edition for the tests of pages and API: a few products whose every figure is known."""

from datetime import UTC, date, datetime
from typing import Any

from bluelamp.index.models import Edition, EditionRow
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.models import Maker, Model, Product, WrittenName

SOURCE = {
    "id": "list",
    "title": "The list",
    "publisher": "The authority (TA)",
    "licence": "CC0 1.0",
    "url": "https://example.org/list",
    "derived_from": "",
    "newest": "2026-08-07",
    "quarantined": 0,
}
FIGURES: dict[str, Any] = {
    "dates": 2,
    "dates_before": 1,
    "dates_ever": 3,
    "recorded_crimes": 0,
    "rate": 1.0,
    "low": 0.2,
    "high": 2.1,
    "shrunk": 0.8,
    "jeffreys_low": 0.3,
    "jeffreys_high": 2.8,
    "band": "cannot-tell",
    "rank_low": 1,
    "rank_high": 4,
    "trend": "no-clear-change",
    "trend_low": 0.5,
    "trend_high": None,
    "monthly": [0] * 22 + [1, 1],
    "first_seen": date(2023, 1, 2),
    "named": True,
}


def sighting(on: str, *, kind: str = "exploited", ref: str = "CVE-2026-1") -> dict[str, Any]:
    """One sighting as an edition keeps it."""
    return {"on": on, "source": "list", "kind": kind, "written": "Acme R-1", "model": "", "refs": [ref]}


def add_product(
    key: str, name: str, *, category: str = "router", support: str = "", models: tuple[str, ...] = ()
) -> None:
    """A product in the catalogue with its written names."""
    maker = Maker.objects.get_or_create(key=key.partition(":")[0], defaults={"name": key.partition(":")[0].title()})[0]
    product = Product.objects.create(key=key, maker=maker, name=name, category=category, support=support)
    for text in (name, *models):
        if text:
            WrittenName.objects.create(text=text, folded=fold(text), maker=maker, product=product)
    for text in models:
        Model.objects.create(key=f"{maker.key}:{fold(text)}", product=product, name=text)


def add_row(edition: Edition, key: str, *, last_seen: str = "2026-07-01", **figures: Any) -> EditionRow:
    """The row of a catalogue product."""
    product = Product.objects.get(key=key)
    return EditionRow.objects.create(
        edition=edition,
        product_key=key,
        maker_key=product.maker_id,
        product_name=product.name,
        maker_name=product.maker.name,
        category=product.category,
        group="home",
        support=product.support,
        last_seen=date.fromisoformat(last_seen),
        **{"sightings": [sighting(last_seen)], **FIGURES, **figures},
    )


def make_edition() -> Edition:
    """Two routers and a camera with evidence, one router without, one product known by key only."""
    edition = Edition.objects.create(
        number=1,
        period_start=date(2024, 8, 8),
        period_end=date(2026, 8, 7),
        built_at=datetime(2026, 8, 8, tzinfo=UTC),
        input_hash="i",
        products_hash="p",
        figures_hash="f",
        parameters={
            "period_months": 24,
            "level": 0.9,
            "high_threshold": 0.5,
            "rank_confidence": 0.95,
            "smallest_category": 5,
            "decimals": 3,
            "sources": [],
        },
        code_version="0",
        lock_hash="l",
        coverage={"entries": 4, "to_product": 3, "maker_only": 1, "unmapped": 0, "sources": [SOURCE]},
        narrower=[["acme:r1", "acme:r", 1, "cannot-tell"], ["acme:r2", "acme:r", 1, "high"]],
    )
    add_product("acme:r", "Acme R routers", models=("Acme R-1", "Acme R-2"))
    add_product("acme:old", "Acme Old router", support="ended")
    add_product("acme:quiet", "Acme Quiet router")
    add_product("beta:cam", "Beta Cam", category="camera")
    add_product("beta:nameless", "", category="camera")
    add_row(edition, "acme:r", last_seen="2026-08-01", band="high", low=0.6, dates=4)
    add_row(edition, "acme:old", last_seen="2026-03-01")
    add_row(edition, "beta:cam", last_seen="2026-05-01", low=0.1)
    return edition
