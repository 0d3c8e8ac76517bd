"""Words for codes on the tracking page: who wrote or looked, and what a post is."""

from django.utils.translation import gettext as _

from bluelamp.ui.labels import CAPACITIES


def roles() -> dict[str, str]:
    """Who did something, by the role of a step, a post or a look: never a name."""
    return {
        **{code: str(label) for code, label in CAPACITIES.items()},
        "reporter": _("You"),
        "words-only": _("Somebody with your six words"),
        "system": _("Our program"),
        "": _("The police"),
    }


def posts() -> dict[str, str]:
    """What a post is, by its kind."""
    return {
        "message": _("Message"),
        "addition": _("Addition"),
        "correction": _("Correction"),
        "withdrawal": _("Taking it back"),
        "complaint": _("Complaint"),
        "question": _("A question for you"),
        "answer": _("An answer for you"),
        "decision": _("The decision and its reason"),
        "helped": _("Your report helped"),
    }
