"""Template tags and filters of the design system: words for codes, numbers, the language switch, plots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms, template
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.template.loader_tags import BlockNode
from django.utils import formats, translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from bluelamp.ui import figures, labels, plots

register = template.Library()
_WELSH = "/cy"


class _Steady(template.Node):
    """See `steady`."""

    child_nodelists = ()

    def __init__(self, nodes: template.NodeList) -> None:
        self._nodes = nodes
        self._kept: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = translation.get_language()
        kept = self._kept.get(language)
        if kept is None:
            empty = template.Context()
            with empty.bind_template(cast("template.Template", context.template)):
                kept = self._kept[language] = self._nodes.render(empty)
        return kept


@register.tag
def steady(parser: template.base.Parser, _token: template.base.Token) -> _Steady:
    """What stands up to `endsteady` is the same for every reader of one language, and is worked out once.

    It is rendered from an empty context, without a request: nothing about a person, a page or a moment can get in.
    """
    nodes = parser.parse(("endsteady",))
    parser.delete_first_token()
    if nodes.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("A block cannot stand in a steady part, because pages fill it differently.")
    return _Steady(nodes)


@register.filter
def band_label(code: str) -> labels.Label:
    """The word for a band."""
    return labels.BANDS.get(code, code)


@register.filter
def band_meaning(code: str) -> labels.Label:
    """What a band means, in one line."""
    return labels.BAND_MEANINGS.get(code, "")


@register.filter
def trend_label(code: str) -> labels.Label:
    """The words for a trend."""
    return labels.TRENDS.get(code, code)


@register.filter
def base_trend_label(code: str) -> labels.Label:
    """The words for a trend since the base edition."""
    return labels.BASE_TRENDS.get(code, code)


@register.filter
def kind_label(code: str) -> labels.Label:
    """The words for a kind of evidence."""
    return labels.KINDS.get(code, code)


@register.filter
def evidence_label(code: str) -> labels.Label:
    """The words for a kind of evidence."""
    return labels.KINDS_OF_EVIDENCE.get(code, code)


@register.filter
def rule_label(code: str) -> labels.Label:
    """The words for a method or a set of dates of the back-test."""
    return labels.BACKTEST.get(code, code)


@register.filter
def group_label(code: str) -> labels.Label:
    """A group's name."""
    return labels.group_label(code)


@register.filter
def category_label(code: str) -> labels.Label:
    """A category's name for one product."""
    return labels.category_singular(code)


@register.filter
def category_plural(code: str) -> labels.Label:
    """A category's name for many products."""
    return labels.category_plural(code)


@register.filter
def capacity_label(code: str) -> labels.Label:
    """The name of a capacity in which people act."""
    return labels.CAPACITIES.get(code, code)


@register.filter
def rate(value: float) -> str:
    """A yearly rate or ratio as ui/figures.py writes it, in the reader's language."""
    return str(formats.number_format(figures.shown(value)))


@register.filter
def day(value: str) -> date:
    """The date of an ISO text, to be written out by `date`."""
    return date.fromisoformat(value)


@register.filter
def unlocal(value: float) -> str:
    """A coordinate as SVG wants it, whatever the language."""
    return repr(value)


@register.filter
def times(value: int, step: int) -> str:
    """A place on a plot of so many steps of one width."""
    return str(value * step)


@register.filter
def item(values: Mapping[str, Any] | None, key: str) -> Any:
    """One value of a mapping by a key that only the template knows; "" where there is none."""
    return (values or {}).get(key, "")


@register.filter
def plain(value: object) -> object:
    """A number to three decimals, anything else as it is."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


@register.filter
def percent(value: float) -> str:
    """A share as a whole percentage without the sign."""
    return f"{value * 100:.0f}"


@register.filter
def span_words(span: timedelta) -> str:
    """A length of time in words, to the unit that matters: minutes, hours or days."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 72:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Whether a field is one box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def styled(field: forms.BoundField) -> SafeString:
    """A field's control in the style of the design system, tied to its hint and its error."""
    classes = {
        forms.Select: "govuk-select",
        forms.Textarea: "govuk-textarea",
        forms.CheckboxInput: "govuk-checkboxes__input",
    }
    name = next((c for kind, c in classes.items() if isinstance(field.field.widget, kind)), "govuk-input")
    about = [f"{field.id_for_label}-hint"] if field.help_text and not is_checkbox(field) else []
    about += [f"{field.id_for_label}-error"] if field.errors else []
    attributes: dict[str, str | bool] = {
        "class": f"{name} {name}--error" if field.errors and name != "govuk-checkboxes__input" else name
    }
    if about:
        attributes["aria-describedby"] = " ".join(about)
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs=attributes)


@register.filter
def plain_hint(text: object) -> str:
    """A help text without markup, as one sentence after another."""
    return " ".join(strip_tags(str(text).replace("</li>", " ")).split())


@register.simple_tag(takes_context=True)
def notices(context: dict[str, Any]) -> list[Any]:
    """What the last page had to say to this reader, once."""
    request = context.get("request")
    return list(messages.get_messages(request)) if request is not None else []


@register.simple_tag(takes_context=True)
def in_language(context: dict[str, Any], code: str) -> str:
    """The address of this same page, with its query, in another language."""
    request = context.get("request")
    path = request.get_full_path() if request is not None else "/"
    if path == _WELSH or path.startswith((f"{_WELSH}/", f"{_WELSH}?")):
        path = path[len(_WELSH) :] or "/"
    path = "/" + path.lstrip("/")
    return f"{_WELSH}{path}" if code == "cy" else path


@register.simple_tag
def serves(room: str) -> bool:
    """Whether this process answers a room of addresses (public, staff), so that no link leads to nothing."""
    return room in settings.BLUELAMP_PROFILE.rooms


@register.simple_tag
def exit_site() -> str:
    """Where "Exit this page" leads."""
    return str(settings.BLUELAMP_EXIT_SITE)


@register.simple_tag
def language_code() -> str:
    """The language of this page, also where there is no request to ask."""
    return (translation.get_language() or "en")[:2]


@register.simple_tag
def month_columns(counts: Sequence[int], step: float = 6, height: float = 24, highest: int = 0) -> plots.Columns:
    """The columns of an evidence line by month or year."""
    return plots.columns(counts=counts, step=step, height=height, highest=highest)


@register.simple_tag
def interval_places(low: float, middle: float, high: float, top: float, threshold: float) -> plots.Interval:
    """Where the interval bar's parts stand."""
    return plots.interval(low=low, middle=middle, high=high, top=top, threshold=threshold)


@register.simple_tag
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """Page numbers around the current page, with an ellipsis for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag
def ellipsis_sign() -> str:
    """What stands for pages left out."""
    return str(Paginator.ELLIPSIS)
