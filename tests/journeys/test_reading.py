"""What axe does not see: words squeezed into columns of a letter, plots too pale, sheets of paper wasted."""

import pytest
from addresses import PAGES
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
_TABLES = (
    "home", "table", "table, whole time", "category", "product", "product confirmed before the period", "maker",
    "methods", "compare", "data", "editions", "reports in figures",
)  # fmt: skip
# Cells with digits, in which a word takes more than one line: its letters stand one under the other.
_BROKEN = """() => [...document.querySelectorAll('table td, table th')]
.filter(c => c.checkVisibility() && /[0-9]/.test(c.innerText))
.flatMap(cell => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility({visibilityProperty: true})) continue;
    for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
      if (lines.size > 1) found.push(word[0] + ' in ' + cell.outerHTML.slice(0, 120));
    }
  }
  return found;
})"""
# Parts of plots that carry what is told, and what they stand on: WCAG 1.4.11 asks for 3 to 1.
_CONTRASTS = """() => {
  const light = text => {
    const [r, g, b] = text.match(/[0-9.]+/g).map(Number).map(v => v / 255).map(
      v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = node => {
    for (let n = node; n; n = n.parentElement) {
      const colour = getComputedStyle(n).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const found = [];
  const parts = '.bl-months__bar, .bl-months__base, .bl-interval__span, .bl-interval__middle, .bl-interval__axis, '
    + '.bl-whiskers__first, .bl-whiskers__second, .bl-whiskers__axis';
  for (const part of document.querySelectorAll(parts)) {
    const style = getComputedStyle(part), colour = style.stroke !== 'none' ? style.stroke : style.fill;
    const kind = part.getAttribute('class'), is = ratio(colour, ground(part.closest('svg')));
    if (is < 3) found.push(kind + ' ' + is.toFixed(2));
  }
  const span = document.querySelector('.bl-interval__span'), middle = document.querySelector('.bl-interval__middle');
  if (span && ratio(getComputedStyle(span).fill, getComputedStyle(middle).stroke) < 3) found.push('middle on its bar');
  return [...new Set(found)];
}"""


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_no_word_in_a_table_is_broken(browser: Browser, base: str, prefix: str) -> None:
    for width in (320, 360, 768, 1280):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        broken = []
        for name in _TABLES:
            page.goto(base + PAGES[name] % prefix)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            broken += [f"{name} at {width}: {word}" for word in page.evaluate(_BROKEN)]
        context.close()
        assert not broken, "\n".join(broken[:20])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_stand_out(browser: Browser, base: str, scheme: str) -> None:
    dark = scheme == "dark"
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    for name in ("product", "methods", "table", "table, whole time", "maker"):
        page.goto(base + PAGES[name] % "")
        assert page.evaluate(_CONTRASTS) == [], name
        plot = page.locator(".bl-plot")
        if dark and plot.count():
            assert plot.evaluate("n => getComputedStyle(n).backgroundColor") == "rgb(27, 35, 48)", "no glaring block"
    context.close()


def test_paper_has_the_plot_and_the_years_and_no_addresses_within_the_site(page: Page, base: str) -> None:
    page.goto(base + PAGES["product"] % "")
    page.emulate_media(media="print")
    assert page.locator(".bl-plot").is_visible() and page.locator(".bl-years").is_visible()
    assert not page.locator(".bl-folded").is_visible()
    assert page.locator(".bl-years tr").first.evaluate("n => getComputedStyle(n).display") == "table-row"
    printed = page.evaluate(
        "[...document.querySelectorAll('main a[href^=\"/\"]')].map(a => getComputedStyle(a, '::after').content)"
    )
    assert printed and set(printed) == {"none"}
