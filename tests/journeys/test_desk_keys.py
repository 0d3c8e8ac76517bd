"""Keys of the triage desk: they help, they can be switched off, and they do nothing while somebody writes."""

import pytest
from addresses import play
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_keys_move_open_and_can_be_switched_off(browser: Browser, demo_base: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    play(page, demo_base, "Dev")
    queue = f"{demo_base}/desk/reports/"
    page.goto(queue)
    page.locator("h1").click()
    for key in "jjk":
        page.keyboard.press(key)
    first = page.locator("main table tbody tr").first
    assert "bl-here" in (first.get_attribute("class") or "")
    page.get_by_text("Choose which reports to show").click()
    page.get_by_label("Reference").fill("")
    page.get_by_label("Reference").press("j")
    assert page.get_by_label("Reference").input_value() == "j"
    page.goto(queue)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/desk/reports/*-*/")
    page.keyboard.press("u")
    page.wait_for_url("**/desk/reports/")
    page.get_by_text("Keys", exact=True).click()
    page.get_by_role("button", name="Switch the keys off").click()
    page.locator("h1").click()
    page.keyboard.press("j")
    assert not page.locator(".bl-here").count()
    context.close()


def test_without_scripts_no_key_is_promised_to_be_switched(browser: Browser, demo_base: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    play(page, demo_base, "Dev")
    page.goto(f"{demo_base}/desk/reports/")
    assert not page.get_by_role("button", name="Switch the keys off").is_visible()
    page.locator("main table a").last.click()
    page.get_by_role("button", name="Take it").click()
    assert page.get_by_text("You work on this report now.").is_visible()
    page.get_by_role("button", name="Put it back").click()
    context.close()
