"""Why a product differs between two editions, as sentences in the reader's language."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from bluelamp.index.domain import reasons
from bluelamp.index.domain.reasons import Reason
from bluelamp.ui.labels import BANDS, category_singular


def reason_words(reason: Reason, *, number: str) -> str:
    """Why a product differs from edition `number`, as a sentence."""
    values: dict[str, int | str] = {"n": reason.count, "months": month_words(reason.months), "number": number}
    n = reason.count
    match reason.code:
        case reasons.NEW:
            text = ngettext("%(n)s new confirmed date, in %(months)s.", "%(n)s new confirmed dates, in %(months)s.", n)
        case reasons.LATE:
            text = ngettext(
                "%(n)s date, in %(months)s, that its sources told only after edition %(number)s.",
                "%(n)s dates, in %(months)s, that their sources told only after edition %(number)s.",
                n,
            )
        case reasons.CAME_FROM:
            text = ngettext(
                "%(n)s date, in %(months)s, that edition %(number)s had under another product: the catalogue changed.",
                "%(n)s dates, in %(months)s, that edition %(number)s had under another product: the catalogue changed.",
                n,
            )
        case reasons.LEFT:
            text = ngettext(
                "%(n)s date, in %(months)s, lies before the period now.",
                "%(n)s dates, in %(months)s, lie before the period now.",
                n,
            )
        case reasons.REMOVED:
            text = ngettext(
                "%(n)s date, in %(months)s, is no longer in the evidence: its entry was taken back or placed "
                "elsewhere.",
                "%(n)s dates, in %(months)s, are no longer in the evidence: their entries were taken back or placed "
                "elsewhere.",
                n,
            )
        case reasons.WENT_TO:
            text = ngettext(
                "%(n)s date, in %(months)s, counts for another product now: the catalogue changed.",
                "%(n)s dates, in %(months)s, count for another product now: the catalogue changed.",
                n,
            )
        case reasons.COUNTED_MORE:
            text = ngettext(
                "%(n)s date more, because of how what sources saw is put together.",
                "%(n)s dates more, because of how what sources saw is put together.",
                n,
            )
        case reasons.COUNTED_LESS:
            text = ngettext(
                "%(n)s date fewer, because of how what sources saw is put together.",
                "%(n)s dates fewer, because of how what sources saw is put together.",
                n,
            )
        case _:
            return _other_words(reason, values)
    return text % values


def _other_words(reason: Reason, values: dict[str, int | str]) -> str:
    n = reason.count
    if reason.code in reasons.MORE and not n:
        return gettext("Edition %(number)s did not show it.") % values
    match reason.code:
        case reasons.FIRST_NAMED:
            text = ngettext(
                "Named for the first time, with %(n)s confirmed date, in %(months)s.",
                "Named for the first time, with %(n)s confirmed dates, in %(months)s.",
                n,
            )
        case reasons.NAMED_AGAIN:
            text = ngettext(
                "Named again, with %(n)s confirmed date, in %(months)s; edition %(number)s did not name it.",
                "Named again, with %(n)s confirmed dates, in %(months)s; edition %(number)s did not name it.",
                n,
            )
        case reasons.NOT_SHOWN:
            text = gettext("It is no longer shown.")
        case reasons.RENAMED:
            text = gettext("Edition %(number)s named it “%(before)s”.")
        case reasons.KIND:
            text = gettext("Its kind was “%(before)s” and is “%(after)s” now.")
        case reasons.BAND:
            text = gettext("The band went from “%(before)s” to “%(after)s”.")
        case reasons.BAND_METHOD:
            text = gettext("The band went from “%(before)s” to “%(after)s”: the method changed.")
        case _:
            text = gettext(
                "The band went from “%(before)s” to “%(after)s” with as many dates of its own as before: the estimate "
                "also learns from other products of its kind, and theirs changed."
            )
    return text % {**values, "before": _named(reason, reason.before), "after": _named(reason, reason.after)}


def month_words(months: Sequence[str]) -> str:
    """Calendar months ("2026-05") as they are read: each up to three, else the first and the last."""
    names = [date_format(date.fromisoformat(f"{month}-01"), "F Y") for month in months]
    if len(names) > 3:
        return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


def _named(reason: Reason, code: str) -> str:
    if reason.code == reasons.RENAMED:
        return code
    return str(category_singular(code) if reason.code == reasons.KIND else BANDS.get(code, code))
