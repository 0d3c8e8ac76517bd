"""How well and how fast the catalogue is searched, beside the search that was there before: docs/reference/search.md.

Needs a home with a loaded catalogue (`bluelamp setup`). The scanners' queries are read from ../shared if there.
"""

import argparse
import csv
import gzip
import json
import os
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUERIES = ROOT.parent / "shared" / "data" / "index" / "search_queries.json.gz"
TYPED = ROOT / "tests" / "samples" / "typed_queries.csv"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Search = Callable[[str], list[str]]
Cases = list[tuple[str, frozenset[str]]]


def main() -> None:
    """Print a row for every set of queries and search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=Path, default=QUERIES, help="the scanners' queries (JSON, gzip)")
    parser.add_argument("--sample", type=int, default=2_000, help="at most so many queries of each large set")
    parser.add_argument("--every", action="store_true", help="every product, in the new search")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
    import django

    django.setup()
    from bluelamp.kernel.catalogue.search import search_index

    began = time.perf_counter()
    index = search_index()
    print(f"{len(index):,} products, index made in {time.perf_counter() - began:.2f} s\n")
    columns = ("queries", "n", "search", "recall@1", "recall@5", "p50 ms", "p99 ms", "p99 cpu ms")
    print("|", " | ".join(columns), "|")
    print("|" + "---|" * len(columns))
    for title, cases in sets(options.queries):
        for name, search in (("before", before), ("now", now)):
            chosen = cases if options.every and name == "now" else sampled(cases, options.sample)
            if chosen:
                print(row(title, name, chosen, search), flush=True)


def sets(queries: Path) -> Iterable[tuple[str, Cases]]:
    """The sets of queries, each with the products that would be right."""
    names = own_names()
    yield "as people type (ours)", typed()
    yield "own name", names
    yield "own name, one slip", [(slip(text, seed), keys) for seed, (text, keys) in enumerate(names)]
    pairs = scanners(queries)
    yield "scanners': vendor and name", [(f"{vendor} {name}", keys) for vendor, name, keys in pairs]
    yield (
        "scanners': one slip",
        [(slip(f"{vendor} {name}", seed), keys) for seed, (vendor, name, keys) in enumerate(pairs)],
    )
    yield "scanners': name alone", [(name, keys) for _, name, keys in pairs]


def typed() -> Cases:
    """Queries that we wrote as people would."""
    with TYPED.open(encoding="utf-8") as stream:
        return [(r["text"], frozenset(r["keys"].split())) for r in csv.DictReader(stream)]


def own_names() -> Cases:
    """Every product's own name; products of the same letters and digits are right for each other."""
    from bluelamp.kernel.catalogue.domain.words import words
    from bluelamp.kernel.catalogue.models import Product

    alike: dict[str, set[str]] = {}
    rows = list(Product.objects.exclude(name="").order_by("key").values_list("key", "name"))
    for key, name in rows:
        alike.setdefault("".join(words(name)), set()).add(key)
    return [(name, frozenset(alike["".join(words(name))])) for _, name in rows]


def scanners(path: Path) -> list[tuple[str, str, frozenset[str]]]:
    """(vendor, name, products): the real names that scanners search for, where the catalogue holds a shown product."""
    if not path.is_file():
        return []
    from bluelamp.index.queries import keys_of_ref
    from bluelamp.kernel.catalogue.models import Product
    from bluelamp.kernel.catalogue.queries import resolver

    shown = set(Product.objects.exclude(name="").values_list("key", flat=True))
    resolve = resolver(keys_of_ref=keys_of_ref)
    found = []
    for entry in json.loads(gzip.decompress(path.read_bytes())):
        vendor, name = entry["vendor"].replace("_", " "), entry["name"].replace("_", " ")
        key = resolve.place(written_maker=vendor, written_product=name, ref="").product_key
        if key in shown:
            found.append((vendor, name, frozenset({key})))
    return found


def slip(text: str, seed: int) -> str:
    """The text with one slip of the fingers: a letter or digit swapped, dropped, doubled or changed."""
    source = random.Random(seed)
    places = [i for i, c in enumerate(text) if c.isalnum()]
    at = source.choice(places)
    kind = source.choice(("swap", "drop", "double", "change"))
    if kind == "swap" and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "drop" and len(places) > 1:
        return text[:at] + text[at + 1 :]
    if kind == "double":
        return text[:at] + text[at] + text[at:]
    return text[:at] + source.choice(LETTERS) + text[at + 1 :]


def sampled(cases: Cases, most: int) -> Cases:
    """A seeded sample in the order of the set."""
    if len(cases) <= most:
        return cases
    return [cases[i] for i in sorted(random.Random(1).sample(range(len(cases)), most))]


def row(title: str, name: str, cases: Cases, search: Search) -> str:
    """One line of the table."""
    first = five = 0
    times, busy = [], []
    for text, right in cases:
        began, worked = time.perf_counter(), time.process_time()
        keys = search(text)
        times.append((time.perf_counter() - began) * 1000)
        # What a machine that does nothing else would take.
        busy.append((time.process_time() - worked) * 1000)
        first += bool(keys) and keys[0] in right
        five += bool(right & set(keys[:5]))
    n = len(cases)
    p50, p99, cpu = sorted(times)[n // 2], sorted(times)[n * 99 // 100], sorted(busy)[n * 99 // 100]
    return f"| {title} | {n:,} | {name} | {first / n:.3f} | {five / n:.3f} | {p50:.1f} | {p99:.1f} | {cpu:.1f} |"


def now(text: str) -> list[str]:
    """The search of the catalogue in memory."""
    from bluelamp.kernel.catalogue.search import search_products

    return [f.product_key for f in search_products(text=text, limit=25)]


def before(text: str) -> list[str]:
    """The search that was there before: every word in a written name or the maker's key, by the database."""
    from django.db.models import Q
    from django.db.models.functions import Length

    from bluelamp.kernel.catalogue.domain.keys import fold
    from bluelamp.kernel.catalogue.models import WrittenName

    parts = [p for p in (fold(w) for w in text.split()) if p]
    if not parts:
        return []
    names = WrittenName.objects.filter(product__isnull=False).exclude(product__name="")
    for part in parts:
        names = names.filter(Q(folded__contains=part) | Q(maker__key__contains=part))
    whole = "".join(parts)
    best: dict[str, tuple[int, int, str]] = {}
    rows = names.order_by(Length("folded"), "folded", "id").values_list("product_id", "folded", "text")[:3_000]
    for key, folded, written in rows:
        score = 0 if folded == whole else 1 if folded.startswith(whole) else 2 if whole in folded else 3
        best[str(key)] = min(best.get(str(key), (9, 0, "")), (score, len(written), str(key)))
    return sorted(best, key=lambda key: best[key])


if __name__ == "__main__":
    main()
