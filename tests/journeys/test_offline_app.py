"""Reports without a connection, in a browser: kept, changed, sent once; and nothing kept where somebody may look."""

from collections.abc import Iterator

import pytest
from lossy_line import LossyLine
from offline_writer import (
    NOTHING,
    PATH,
    PLAIN,
    SHELF,
    answer,
    begin,
    fill,
    go_on,
    heading,
    kept,
    open_app,
    question_of,
    send,
    states,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHECK = SHELF.by_id["check"].wording["en"].label
ELSEWHERE = "https://www.bbc.co.uk/**"


@pytest.fixture
def line(empty_base: str) -> Iterator[LossyLine]:
    """A line of its own to the server: an origin of its own too, so that nothing is left of another test."""
    made = LossyLine(empty_base)
    yield made
    made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 360, "height": 740})
    made.set_default_timeout(30_000)
    made.route(ELSEWHERE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    expect.set_options(timeout=20_000)
    yield made
    made.close()


def cut(context: BrowserContext, line: LossyLine) -> None:
    line.line.cut = True
    context.set_offline(offline=True)


def mend(context: BrowserContext, line: LossyLine) -> None:
    line.line.cut = False
    context.set_offline(offline=False)


def leave_to(page: Page, base: str) -> Page:
    """A page of the same origin that keeps nothing itself, to look at what is left."""
    page.goto(f"{base}/healthz")
    return page


def test_two_reports_written_without_a_connection_arrive_once_each_though_an_answer_is_lost(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page)
    cut(context, line)
    expect(page.locator("#no-connection")).to_be_visible()
    answer(page, story="The first.")
    send(page)
    assert states(page) == ["waiting"]
    go_on(page, "#new")
    answer(page, story="The second.")
    send(page)
    page.close()

    page = open_app(context, line.base)  # the page itself comes from the device
    assert states(page) == ["waiting", "waiting"]
    go_on(page, "[id^=change-]", place=1)
    assert heading(page) == CHECK
    go_on(page, "#change-story")
    page.locator("#field-value").fill("The second, changed.")
    go_on(page)
    send(page)
    assert states(page) == ["waiting", "waiting"] and not line.line.sent

    line.line.lose = 1
    mend(context, line)
    expect(page.locator("[data-state=sent]")).to_have_count(0)
    while not line.line.answers:
        page.wait_for_timeout(100)
    assert states(page) == ["waiting", "waiting"]  # the answer was lost: the device cannot know
    page.locator("[id^=send_now-]").first.click()
    expect(page.locator(".bl-recovery")).to_be_visible()
    go_on(page, "#to-list")
    expect(page.locator("[data-state=sent]")).to_have_count(2)

    sent, answers = line.line.sent, line.line.answers
    stories = [s["fields"]["story"]["value"][0] for s in sent]
    assert stories == ["The first.", "The first.", "The second, changed."]
    assert [a["status"] for a in answers] == [200] * 3 and sent[0] == sent[1]
    assert answers[0] == answers[1] and answers[0]["reference"] != answers[2]["reference"]
    for number, told in ((0, answers[0]), (1, answers[2])):
        go_on(page, "[id^=show-]", place=number)
        expect(page.locator(".bl-reference")).to_have_text(told["reference"])
        assert page.locator(".bl-recovery li").all_inner_texts() == told["words"]
        go_on(page, "#to-list")
    go_on(page, "[id^=show-]")
    go_on(page, "#noted")
    expect(page.locator(".bl-waiting__item")).to_have_count(1)


def test_what_the_server_cannot_read_comes_back_to_be_changed(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    begin(page)
    cut(context, line)
    answer(
        page, when_day="31 2 2026", where_place="somewhere that no map knows", contact_choice="named", contact="nobody"
    )
    send(page)
    assert states(page) == ["waiting"]
    mend(context, line)
    expect(page.locator("[data-state=refused]")).to_have_count(1)
    go_on(page, "[id^=see_problems-]")
    question = question_of(page)
    assert question and question.id == "when-day"
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#problems")).to_contain_text(SHELF.phrases["en"]["not-a-date"])
    assert page.locator("#field-day").input_value() == "31"  # what was typed is still there
    page.locator("#problems a").click()
    expect(page.locator("#field-day")).to_be_focused()
    page.locator("#field-day").fill("27")
    go_on(page)
    question = question_of(page)
    assert question and question.id == "contact"
    page.locator("#field-email").fill("name@example.com")
    go_on(page)
    answer(page, contact_safe="yes")
    send(page)
    expect(page.locator(".bl-reference")).to_be_visible()
    assert [a["status"] for a in line.line.answers] == [422, 200]


@pytest.mark.parametrize("seen", ["yes", "not-sure"])
def test_nothing_is_kept_for_somebody_who_may_be_watched(context: BrowserContext, line: LossyLine, seen: str) -> None:
    page = open_app(context, line.base)
    assert kept(page) == NOTHING
    begin(page, only_me=False, seen_by=seen)
    expect(page.locator("#usual")).to_have_attribute("href", "/report/")
    expect(page.locator("#only-me")).to_have_count(0)
    assert kept(page) == NOTHING
    page.reload()
    expect(page.locator("#begin")).to_be_visible()
    assert kept(page) == NOTHING and not line.line.sent
    assert not [path for path in line.line.asked if path.endswith("sw.js")]
    page.go_back()
    assert kept(page) == NOTHING


def test_nothing_is_kept_before_only_i_use_this_device_or_where_somebody_else_does(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page, only_me=False)
    expect(page.locator("#only-me")).to_be_visible()
    assert kept(page) == NOTHING and page.locator("link[rel=manifest]").count() == 0
    page.locator("#others-too").click()
    expect(page.locator("#usual")).to_be_visible()
    assert kept(page) == NOTHING


def test_who_says_later_that_somebody_may_look_has_nothing_left_and_can_still_send(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page)
    answer(page)
    assert kept(page)["databases"] == ["bluelamp-report"]
    go_on(page, "#change-seen-by")
    fill(page, SHELF.by_id["seen-by"], "yes")
    go_on(page)
    expect(page.locator("#go-on")).to_be_visible()
    assert kept(page) == NOTHING
    go_on(page, "#go-on")
    answer(page, go_on="here", call_offer="no")
    assert heading(page) == CHECK and kept(page) == NOTHING
    send(page)
    expect(page.locator(".bl-reference")).to_be_visible()
    assert kept(page) == NOTHING and line.line.answers[0]["state"] == "sent"


def test_a_report_about_somebody_close_is_not_kept_and_is_sent_from_the_open_page(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page)
    answer(page, who_known="partner")
    assert heading(page) == CHECK
    expect(page.locator(".bl-offline")).to_contain_text("Nothing of this report is kept")
    other = open_app(context, line.base)
    assert states(other) == []
    other.close()
    cut(context, line)
    page.locator("#send").click()
    expect(page.locator("main .govuk-inset-text")).to_contain_text("Keep this page open")
    mend(context, line)
    expect(page.locator(".bl-reference")).to_be_visible()
    go_on(page, "#noted")
    expect(page.locator("#new")).to_be_visible()
    assert states(page) == [] and len(line.line.sent) == 1


@pytest.mark.parametrize("way", ["button", "three times shift", "delete everything"])
def test_exit_leaves_nothing_in_any_tab(browser: Browser, line: LossyLine, way: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.set_default_timeout(30_000)
    context.route(ELSEWHERE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    page = open_app(context, line.base)
    begin(page)
    answer(page)
    other = open_app(context, line.base)
    assert states(other) == ["writing"]
    page.evaluate("localStorage.setItem('a', '1'); sessionStorage.setItem('b', '2')")
    assert kept(page)["workers"] and kept(page)["caches"]
    if way == "button":
        page.locator("#exit").click()
    elif way == "three times shift":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.goto(line.base + PATH)
        page.get_by_text("Delete everything here", exact=True).click()
        page.locator("#wipe").click()
    page.wait_for_url("https://www.bbc.co.uk/**")
    other.wait_for_url("https://www.bbc.co.uk/**")
    assert kept(leave_to(page, line.base)) == NOTHING
    page.goto(line.base + PATH)
    expect(page.locator("#begin")).to_be_visible()
    context.close()


def test_the_service_worker_keeps_the_page_and_nothing_else(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    page.evaluate("caches.open('bluelamp-report-en-0000000000000000')")
    begin(page)
    answer(page)
    send(page)
    page.goto(f"{line.base}/report/")
    page.goto(f"{line.base}/")
    page.goto(line.base + PATH)
    names = kept(page)["caches"]
    assert len(names) == 1 and names[0] != "bluelamp-report-en-0000000000000000"
    inside = page.evaluate(
        "n => caches.open(n).then((c) => c.keys()).then((r) => r.map((k) => new URL(k.url).pathname))", names[0]
    )
    assert len(inside) == len(set(inside)) > 15
    rest = [p for p in inside if not p.startswith("/static/")]
    assert sorted(p.partition("questions")[0] for p in rest) == [PATH, PATH, f"{PATH}app.webmanifest"]
    assert kept(page)["workers"] == [line.base + PATH]


def test_what_is_kept_is_sealed_and_no_script_can_take_the_key(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    begin(page)
    answer(page, story="A story that nobody may read.")
    look = """async () => {
        const done = (q) => new Promise((r) => { q.onsuccess = () => r(q.result); });
        const db = await done(indexedDB.open("bluelamp-report"));
        const all = (name) => done(db.transaction(name).objectStore(name).getAll());
        const [meta, drafts] = [await all("meta"), await all("drafts")];
        db.close();
        const key = meta.map((m) => m.key).find(Boolean);
        const taken = key ? await crypto.subtle.exportKey("raw", key).then(() => true, () => false) : null;
        const text = drafts.map((d) => new TextDecoder().decode(d.data)).join();
        return { text, fields: drafts.map((d) => Object.keys(d)), taken, wrapped: meta.some((m) => m.wrapped) };
    }"""
    found = page.evaluate(look)
    assert "story" not in found["text"] and found["fields"] == [["id", "iv", "data"]]
    assert found["taken"] is False and found["wrapped"] is False

    page.goto(line.base + PATH)
    page.get_by_text("Protect with a PIN").click()
    page.locator("#first").fill("12345")
    page.locator("#second").fill("12345")
    page.locator("#set-pin").click()
    expect(page.locator("#pin-error")).to_contain_text("at least 6")
    page.locator("#first").fill("135790")
    page.locator("#second").fill("135790")
    page.locator("#set-pin").click()
    expect(page.locator("#remove-pin")).to_have_count(1)
    sealed = page.evaluate(look)
    assert sealed["taken"] is None and sealed["wrapped"] is True

    page.goto(line.base + PATH)
    page.locator("#pin").fill("000000")
    page.locator("#unlock").click()
    expect(page.locator("#problems")).to_be_focused()
    page.locator("#pin").fill("135790")
    go_on(page, "#unlock")
    expect(page.locator(".bl-waiting__item")).to_have_count(1)
    page.locator("[id^=go_on-]").click()
    expect(page.get_by_text("A story that nobody may read.")).to_be_visible()


def test_a_device_that_is_full_says_so_and_the_report_can_still_be_sent(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page)
    page.evaluate(
        """() => {
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...row) {
                if (this.name === "drafts") throw new DOMException("full", "QuotaExceededError");
                return put.apply(this, row);
            };
        }"""
    )
    answer(page)
    expect(page.locator(".bl-offline")).to_contain_text("no space left")
    send(page)
    expect(page.locator(".bl-reference")).to_be_visible()
    assert line.line.answers[0]["state"] == "sent"


def test_what_the_browser_removed_is_told(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    begin(page)
    page.evaluate("new Promise((r) => { const q = indexedDB.deleteDatabase('bluelamp-report'); q.onsuccess = r; })")
    answer(page)
    expect(page.locator(".bl-offline")).to_contain_text("has removed what was kept")
    send(page)
    expect(page.locator(".bl-reference")).to_be_visible()


def test_the_other_language_keeps_what_was_typed(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    begin(page)
    while (question := question_of(page)) and question.id != "story":
        if not question.tells:
            fill(page, question, PLAIN[question.id])
        go_on(page)
    page.locator("#field-value").fill("Half of a")
    page.locator("#other-language").click()
    expect(page.locator("main h1")).to_have_text(SHELF.by_id["story"].wording["cy"].label)
    assert page.locator("#field-value").input_value() == "Half of a"
    assert page.locator("html").get_attribute("lang") == "cy"
    expect(page.locator("#exit")).to_have_text("Gadael y dudalen hon")


def test_without_scripts_the_page_explains_and_leads_to_the_usual_report(browser: Browser, line: LossyLine) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for prefix in ("", "/cy"):
        page.goto(f"{line.base}{prefix}{PATH}")
        assert page.locator("main a").get_attribute("href") == f"{prefix}/report/"
    context.close()


def press_to(page: Page, wanted: str) -> None:
    """Tab on until the element with this id has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way to #{wanted} by keyboard")


def test_a_report_is_written_and_sent_with_the_keyboard_alone(context: BrowserContext, line: LossyLine) -> None:
    page = open_app(context, line.base)
    press_to(page, "begin")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text(SHELF.by_id["danger"].wording["en"].label)
    wanted = {**PLAIN, "when": "not-sure"}
    while heading(page) != CHECK:
        before, question = page.locator("main h1").inner_text(), question_of(page)
        if question is None:
            press_to(page, "only-me")
        elif question.options:
            options = [*question.options, "not-sure"]
            code = wanted.get(question.id, question.options[-1])
            if question.kind == "choice":
                press_to(page, "field-value")
                for _ in range(options.index(code)):
                    page.keyboard.press("ArrowDown")
            else:
                press_to(page, f"field-value-{options.index(code)}" if options.index(code) else "field-value")
            page.keyboard.press("Space")
            press_to(page, "continue")
        elif not question.tells:
            press_to(page, "field-value")
            page.keyboard.type("By keyboard")
            press_to(page, "continue")
        else:
            press_to(page, "continue")
        page.keyboard.press("Enter")
        expect(page.locator("main h1")).not_to_have_text(before)
    press_to(page, "send")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    expect(page.locator(".bl-reference")).to_be_visible()


def test_what_is_changed_while_another_tab_sends_is_neither_sent_twice_nor_lost(
    context: BrowserContext, line: LossyLine
) -> None:
    page = open_app(context, line.base)
    begin(page)
    answer(page)
    go_on(page, "#change-story")
    other = open_app(context, line.base)
    go_on(other, "[id^=go_on-]")
    send(other)
    expect(other.locator(".bl-reference")).to_be_visible()
    page.locator("#field-value").fill("I remember more.")
    go_on(page)
    expect(page.locator(".bl-reference")).to_have_text(line.line.answers[0]["reference"])
    assert page.locator(".bl-recovery li").all_inner_texts() == line.line.answers[0]["words"]
    page.get_by_text("What you have written here").click()
    expect(page.get_by_text("I remember more.")).to_be_visible()
    assert len(line.line.sent) == 1
