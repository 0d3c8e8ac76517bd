"""Parts of pages that need code: pictures of figures, each with its text, and the language switch."""

from collections.abc import Sequence

from django import template
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
_LINE_WIDTH, _LINE_HEIGHT = 144, 28
_BAR_WIDTH = 160


@register.simple_tag
def evidence_line(monthly: Sequence[int]) -> SafeString:
    """A bar a month, oldest first, as SVG; its title says the number in words."""
    step = _LINE_WIDTH / max(len(monthly), 1)
    most = max([*monthly, 3])
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" class="bl-bar"/>',
        (
            (
                f"{i * step + 0.5:.1f}",
                f"{_LINE_HEIGHT - 1 - n / most * 25:.1f}",
                f"{step - 1:.1f}",
                f"{n / most * 25:.1f}",
            )
            for i, n in enumerate(monthly)
            if n
        ),
    )
    total = sum(monthly)
    text = ngettext("%(n)s date in 24 months", "%(n)s dates in 24 months", total) % {"n": total}
    return format_html(
        '<svg class="bl-line" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<line x1="0" y1="{}" x2="{}" y2="{}" class="bl-axis"/>{}</svg>',
        _LINE_WIDTH,
        _LINE_HEIGHT,
        _LINE_WIDTH,
        _LINE_HEIGHT,
        text,
        _LINE_HEIGHT - 0.5,
        _LINE_WIDTH,
        _LINE_HEIGHT - 0.5,
        bars,
    )


@register.simple_tag
def interval_bar(low: float, middle: float, high: float, most: float) -> SafeString:
    """An interval on a scale from 0 to `most`, as SVG; its label gives the numbers."""
    scale = _BAR_WIDTH / max(most, high, 0.001)
    label = _("between %(low).2f and %(high).2f a year") % {"low": low, "high": high}
    return format_html(
        '<svg class="bl-interval" viewBox="0 0 {} 16" width="{}" height="16" role="img" aria-label="{}">'
        '<line x1="0" y1="8" x2="{}" y2="8" class="bl-axis"/><line x1="{}" y1="8" x2="{}" y2="8" class="bl-range"/>'
        '<circle cx="{}" cy="8" r="3.5" class="bl-middle"/></svg>',
        _BAR_WIDTH,
        _BAR_WIDTH,
        label,
        _BAR_WIDTH,
        f"{low * scale:.1f}",
        f"{high * scale:.1f}",
        f"{middle * scale:.1f}",
    )


@register.simple_tag(takes_context=True)
def same_page_in(context: template.Context, language: str) -> str:
    """The address of this page in another language, with the same query."""
    request: HttpRequest = context["request"]
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's query with some values changed; an empty value leaves it out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"
