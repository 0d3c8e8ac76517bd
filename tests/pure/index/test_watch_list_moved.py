"""The watch list reads facts of renamed and joined products under their present keys."""

from datetime import date

import numpy as np

from bluelamp.index.domain.labels import Facts, Table, tabulate

PAIRS = [
    ("CVE-1", "acme", "old"), ("CVE-1", "acme", "twin"), ("CVE-2", "acme", "old"), ("CVE-2", "acme", "other"),
    ("CVE-3", "beta", "new"), ("CVE-4", "acme", "twin"),
]  # fmt: skip
PUBLISHED = {f"CVE-{n}": date(2024, n, 1) for n in range(1, 5)}
KEV = [("CVE-2", "acme", date(2024, 6, 1)), ("CVE-3", "beta", date(2024, 7, 1))]
MOVED = {("acme", "old"): ("beta", "new"), ("acme", "twin"): ("beta", "new")}


def table(moved: dict[tuple[str, str], tuple[str, str]]) -> Table:
    return tabulate(Facts(kev=KEV, pairs=PAIRS, published=PUBLISHED, moved=moved))


def listed(found: Table) -> list[tuple[int, tuple[str, str]]]:
    return [(int(e), found.keys[p]) for e, p in zip(found.entries.entry, found.entries.product, strict=True)]


def test_without_moves_each_stands_for_itself() -> None:
    found = table({})
    assert found.keys == (("acme", "old"), ("acme", "other"), ("acme", "twin"), ("beta", "new"))
    assert listed(found) == [(0, ("acme", "old")), (0, ("acme", "other")), (1, ("beta", "new"))]


def test_what_was_written_of_the_old_keys_belongs_to_the_present_one_and_counts_once() -> None:
    found = table(MOVED)
    assert found.keys == (("acme", "other"), ("beta", "new"))
    assert found.total.tolist() == [1, 4], "CVE-1 named both of the joined products"
    assert found.first.tolist()[1] == min(found.publications.day), "known since the first of them was"
    assert len(found.publications.product) == 5


def test_an_entry_that_names_the_maker_of_old_still_finds_the_product() -> None:
    assert sorted(listed(table(MOVED))) == [(0, ("acme", "other")), (0, ("beta", "new")), (1, ("beta", "new"))]


def test_it_is_as_if_the_present_key_had_always_been_written() -> None:
    moved, fresh = (
        table({("acme", "twin"): ("acme", "gone")}),
        tabulate(
            Facts(kev=KEV, published=PUBLISHED, pairs=[(c, m, "gone" if p == "twin" else p) for c, m, p in PAIRS])
        ),
    )
    assert moved.keys == fresh.keys and listed(moved) == listed(fresh)
    assert np.array_equal(moved.first, fresh.first) and np.array_equal(moved.total, fresh.total)
