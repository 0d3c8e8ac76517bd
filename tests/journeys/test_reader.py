"""What a reader does: search, filter, change language, use the keyboard, no scripts, print, come from outside."""

import csv
import io
import json

import pytest
from addresses import PAGES, get
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NOTE = "it contains no UK crime data and counts no crimes"


def test_finds_a_router_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{base}/")
    page.get_by_label("Is my device targeted?").fill("tp link archer")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="TP-Link Archer and TL routers", exact=True).click()
    assert page.locator("h1").inner_text() == "TP-Link Archer and TL routers"
    assert "Confirmed exploited" in page.locator("main").inner_text()
    assert NOTE in page.locator("body").inner_text()
    context.close()


def test_home_leads_with_something_true_and_useful(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    seen = [page.locator(".bl-lede"), page.locator(".bl-specimen"), page.get_by_label("Is my device targeted?")]
    for part in seen:
        box = part.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 740, "it does not stand on the first screen"
    dates = page.locator(".bl-newest").nth(1).locator("time").evaluate_all("ts => ts.map(t => t.dateTime)")
    assert len(dates) == 8 and dates == sorted(dates, reverse=True)


def test_product_without_evidence_is_not_called_safe(page: Page, base: str) -> None:
    page.goto(base + PAGES["product without evidence"] % "")
    assert (
        "We hold no evidence about this product. That is not a sign that it is safe."
        in page.locator("main").inner_text()
    )
    assert page.locator(".bl-band").count() == 0


@pytest.mark.parametrize(
    "path", ["/table/?group=home&sort=low", "/search?q=tp+link+archer", "/product/dlink:dir/", "/nothing/"]
)
def test_language_switch_keeps_the_place(page: Page, base: str, path: str) -> None:
    page.goto(base + path)
    page.get_by_role("link", name="Cymraeg").click()
    assert page.url == f"{base}/cy{path}"
    assert page.locator("html").get_attribute("lang") == "cy"
    page.get_by_role("link", name="English").click()
    assert page.url == base + path


def test_skip_link_is_first_and_works(page: Page, base: str) -> None:
    page.goto(f"{base}/table/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to main content"
    assert focused.is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


@pytest.mark.parametrize("path", ["/product/dlink:dir/", "/category/router/", "/cy/category/doorbell/"])
def test_a_reader_gets_from_a_device_to_what_to_do(page: Page, base: str, path: str) -> None:
    page.goto(base + path)
    page.locator(".bl-todo a").first.click()
    assert "/advice/" in page.url and page.locator("main ol > li").count() >= 2


def test_filters_by_keyboard_only(page: Page, base: str) -> None:
    page.goto(f"{base}/table/")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Group", exact=True).select_option("home")
    page.get_by_label("Sort by").select_option("low")
    page.get_by_role("button", name="Apply").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**group=home**")
    assert "Sorted by the lower end of the 90 per cent interval, highest first." in page.locator("caption").inner_text()


def test_policy_lets_nothing_inline_in(page: Page, base: str) -> None:
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    for name in ("home", "table", "product", "methods"):
        page.goto(base + PAGES[name] % "")
    assert broken == []
    answer = get(f"{base}/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert "style=" not in answer.text and "<script" not in answer.text


@pytest.mark.parametrize("path", ["/", "/table/", "/product/dlink:dir/", "/data/"])
def test_specimen_stays_on_this_machine(base: str, path: str) -> None:
    assert NOTE in get(base + path).text
    from_outside = get(base + path, X_Forwarded_For="192.0.2.1").text
    assert NOTE not in from_outside and "Confirmed exploited" not in from_outside
    edition = json.loads(get(f"{base}/api/v1/editions/current").text)["id"]
    assert get(f"{base}/download/{edition}.csv", X_Forwarded_For="192.0.2.1").status == 404
    assert get(f"{base}/api/v1/products", X_Forwarded_For="192.0.2.1").status == 404


def test_downloads_say_specimen_in_every_row(base: str) -> None:
    edition = json.loads(get(f"{base}/api/v1/editions/current").text)["id"]
    table = get(f"{base}/download/{edition}.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert rows and {r["status"] for r in rows} == {"specimen"}
    assert "specimen" in table.headers["Content-Disposition"]
    assert not [c for r in rows for c in r.values() if c.startswith(("=", "+", "@"))]
    document = json.loads(get(f"{base}/download/{edition}.json").text)
    assert {p["status"] for p in document["products"]} == {"specimen"}


def test_print_leaves_navigation_out(page: Page, base: str) -> None:
    page.goto(f"{base}/product/dlink:dir/")
    page.emulate_media(media="print")
    assert not page.locator(".bl-nav").is_visible()
    assert page.locator(".bl-specimen").is_visible()


def test_empty_home_says_what_to_do(page: Page, empty_base: str) -> None:
    page.goto(f"{empty_base}/")
    assert "bluelamp setup" in page.locator("main").inner_text()
