"""People at the pages of a report, in a browser, with and without scripts, on a phone and at a desk (rule 55)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from report_person import NOT_SURE, Person

from bluelamp.reporting.domain.question import Question

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"phone": (360, 740), "desk": (1280, 900)}
WAYS = {f"{name}, scripts {'on' if on else 'off'}": (on, size) for name, size in SIZES.items() for on in (False, True)}
ALONE = {"danger": "no", "seen-by": "no", "urgent": "none"}
PERSONAS: dict[str, dict[str, str]] = {
    "stressed victim": {
        **{"danger": "yes", "seen-by": "no", "urgent": "none", "what-happened": "phone-stolen sextortion"},
        **{"threats": "yes", "affected": "phone", "device": "iPhone 7", "device-numbers": "skip", "still-in": NOT_SURE},
        **{"story": "gone help", "when": NOT_SURE, "where": "place", "lost": "things money", "money": NOT_SURE},
        **{"who-details": "skip", "contact-choice": "named", "contact-safe": "yes"},
    },
    "low literacy": dict.fromkeys(("danger", "seen-by", "go-on", "urgent"), NOT_SURE),
    "small business": {
        **ALONE,
        **{"urgent": "attack-now", "what-happened": "ransomware", "affected": "computer", "when": "about"},
        **{"where": "online", "nation": "england", "lost": "access details", "for-whom": "organisation"},
        **{"organisation": "Corner Shop Ltd", "contact-choice": "confidential", "contact-safe": "yes"},
    },
    "carer": {
        **ALONE,
        **{"what-happened": "phishing", "affected": "account bank", "when": "between", "lost": "money details"},
        **{"bank-told": "no", "for-whom": "other", "they-know": "yes", "contact-choice": "named"},
    },
    "survivor on a shared phone": {"danger": "no", "seen-by": "yes", "go-on": "here", "who-known": "partner"},
}


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> tuple[bool, tuple[int, int]]:
    return WAYS[request.param]


@pytest.fixture
def scripts(way: tuple[bool, tuple[int, int]]) -> bool:
    return way[0]


@pytest.fixture
def size(way: tuple[bool, tuple[int, int]]) -> tuple[int, int]:
    return way[1]


@pytest.fixture
def context(browser: Browser, scripts: bool, size: tuple[int, int]) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts)
    # Nothing leaves this machine: the site behind "Exit this page" is played here.
    made.route(
        "https://www.bbc.co.uk/**", lambda route: route.fulfill(body="<h1>Weather</h1>", content_type="text/html")
    )
    yield made
    made.close()


@pytest.mark.parametrize("name", list(PERSONAS))
def test_everybody_gets_to_a_sent_report(base: str, context: BrowserContext, name: str, size: tuple[int, int]) -> None:
    plan = PERSONAS[name]
    everything = dict.fromkeys(_all_questions(), NOT_SURE) if name == "low literacy" else {}
    person = Person(context.new_page(), base, {**everything, **plan}).begin()

    def look(page: Page, question: Question) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.locator(".govuk-exit-this-page__button")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], question.id

    person.until(look=look)
    assert person.page.url.endswith("/report/sent/"), person.seen
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Your report is sent")
    assert re.search(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}", person.page.get_by_role("main").inner_text())
    assert len(person.words()) == 6
    helped = {"stressed victim": "danger-help", "low literacy": "helplines", "small business": "attack-help"}
    helped |= {"carer": "tell-bank", "survivor on a shared phone": "close-help"}
    if name in helped and helped[name] in _all_questions():
        assert helped[name] in person.seen
    if name == "survivor on a shared phone":
        assert not {"contact-choice", "contact"} & set(person.seen)
        expect(person.page.get_by_text("Keep them where nobody looks")).to_be_visible()


def test_the_welsh_way(base: str, context: BrowserContext) -> None:
    person = Person(context.new_page(), base, {**ALONE, "what-happened": "account-hacked"}, language="cy").begin()
    person.until("check")
    expect(person.page.locator("html")).to_have_attribute("lang", "cy")
    person.until()
    assert person.page.url.endswith("/cy/report/sent/")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Mae eich adroddiad wedi'i anfon")


def test_the_language_changes_in_the_middle_and_answers_stay(base: str, context: BrowserContext) -> None:
    person = Person(context.new_page(), base, {**ALONE, "what-happened": "account-hacked"}).begin().until("affected")
    person.page.get_by_role("link", name="Cymraeg").click()
    assert person.question is not None and person.question.id == "affected"
    person.language = "cy"
    person.page.get_by_role("link", name="Yn ôl", exact=True).click()
    expect(person.page.get_by_role("textbox")).to_have_value("He wrote to me, twice.")


def test_a_screen_reader_hears_names_roles_and_errors_in_order(
    base: str, context: BrowserContext, scripts: bool
) -> None:
    person = Person(context.new_page(), base, {**ALONE, "when": "exact"}).begin()
    page = person.page
    expect(page.get_by_role("group", name="Is anybody in danger right now?")).to_be_visible()
    expect(page.get_by_role("radio", name="Yes", exact=True)).not_to_be_checked()
    order = []
    for _ in range(6):
        page.keyboard.press("Tab")
        order.append(page.locator(":focus").inner_text().strip())
    assert order[:3] == ["Exit this page", "Skip to main content", "Bluelamp"], order
    person.press(person.say("continue"))
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_contain_text("There is a problem")
    if scripts:
        expect(page.locator("[data-summary]")).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_focused()
    asked = page.get_by_role("group", name="Is anybody in danger right now?")
    expect(asked).to_have_accessible_description(re.compile("Error: .*Choose one answer"))
    person.until("when-day")
    expect(page.get_by_role("group", name="Which day was it?")).to_be_visible()
    for name in ("Day", "Month", "Year"):
        expect(page.get_by_role("textbox", name=name, exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Day").fill("31")
    page.get_by_role("textbox", name="Month").fill("June")
    page.get_by_role("textbox", name="Year").fill("2026")
    person.press(person.say("continue"))
    expect(page.get_by_role("textbox", name="Month")).to_have_value("June")
    expect(page.get_by_role("alert").first).to_contain_text("Enter a real day")
    person.until("check")
    change = page.get_by_role("link", name="Change Which day was it?")
    expect(change).to_be_visible()
    change.click()
    expect(page.get_by_role("textbox", name="Day")).to_have_value("27")


def test_the_picker_of_devices(base: str, context: BrowserContext, scripts: bool) -> None:
    plan = {**ALONE, "what-happened": "camera-accessed", "affected": "camera"}
    person = Person(context.new_page(), base, plan).begin().until("device")
    page, main = person.page, person.page.get_by_role("main")
    if scripts:
        box = main.get_by_role("combobox", name="Which device is it?")
        expect(box).to_have_attribute("aria-expanded", "false")
        box.press_sequentially("ring doorbell")
        # The first search of a process builds its index.
        expect(box).to_have_attribute("aria-expanded", "true", timeout=25_000)
        expect(main.get_by_role("option").first).to_be_visible()
        box.press("ArrowDown")
        chosen = main.get_by_role("option", selected=True)
        expect(chosen).to_have_count(1)
        assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        name = chosen.inner_text()
        box.press("Enter")
        expect(box).to_have_value(name)
        expect(main.get_by_role("listbox")).to_be_hidden()
        box.press_sequentially("x")
        box.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        box.fill("ring doorbell")
        main.get_by_role("option").first.click()
    else:
        main.get_by_role("textbox", name="Which device is it?").fill("ring doorbell")
        person.press("Find in the list")
        expect(main.get_by_role("radio", name="I cannot find it: use my words")).to_be_checked()
        first = main.get_by_role("group", name="Is it one of these?").get_by_role("radio").first
        name = page.locator(f"label[for={first.get_attribute('id')}]").inner_text()
        first.check()
    person.press("Add this and name another device")
    expect(main.get_by_role("listitem")).to_have_count(1)
    main.get_by_label("Another device").fill("old laptop")
    person.press("Add this and name another device")
    expect(main.get_by_role("button", name="Remove old laptop")).to_be_visible()
    main.get_by_role("button", name="Remove old laptop").click()
    expect(main.get_by_text("old laptop")).to_have_count(0)
    person.press(person.say("continue"))
    person.until("check")
    expect(main.get_by_text(name).first).to_be_visible()


def test_save_and_come_back_on_another_device(base: str, context: BrowserContext, browser: Browser) -> None:
    person = Person(context.new_page(), base, {**ALONE, "what-happened": "account-hacked"}).begin().until("affected")
    person.page.get_by_role("link", name="Save and come back later").click()
    person.press("Save and show the words")
    words = person.words()
    elsewhere = browser.new_context(java_script_enabled=False)
    page = elsewhere.new_page()
    page.goto(f"{base}/report/resume/")
    page.get_by_role("textbox", name="What are your six words?").fill(" ".join(words).upper())
    page.get_by_role("button", name="Continue").click()
    again = Person(page, base, person.plan)
    assert again.question is not None and again.question.id == "affected"
    again.until()
    assert page.url.endswith("/report/sent/")
    elsewhere.close()


def _all_questions() -> list[str]:
    from report_answers import SHELF

    return list(SHELF.by_id)
