"""Reports without a connection, in a browser: kept, changed, sent once; and nothing kept where somebody may look."""

import pytest
from lossy_line import LossyLine, cut, mend
from offline_writer import (
    PATH,
    PLAIN,
    SHELF,
    answer,
    begin,
    fill,
    go_on,
    heading,
    open_app,
    question_of,
    send,
    states,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHECK = SHELF.by_id["check"].wording["en"].label


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
