"""The search's rules on a handful of products."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.kernel.catalogue.domain.fitting import WHYS
from bluelamp.kernel.catalogue.domain.searching import Index, Named
from bluelamp.kernel.catalogue.domain.words import category_words, stem, words

PRODUCTS = (
    Named("ring:doorbell", "Ring doorbells", "Ring", "doorbell", ("Ring Video Doorbell 2",)),
    Named("ring:alarm", "Ring Alarm", "Ring", "hub", ()),
    Named("acme:r", "Acme R routers", "Acme", "router", ("Acme R-1", "Acme DIR-823X")),
    Named("acme:cam", "Acme Cam", "Acme", "camera", ()),
    Named("beta:dir", "Beta DIR-825X", "Beta", "", ()),
    Named("meta:whatsapp", "WhatsApp", "Meta", "messaging", ()),
    Named("other:whatsapp", "whatsapp", "other", "", ()),
    Named("cafe:c", "Café Crème", "Café", "", ()),
    Named("kanji:k", "\N{CJK UNIFIED IDEOGRAPH-8DEF}\N{CJK UNIFIED IDEOGRAPH-7531}", "Kanji", "router", ()),
)
INDEX = Index(PRODUCTS)


def keys(text: str) -> list[str]:
    return [f.product_key for f in INDEX.search(text=text, limit=10)]


def why(text: str) -> str:
    return INDEX.search(text=text, limit=1)[0].why


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ring doorbells", "name"),
        ("ringdoorbells", "name"),
        ("acme r 1", "other-name"),
        ("ring doorbel", "begins"),
        ("doorbells ring", "words"),
        ("acme cctv", "words"),
        ("acm rou", "parts"),
        ("hatsapp", "inside"),
        ("rign doorbell", "similar"),
        ("my ring video doorbell garden", "some"),
    ],
)
def test_every_reason(text: str, reason: str) -> None:
    assert why(text) == reason


def test_scores_fall_with_the_reasons() -> None:
    texts = ["Ring doorbells", "acme r 1", "ring doorbel", "doorbells ring", "acm rou", "hatsapp", "rign doorbell"]
    scores = [INDEX.search(text=t, limit=1)[0].score for t in texts]
    assert scores == sorted(scores, reverse=True) and scores[0] == 1 and len(WHYS) == 8


def test_the_middle_of_words_counts_only_where_nothing_begins_so() -> None:
    noisy = Index(
        (
            Named("ibm:db2", "IBM Db2 on Cloud Pak for Data", "IBM", "", ()),
            Named("ford:sync", "Ford Sync", "Ford", "vehicle", ()),
            Named("honest:cam", "Honest Cam", "Honest", "camera", ()),
            Named("nest:hub", "Nest Hub", "Nest", "hub", ()),
            Named("acme:inford", "Acme Infordia", "Acme", "", ()),
        )
    )

    def found(text: str) -> list[str]:
        return [f.product_key for f in noisy.search(text=text, limit=10)]

    assert found("ford") == ["ford:sync"] and found("nest") == ["nest:hub"]
    assert found("fordia") == ["acme:inford"], "nothing begins so"
    assert found("onest")[0] == "honest:cam" and found("for data") == ["ibm:db2"]


def test_a_short_word_with_another_letter_is_another_word() -> None:
    short = Index((Named("m:w", "Acme Word", "Acme", "office", ()), Named("m:r", "Beta Ring", "Beta", "doorbell", ())))
    assert short.search(text="ford", limit=5) == []
    assert [f.product_key for f in short.search(text="rign", limit=5)] == ["m:r"]


def test_brand_and_kind_together() -> None:
    assert keys("ring door bell")[0] == "ring:doorbell"
    assert keys("acme camera") == ["acme:cam"] and keys("acme router") == ["acme:r"]
    assert keys("ring camera") == []


def test_a_placed_product_comes_before_its_namesake() -> None:
    assert keys("whatsapp") == keys("whats app") == ["meta:whatsapp", "other:whatsapp"]


def test_another_model_number_is_only_a_guess() -> None:
    assert why("dir-823x") != "similar" and keys("dir-823x") == ["acme:r"]
    assert why("acme dir 832x") == "similar"


def test_the_name_that_matched_is_told() -> None:
    assert INDEX.search(text="acme dir823x", limit=1)[0].matched == "Acme DIR-823X"
    assert INDEX.search(text="acme r routers", limit=1)[0].matched == ""


def test_accents_and_other_scripts() -> None:
    assert keys("cafe creme") == ["cafe:c"] == keys("CAFÉ CRÈME") == keys("Cafe\u0301 creme")
    assert keys("\N{CJK UNIFIED IDEOGRAPH-8DEF}\N{CJK UNIFIED IDEOGRAPH-7531}") == ["kanji:k"]


def test_every_word_must_fit_in_short_texts() -> None:
    assert keys("acme whatsapp") == [] and keys("acme doorbell") == []
    assert keys("the acme cam app") == ["acme:cam"], "little words may go unmatched"


@given(st.text(max_size=300), st.integers(0, 5))
def test_any_text_gives_an_answer(text: str, limit: int) -> None:
    found = INDEX.search(text=text, limit=limit)
    assert len(found) <= limit and all(0 < f.score <= 1 for f in found)
    assert len({f.product_key for f in found}) == len(found)


@given(st.sampled_from(PRODUCTS), st.randoms(use_true_random=False))
def test_case_and_punctuation_do_not_matter(product: Named, source: object) -> None:
    parts = words(product.name)
    for joined in ("-".join(parts), "".join(parts).upper(), "  ".join(parts), "_".join(parts) + "!"):
        assert keys(joined)[0] in {p.key for p in PRODUCTS if words(p.name) == parts or p is product}


def test_order_of_products_does_not_matter() -> None:
    other = Index(reversed(PRODUCTS))
    for text in ("ring", "acme", "whatsapp", "rign", "dir"):
        assert other.search(text=text, limit=10) == INDEX.search(text=text, limit=10)


def preferring(*keys: str, text: str, limit: int = 10) -> list[str]:
    return [f.product_key for f in INDEX.search(text=text, limit=limit, preferred=lambda _: keys)]


def test_of_guesses_that_fit_alike_the_preferred_come_first() -> None:
    by_likeness = keys("rnig")
    assert by_likeness == ["ring:alarm", "ring:doorbell"] and why("rnig") == "similar"
    assert preferring("ring:doorbell", text="rnig") == ["ring:doorbell", "ring:alarm"]
    assert preferring("ring:doorbell", text="rnig", limit=1) == ["ring:doorbell"], "before the list is cut"
    assert preferring(text="rnig") == preferring("ring:alarm", "ring:doorbell", text="rnig") == by_likeness


def test_no_preference_lifts_what_fits_less() -> None:
    assert preferring("ring:alarm", text="rign doorbell") == keys("rign doorbell") == ["ring:doorbell"]
    assert preferring("ring:doorbell", text="rign alram")[0] == keys("rign alram")[0] == "ring:alarm"


def test_where_the_words_are_as_written_nobody_is_asked_for_a_preference() -> None:
    def asked(_: object) -> list[str]:
        raise AssertionError

    for text in ("ring", "ring doorbells", "", "zzzz"):
        INDEX.search(text=text, limit=10, preferred=asked)


@given(st.text(alphabet="acemring do", max_size=12), st.sets(st.sampled_from([p.key for p in PRODUCTS])))
def test_a_preference_changes_the_order_alone(text: str, first: set[str]) -> None:
    plain = INDEX.search(text=text, limit=20)
    assert sorted(preferring(*first, text=text, limit=20)) == sorted(f.product_key for f in plain)


def test_nothing_to_search_in() -> None:
    assert Index(()).search(text="ring", limit=5) == []


def test_stems_and_words() -> None:
    assert [stem(w) for w in ("doorbells", "batteries", "glass", "bus", "tvs")] == [
        "doorbell",
        "battery",
        "glass",
        "bus",
        "tvs",
    ]
    assert words("D'Link  DIR_823x\N{TRADE MARK SIGN}") == ("dlink", "dir", "823xtm")
    assert category_words("") == frozenset() and all(category_words(c) for c in CATEGORIES)
