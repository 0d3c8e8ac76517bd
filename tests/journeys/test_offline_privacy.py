"""Reports without a connection, in a browser: nothing is kept where somebody may look, and leaving clears it all."""

import pytest
from lossy_line import LossyLine, cut, mend
from offline_writer import (
    ELSEWHERE,
    NOTHING,
    PATH,
    SHELF,
    answer,
    begin,
    fill,
    go_on,
    heading,
    kept,
    open_app,
    send,
    states,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHECK = SHELF.by_id["check"].wording["en"].label


def leave_to(page: Page, base: str) -> Page:
    """A page of the same origin that keeps nothing itself, to look at what is left."""
    page.goto(f"{base}/healthz")
    return page


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
