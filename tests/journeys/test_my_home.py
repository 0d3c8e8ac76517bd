"""Somebody checks a home and compares two products: no scripts, nothing left behind but the address."""

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def test_from_the_first_page_to_three_jobs_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{base}/")
    page.locator(".bl-ways").get_by_role("link", name="Check my home").click()
    page.get_by_label("Names, one on each line").fill("tp link archer\nrign doorbell")
    page.get_by_label("Television").check()
    page.get_by_role("button", name="Show my three jobs").click()
    assert page.locator(".bl-jobs__item").count() == 3
    assert "Update TP-Link Archer and TL routers today" in page.locator(".bl-jobs").inner_text()
    page.get_by_role("link", name="Ring doorbells", exact=True).click()
    assert "We hold no evidence about this product." in page.locator("main").inner_text()
    page.locator("main li", has_text="Television").get_by_role("link", name="Take off the list").click()
    assert "Your list: 2 devices" in page.locator("main").inner_text()
    page.get_by_role("link", name="Cymraeg").click()
    assert "Eich rhestr: 2" in page.locator("main").inner_text()
    assert context.cookies() == []
    context.close()


def test_jobs_are_printed_and_forms_are_not(page: Page, base: str) -> None:
    page.goto(f"{base}/check/?k=router")
    page.emulate_media(media="print")
    assert page.locator(".bl-jobs").is_visible() and not page.locator(".bl-check").is_visible()
    assert page.locator(".bl-specimen").is_visible()


def test_two_products_side_by_side_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{base}/product/dlink:dir/")
    page.get_by_role("link", name="Compare with others").click()
    page.get_by_label("Add a product").fill("tp link archer")
    page.get_by_role("button", name="Find").click()
    page.locator(".bl-choices").get_by_role("link", name="TP-Link Archer and TL routers").click()
    assert "cannot be told apart" in page.locator("main").inner_text()
    page.locator(".bl-chosen li", has_text="D-Link DIR").get_by_role("link", name="Take out").click()
    assert page.url.endswith("/compare/?p=tplink%3Arouters")
    context.close()


def test_the_switch_of_time_keeps_the_filters(page: Page, base: str) -> None:
    page.goto(f"{base}/table/?group=home&sort=dates&page=2")
    page.get_by_role("link", name="Since November 2021").click()
    assert "group=home" in page.url and "sort=dates" in page.url and "page=" not in page.url
    assert "Bands, ranks and trends are made for the 24 months only." in page.locator("main").inner_text()
    page.get_by_role("link", name="24 months to August 2026").click()
    assert "time=" not in page.url and "group=home" in page.url
