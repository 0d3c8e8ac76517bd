"""The pages say what the rules allow, no more, and no less."""

import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client, RequestFactory
from small_edition import add_product, add_row, make_edition, sighting

from bluelamp.index.models import Edition, EditionRow, Reply
from bluelamp.index.queries import backtest_file, backtest_summary
from bluelamp.index.web.backtest import charts_of, shortfall_of
from bluelamp.index.web.examples import worked_example
from bluelamp.index.web.filters import LONGEST_TEXT
from bluelamp.index.web.statements import crimes_words
from bluelamp.ui import errors
from bluelamp.ui.plots import columns, interval, next_tenth, round_up, whiskers

pytestmark = pytest.mark.django_db
ENDS = ("", "_low", "_high")
NO_EVIDENCE = "We hold no evidence about this product. That is not a sign that it is safe."
NOTE = "it contains no UK crime data and counts no crimes. Not official statistics."
PATHS = (
    "/",
    "/search",
    "/table/",
    "/category/router/",
    "/product/acme:r/",
    "/maker/acme/",
    "/methods/",
    "/data/",
    "/accessibility/",
)


@pytest.fixture
def edition() -> Edition:
    return make_edition()


def read(path: str, **query: str) -> str:
    answer = Client(headers={"host": "localhost"}).get(path, query)
    assert answer.status_code == 200, path
    return answer.content.decode()


def order(text: str, *names: str) -> bool:
    places = [text.index(name) for name in names]
    return places == sorted(places)


@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_specimen_in_both_languages(edition: Edition, path: str) -> None:
    assert NOTE in read(path)
    welsh = read(f"/cy{path}")
    assert "cyfrif troseddau" in welsh and "gan beiriant" in welsh


@pytest.mark.parametrize("path", PATHS)
def test_no_page_fails_without_an_edition(path: str) -> None:
    add_product("acme:r", "Acme R routers")
    assert "Acme R routers" in read("/product/acme:r/")
    assert NOTE not in read(path)


@pytest.mark.parametrize("path", PATHS)
def test_specimen_is_not_served_to_the_outside(edition: Edition, path: str) -> None:
    answer = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"}).get(path)
    text = answer.content.decode()
    assert answer.status_code == 200 and "Confirmed exploited" not in text and "bluelamp setup" not in text


def test_table_is_newest_first_unless_the_reader_sorts(edition: Edition) -> None:
    assert order(read("/table/"), "Acme R routers", "Beta Cam", "Acme Old router")
    assert order(read("/table/", sort="name"), "Acme Old router", "Acme R routers", "Beta Cam")
    assert order(read("/table/", sort="low"), "Acme R routers", "Acme Old router", "Beta Cam")
    assert "Sorted by name, A to Z." in read("/table/", sort="name")


def test_filters_keep_what_was_asked_for(edition: Edition) -> None:
    assert "/product/beta:cam/" not in read("/table/", category="router")
    assert "/product/acme:old/" not in read("/table/", band="high")
    assert "/product/acme:r/" not in read("/table/", maker="beta")
    assert "/product/beta:cam/" in read("/table/", q="beta cam")
    wrong = read("/table/", band="<b>")
    assert "is not one of the choices" in wrong and "<b>" not in wrong


def test_search_matches_every_word_in_any_written_name(edition: Edition) -> None:
    assert "/product/acme:r/" in read("/search", q="acme r2")
    assert "/product/acme:r/" in read("/search", q="R-2")
    assert NO_EVIDENCE in read("/search", q="acme quiet")
    assert "Nothing found" in read("/search", q="acme cam")
    assert "rest was left out" in read("/search", q="a" * (LONGEST_TEXT + 1))
    assert "/product/beta:nameless/" not in read("/search", q="beta")


def test_exact_name_comes_first(edition: Edition) -> None:
    add_product("zeta:acmerrouters", "Zeta Acme R routers")
    add_product("acme:rx", "Acme R routers X")
    assert order(
        read("/search", q="acme r routers"), "/product/acme:r/", "/product/acme:rx/", "/product/zeta:acmerrouters/"
    )


def test_product_without_evidence(edition: Edition) -> None:
    text = read("/product/acme:quiet/")
    assert NO_EVIDENCE in text and "bl-band" not in text
    assert Client(headers={"host": "localhost"}).get("/product/beta:nameless/").status_code == 404


def test_evidence_that_may_not_be_named_is_not_shown(edition: Edition) -> None:
    add_row(edition, "acme:quiet", named=False, last_seen="2026-08-02")
    assert NO_EVIDENCE in read("/product/acme:quiet/")
    assert "/product/acme:quiet/" not in read("/table/")
    assert "/product/acme:quiet/" not in read("/")


def test_only_earlier_sightings(edition: Edition) -> None:
    add_row(edition, "acme:quiet", dates=0, monthly=[0] * 24, last_seen="2022-03-04")
    text = read("/product/acme:quiet/")
    assert "last on 4 March 2022" in text and "is not a sign that it is safe" in text
    assert "/product/acme:quiet/" not in read("/table/")


def test_crimes_are_rounded_and_never_listed(edition: Edition) -> None:
    seen = [
        sighting("2026-08-01"),
        sighting("2026-07-13", kind="recorded_crime"),
        sighting("2026-07-14", kind="citizen_report"),
    ]
    add_row(edition, "acme:quiet", sightings=seen, recorded_crimes=7, last_seen="2026-08-01")
    text = read("/product/acme:quiet/")
    assert "fewer than 10" in text and "13 July 2026" not in text and "14 July 2026" not in text
    assert [crimes_words(row=EditionRow(recorded_crimes=n)) for n in (0, 4, 5, 9, 10, 12, 13)] == [
        "",
        "",
        "fewer than 10",
        "fewer than 10",
        "about 10",
        "about 10",
        "about 15",
    ]


def test_support_is_spoken_of_with_care(edition: Edition) -> None:
    assert "As far as we know the maker no longer supports this product" in read("/product/acme:old/")
    assert "no longer supports" not in read("/product/acme:r/")


@pytest.mark.parametrize("path", PATHS)
def test_words_that_are_never_said(edition: Edition, path: str) -> None:
    text = read(path).lower()
    assert not [w for w in ("unsafe", "insecure", "do not buy", "avoid this", "watch list") if w in text]


def test_written_names_cannot_become_markup(edition: Edition) -> None:
    add_product("evil:x", "<script>alert(1)</script>")
    assert "<script" not in read("/search", q="script") + read("/product/evil:x/") + read("/maker/evil/")


@pytest.mark.parametrize("path", ["/category/none/", "/product/none:none/", "/maker/none/"])
def test_unknown_addresses(edition: Edition, path: str) -> None:
    assert Client(headers={"host": "localhost"}).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/product/%00/", "/search?q=a%00", "/api/v1/products/%00", "/api/v1/products?maker=%00"]
)
def test_nul_in_an_address_is_a_bad_request(edition: Edition, path: str) -> None:
    answer = Client(headers={"host": "localhost"}).get(path)
    assert answer.status_code == 400
    assert ("problem+json" in answer["Content-Type"]) == path.startswith("/api/")


def test_failure_page_needs_nothing() -> None:
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500 and b"Our fault" not in answer.content and "Methodd" in answer.content.decode()


def test_error_pages_are_translated() -> None:
    request = RequestFactory().get("/cy/")
    for view, status in ((errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404)):
        assert view(request, ValueError()).status_code == status


def test_plots_stay_inside() -> None:
    drawn = columns(counts=[0, 3, 1], step=6, height=24)
    assert [b.value for b in drawn.bars] == [3, 1] and all(0 <= b.y <= 22 for b in drawn.bars)
    assert columns(counts=[0, 0]).bars == ()
    bar = interval(low=-1, middle=2, high=9, top=4, threshold=0.5, width=100)
    assert (bar.left, bar.span, bar.middle, bar.threshold) == (0, 100, 50, 12.5)
    assert [round_up(v) for v in (0, 0.4, 1.2, 6, 11)] == [1, 1, 2, 7, 20]
    two = whiskers(series=[[(-1, 0.2, 0.4)], [(0, 0.1, 9)]], top=0.4, step=40, height=124, left=30)
    ours, theirs = (points[0] for points in two.series)
    assert (ours.bottom, ours.middle, ours.top) == (100, 54, 8) and theirs.top == 8
    assert 30 < ours.x < two.places[0] < theirs.x < two.width == 70 and two.base < two.height
    assert [next_tenth(v) for v in (0, 0.3, 0.301, 0.97)] == [0.1, 0.3, 0.4, 1.0]


def test_download_holds_the_rows_of_the_table(edition: Edition) -> None:
    client = Client(headers={"host": "localhost"})
    whole = client.get(f"/download/{edition.id}.csv").content.decode().splitlines()
    cameras = client.get(f"/download/{edition.id}.csv?category=camera").content.decode().splitlines()
    assert len(cameras) == 2 and set(cameras) < set(whole)
    assert f"/download/{edition.id}.csv?category=camera" in read("/category/camera/")
    assert client.get(f"/download/{edition.id}.json?category=nonsense").status_code == 400


def test_methods_page_shows_the_backtest_in_words(edition: Edition) -> None:
    row = {"method": "CVE count", "dates": "all seven dates", "p50": 0.3, "ndcg100": 0.3, "ap": 0.1}
    apart = {"other": "recency-weighted KEV", "dates": "all seven dates", "mean": 0.01, "low": -0.002, "high": 0.02}
    backtest_file().write_text(json.dumps({"means": [{**row, "cold_recall500": 0.1}], "differences": [apart]}))
    try:
        assert "Number of published weaknesses" in read("/methods/") and "-0.002" in read("/methods/")
        # Three decimals everywhere, each number with its name on a narrow screen, and plain words for each column.
        assert ">0.300</td>" in read("/methods/") and 'data-label="Order of the whole list (AUC-PR)"' in read(
            "/methods/"
        )
        assert "of the 50 products that it put first" in read("/methods/")
        assert "Nifer y gwendidau a gyhoeddwyd" in read("/cy/methods/")
    finally:
        backtest_file().unlink()


def test_methods_page_plots_the_packaged_backtest_and_says_where_it_fails(edition: Edition) -> None:
    text, kept = read("/methods/"), backtest_summary()
    assert text.count('class="bl-whiskers"') == 3 and "Where it fails" in text
    assert "Dyddiad wrth ddyddiad" in read("/cy/methods/")
    for row in kept["dated"]:
        if row["metric"] in ("ap", "ndcg100", "cold_recall500"):
            for kind in ("learnt", "rule", "difference"):
                shown = (row[kind], row[f"{kind}_low"], row[f"{kind}_high"])
                assert "{:.3f} ({:.3f} to {:.3f})".format(*shown) in text
    worse = [r for r in kept["dated"] if r["metric"] == "ndcg100" and r["difference"] <= 0]
    assert [r["on"] for r in worse] == ["2025-07-01"] and "No better on: 1 July 2025." in text
    # Aggregates only (RED-LINES 1).
    assert not {"product_key", "vendor_key", "key", "name"} & {
        key for rows in kept.values() for row in rows for key in row
    }


def test_where_the_forecast_fails_is_read_from_its_dates() -> None:
    row = {"metric": "cold_recall500"}
    figures = [("2025-01-01", 0.2, 0.3, -0.1), ("2023-01-01", 0.9, 0.1, 0.8), ("2024-07-01", 0.4, 0.1, 0.3)]
    dated = [
        row
        | {"on": on}
        | {f"{k}{end}": v for k, v in zip(("learnt", "rule", "difference"), of, strict=True) for end in ENDS}
        for on, *of in figures
    ]
    charts = charts_of({"dated": dated})
    assert [line.on.year for line in charts[0].lines] == [2023, 2024, 2025]
    assert (charts[0].won, charts[0].not_better) == (2, (date(2025, 1, 1),))
    lacking = shortfall_of({"dated": dated})
    assert lacking.missed == pytest.approx(0.7) and lacking.expected is None
    assert charts_of({"means": []}) == [] and shortfall_of({}).missed is None


def test_slips_are_forgiven_and_said_to_be_guesses(edition: Edition) -> None:
    text = read("/search", q="acme quite router")
    assert "/product/acme:quiet/" in text and "Did you mean:" in text and "Acme Quiet router</a>?" in text
    assert "Did you mean:" not in read("/search", q="acme quiet")
    assert "Ai dyma oedd gennych mewn golwg:" in read("/cy/search", q="acme quite router")
    assert "<b>" not in read("/search", q="<b>acme quite router")


def test_kinds_of_product_are_words_too(edition: Edition) -> None:
    assert "/product/beta:cam/" in read("/search", q="beta cctv")
    assert "/product/beta:cam/" not in read("/search", q="beta router")


def test_products_with_evidence_come_first_where_all_fit_alike(edition: Edition) -> None:
    add_product("acme:another", "Acme Also router")
    assert order(read("/search", q="acme router"), "/product/acme:old/", "/product/acme:another/")


def test_of_a_misspelt_maker_the_products_with_evidence_come_first(edition: Edition) -> None:
    add_product("acme:also", "Acme Also")
    text = read("/search", q="acmee")
    assert "Did you mean:" in text
    for known in ("/product/acme:r/", "/product/acme:old/"):
        for other in ("/product/acme:also/", "/product/acme:quiet/"):
            assert order(text, known, other)


def test_the_maker_is_offered_where_no_product_fits(edition: Edition) -> None:
    text = read("/search", q="acme toaster")
    assert "Nothing found" in text and "/maker/acme/" in text


def test_the_worked_example_is_reckoned(edition: Edition) -> None:
    text, worked = read("/methods/"), worked_example()
    for line in worked.lines:
        assert f"{line.alone.low:.2f} to {line.alone.high:.2f}" in text and f">{line.estimate:.2f}<" in text
        assert f"{line.rank[0]} to {line.rank[1]}" in text
    assert f"at least {worked.times_least:.1f} times" in text
    assert f"{worked.times_least:.1f} gwaith" in read("/cy/methods/")


@pytest.mark.parametrize("text", ["mspy", "is someone watching", "track my phone", "airtag", "rhywun yn gwylio fi"])
def test_who_may_be_watched_gets_the_safe_way_and_no_list(edition: Edition, text: str) -> None:
    add_product("inspy:connect", "mspy", category="")
    for path in ("/search", "/cy/search"):
        answer = Client().get(path, {"q": text}, headers={"host": "localhost"})
        page = answer.content.decode()
        main = page[page.index("<main") : page.index("</main")]
        assert "/advice/tracker-stalking/safely/" in main and "/report/" in main and "0808" in main
        assert "/product/" not in main and answer["Cache-Control"] == "no-store, private"
    assert "If somebody may be watching you" in read("/search", q=text)
    found = Client().get("/api/v1/search", {"q": text}, headers={"host": "localhost"}).json()
    assert found == {"suggestion": "", "products": []}
    assert "/product/" not in (offers := read("/compare/", q=text)) and "inspy" not in offers
    assert "inspy" not in read("/check/", d=text)


@pytest.mark.parametrize("path", ["/search?q=zzzzqqqq", "/product/acme:quiet/", "/product/acme:unplaced/"])
def test_where_nothing_is_known_there_is_a_next_step(edition: Edition, path: str) -> None:
    add_product("acme:unplaced", "Acme Unplaced", category="")
    for language in ("", "/cy"):
        page = read(f"{language}{path}")
        main = page[page.index("<main") : page.index("</main")]
        assert all(f'href="{language}{to}"' in main for to in ("/advice/", "/report/", "/check/"))
    if "product" in path:
        assert "/advice/router/" in read(path), "advice for its kind, or for what its maker makes"


def test_a_rank_that_is_one_number_reads_so(edition: Edition) -> None:
    edition.rows.filter(product_key="acme:r").update(rank_low=1, rank_high=1)
    assert "1 among all catalogued products of its kind" in read("/product/acme:r/")
    assert "Between 1 and 1" not in read("/product/acme:r/") and "Between 1 and 4" in read("/product/acme:old/")


def test_what_confirmed_means_stands_before_it_is_said_of_a_product(edition: Edition) -> None:
    for path, words in (("/", "“Confirmed exploited” means:"), ("/cy/", "Ystyr “Cadarnhawyd ymosodiad”:")):
        text = read(path)
        assert order(text, words, "/product/acme:r/") and text.count(words) == 1


def test_years_have_a_name_for_each_number_on_a_narrow_screen(edition: Edition) -> None:
    text = read("/product/acme:r/")
    table = text[text.index("bl-years") :]
    assert 'data-label="Months"' in table and 'data-label="Dates"' in table


@pytest.mark.parametrize(("language", "words"), [("", "The maker has replied"), ("/cy", "gwneuthurwr wedi ateb")])
def test_a_makers_reply_is_announced_near_the_top(
    edition: Edition, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    assert 'href="#reply"' not in read(f"{language}/product/acme:r/")
    sent = Reply(text="We have mended it.", language="en", sent_at=datetime(2026, 8, 2, tzinfo=UTC))
    monkeypatch.setattr("bluelamp.index.web.reads.shown_reply", lambda **_: sent)
    assert order(read(f"{language}/product/acme:r/"), words, 'id="sure"', 'id="reply"', "We have mended it.")
