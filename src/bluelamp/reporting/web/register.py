"""The public register of models: what each is for, whether it is on here, and how often it is wrong (RED-LINES 11)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bluelamp.reporting.domain.register import ModelEntry
from bluelamp.reporting.facts import model_register
from bluelamp.reporting.operations.danger_reading import is_reading
from bluelamp.ui.labels import Label

GROUPS: dict[str, Label] = {
    "all": _("All"),
    "language-en": _("English"),
    "language-cy": _("Welsh"),
    "length-short": _("Short texts"),
    "length-middle": _("Texts of middle length"),
    "length-long": _("Long texts"),
    "group-plain": _("Plain writing"),
    "group-typos": _("Typing errors"),
    "group-no-accents": _("No accents"),
    "group-second-language": _("Written in a second language"),
    "group-texting": _("Written like a text message"),
}
TOPICS: dict[str, Label] = {
    "at-the-door": _("Somebody at the door"),
    "attack-threat": _("A threat of attack"),
    "child": _("A child in danger"),
    "followed": _("Being followed"),
    "held": _("Being held"),
    "self-harm": _("Harming oneself"),
    "threat-to-kill": _("A threat to kill"),
    "violence-at-home": _("Violence at home"),
    "weapon": _("A weapon"),
}


@gzip_page
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Every model of the register."""
    language = "cy" if get_language() == "cy" else "en"
    return render(request, "register/models.html", {"models": [_shown(m, language) for m in model_register().values()]})


def _shown(entry: ModelEntry, language: str) -> dict[str, Any]:
    errors = [(GROUPS[name], _percent(e.recall), _percent(e.false), e.reports) for name, e in entry.errors.items()]
    unseen = [(TOPICS[name], _percent(recall), _percent(false)) for name, (recall, false) in entry.unseen.items()]
    texts = {name: getattr(entry, name)[language] for name in ("purpose", "data", "limits")}
    return {"entry": entry, "is_on": is_reading(), "errors": errors, "unseen": unseen, **texts}


def _percent(share: float) -> str:
    return f"{share:.0%}"
