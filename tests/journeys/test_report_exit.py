"""Leaving a report in a hurry, at the narrowest width: nothing of it comes back, with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from report_person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WATCHED = {"danger": "no", "seen-by": "yes", "go-on": "here", "urgent": "none"}
STORY = "He reads my mail."


@pytest.fixture(params=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "scripts")


@pytest.fixture
def context(browser: Browser, scripts: bool) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=scripts)
    yield made
    made.close()


def _writing(page: Page, base: str) -> Person:
    person = Person(page, base, {**WATCHED, "story": STORY}).begin().until("story")
    page.get_by_role("textbox").fill(STORY)
    person.press(person.say("continue"))
    return person


def test_the_button_leaves_at_once_and_back_shows_nothing(
    leaving_base: str, weather: str, context: BrowserContext, scripts: bool
) -> None:
    page = context.new_page()
    _writing(page, leaving_base)
    page.locator(".govuk-exit-this-page__button").click()
    page.wait_for_url(weather)
    assert context.cookies(leaving_base) == []
    for _ in range(4):
        page.go_back()
        page.wait_for_load_state()
        text = page.locator("body").inner_text()
        assert STORY not in text and "hacked" not in text.lower().replace("stolen, hacked or misused", "")
        assert page.url.startswith(leaving_base) and "/q/" not in page.url, page.url


def test_the_hidden_link_is_first_for_the_keyboard(leaving_base: str, weather: str, context: BrowserContext) -> None:
    page = context.new_page()
    _writing(page, leaving_base)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Exit this page")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url(weather)


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    made = browser.new_context(viewport={"width": 320, "height": 640})
    yield made.new_page()
    made.close()


def test_shift_three_times_leaves_and_says_how_far_one_is(leaving_base: str, weather: str, scripted: Page) -> None:
    _writing(scripted, leaving_base)
    status = scripted.locator(".govuk-exit-this-page [role=status]")
    scripted.keyboard.press("Shift")
    expect(status).to_have_text("Shift, press 1 of 3.")
    scripted.keyboard.press("Shift")
    expect(status).to_have_text("Shift, press 2 of 3.")
    scripted.keyboard.press("Shift")
    scripted.wait_for_url(weather)


def test_shift_with_another_key_does_not_leave(leaving_base: str, scripted: Page) -> None:
    _writing(scripted, leaving_base)
    here = scripted.url
    for key in ("Shift+A", "Shift+B", "Shift+Tab", "Shift+C"):
        scripted.keyboard.press(key)
    scripted.keyboard.press("Shift")
    scripted.keyboard.press("a")
    scripted.keyboard.press("Shift")
    expect(scripted.locator(".govuk-exit-this-page [role=status]")).to_have_text("Shift, press 1 of 3.")
    assert scripted.url == here


def test_the_page_is_covered_before_anything_is_answered(leaving_base: str, weather: str, scripted: Page) -> None:
    _writing(scripted, leaving_base)
    scripted.context.route("**/report/exit/", lambda _route: None)  # a network that never answers
    scripted.context.route(weather, lambda _route: None)
    scripted.locator(".govuk-exit-this-page__button").click(no_wait_after=True)
    expect(scripted.locator(".bl-cover")).to_be_visible()
    expect(scripted.get_by_role("heading", level=1)).to_be_hidden()
    assert scripted.title() == "\N{HORIZONTAL ELLIPSIS}"


def test_leaving_clears_what_the_browser_holds(leaving_base: str, weather: str, scripted: Page) -> None:
    _writing(scripted, leaving_base)
    scripted.evaluate(
        """async () => {
            localStorage.setItem("a", "b"); sessionStorage.setItem("a", "b");
            const cache = await caches.open("x"); await cache.put("/x", new Response("y"));
            await new Promise((done) => {
                const opened = indexedDB.open("d", 1);
                opened.onsuccess = () => { opened.result.close(); done(); };
            });
        }"""
    )
    scripted.locator(".govuk-exit-this-page__button").click()
    scripted.wait_for_url(weather)
    scripted.goto(f"{leaving_base}/report/")
    held = scripted.evaluate(
        """async () => [
            localStorage.length, sessionStorage.length,
            (await caches.keys()).length, (await indexedDB.databases()).length,
        ]"""
    )
    assert held == [0, 0, 0, 0]


def test_a_page_that_the_browser_kept_whole_is_not_shown_again(leaving_base: str, scripted: Page) -> None:
    person = _writing(scripted, leaving_base)
    here = scripted.url
    scripted.context.clear_cookies()
    with scripted.expect_navigation():
        scripted.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert scripted.url.endswith("/report/nothing/") and scripted.url != here
    assert person.question is None


def test_a_word_comes_before_the_time_is_over(leaving_base: str, scripted: Page) -> None:
    scripted.clock.install()
    _writing(scripted, leaving_base)
    scripted.clock.fast_forward(56 * 60 * 1000)
    warning = scripted.get_by_role("alert").filter(has_text="In 5 minutes this page closes")
    expect(warning).to_be_visible()
    scripted.get_by_role("button", name="Stay on this page").click()
    expect(scripted.get_by_text("You have another 60 minutes.")).to_be_visible()
    scripted.clock.fast_forward(61 * 60 * 1000)
    scripted.wait_for_url("**/report/nothing/")
    assert STORY not in scripted.content()
