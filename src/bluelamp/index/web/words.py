"""Words for the rules of replies, for corrections and for the back-test, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from bluelamp.index.domain.replies import LEAST_CHARACTERS, MOST_CHARACTERS, Broken
from bluelamp.ui.labels import Label

REPLY_RULES: dict[str, Label] = {
    "too-short": _("It says something: at least 20 characters."),
    "too-long": _("It is no longer than 3,000 characters."),
    "link": _("It holds no web addresses."),
    "contact": _("It holds no e-mail addresses or telephone numbers."),
    "markup": _("It is plain text."),
    "control": _("It holds no hidden characters."),
    "off-topic": _("It is about this product and the evidence shown."),
    "advertising": _("It does not advertise, and names no prices."),
    "persons": _("It names no persons and accuses nobody."),
    "helps-attackers": _("It does not help attackers."),
    "unlawful": _("It breaks no law."),
}
assert (LEAST_CHARACTERS, MOST_CHARACTERS) == (20, 3000)  # noqa: S101 - the sentences here say so

# What the maker must do where a reply breaks a rule of form.
REPLY_PROBLEMS: dict[str, Label] = {
    "too-short": _("Write at least 20 characters; now there are %(what)s."),
    "too-long": _("Shorten the reply to 3,000 characters; now there are %(what)s."),
    "link": _("Take out the web address “%(what)s”."),
    "contact": _("Take out the e-mail address or telephone number “%(what)s”."),
    "markup": _("Take out the markup “%(what)s”: write plain text."),
    "control": _("Take out the hidden characters: type the text anew where you pasted it."),
}


def reply_problem(broken: Broken) -> str:
    """What to do about one rule of form that a reply breaks."""
    return str(REPLY_PROBLEMS[broken.rule]) % {"what": broken.what}


CHANGES: dict[str, Label] = {"new": _("came in"), "gone": _("was taken out"), "changed": _("changed")}
FIELDS: dict[str, Label] = {
    "product_name": _("name"),
    "maker_name": _("maker"),
    "category": _("kind"),
    "dates": _("dates in the period"),
    "dates_before": _("dates in the period before"),
    "dates_ever": _("dates since the evidence begins"),
    "rate": _("dates a year"),
    "shrunk": _("estimate"),
    "low": _("lower end of the interval"),
    "high": _("upper end of the interval"),
    "jeffreys_low": _("lower end, counted alone"),
    "jeffreys_high": _("upper end, counted alone"),
    "band": _("band"),
    "rank_low": _("best rank"),
    "rank_high": _("worst rank"),
    "trend": _("trend"),
    "trend_low": _("lower end of the trend's interval"),
    "trend_high": _("upper end of the trend's interval"),
    "ebgm": _("times the average of its kind"),
    "eb05": _("times the average of its kind, at least"),
    "leaning_on": _("source that it rests on most"),
    "dates_without": _("dates without that source"),
    "base_dates": _("dates in the base edition's period"),
    "since_base": _("dates since the base edition's period"),
    "base_trend": _("trend since the base edition"),
    "base_low": _("lower end of that trend's interval"),
    "base_high": _("upper end of that trend's interval"),
    "first_seen": _("first date"),
    "last_seen": _("newest date"),
    "crimes": _("recorded crimes"),
    "crime_rate": _("recorded crimes per 1,000 in use and year"),
    "crime_low": _("lower end of the crimes' interval"),
    "crime_high": _("upper end of the crimes' interval"),
    "crime_ratio": _("recorded crimes, times the average of its kind"),
}
STATUSES: dict[str, Label] = {
    "specimen": _("specimen"),
    "draft": _("draft"),
    "published": _("published"),
    "replaced": _("replaced by a correction"),
    "withdrawn": _("withdrawn"),
}

# Name and meaning of each metric of the back-test that has a plot.
METRICS: dict[str, tuple[Label, Label]] = {
    "ap": (
        _("Order of the whole list (AUC-PR)"),
        _("How far up the whole list those stand that were listed within a year; 1 is a perfect order."),
    ),
    "ndcg100": (
        _("Order of the first 100 (NDCG@100)"),
        _("How many of the first 100 were listed within a year, and how far up; 1 is a perfect order."),
    ),
    "cold_recall500": (
        _("Newcomers found among the first 500"),
        _("Of the products that were listed for the first time ever, the share that stood in the first 500 of such."),
    ),
}
