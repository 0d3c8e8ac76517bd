"""The forms of the desk."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.vetting import LEVELS
from bluelamp.kernel.people.queries import organisation_names
from bluelamp.kernel.places.queries import forces
from bluelamp.ui.labels import CAPACITIES


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def format_value(self, value: Any) -> str | None:
        """What is no day is left out: no browser shows it, and the page would not be valid."""
        written = super().format_value(value)
        try:
            return date.fromisoformat(written).isoformat() if written else None
        except ValueError:
            return None


class DayField(forms.DateField):
    """A day of a year that a person may mean. The last days that a calendar has cannot be reckoned with."""

    def __init__(self, **options: Any) -> None:
        told = _("Enter a year from 2000 to 2199.")
        bounds = [MinValueValidator(date(2000, 1, 1), told), MaxValueValidator(date(2199, 12, 31), told)]
        super().__init__(widget=_Day(), validators=bounds, **options)


class InviteForm(forms.Form):
    """A person to invite."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Work e-mail address"), max_length=254)


class OrganisationForm(forms.Form):
    """An organisation to add."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=200)


class GrantForm(forms.Form):
    """A capacity to give."""

    capacity = forms.ChoiceField(label=_("Capacity"), choices=[("", _("Choose")), *CAPACITIES.items()])
    scope = forms.ChoiceField(label=_("For"))
    purpose = forms.CharField(
        label=_("What it is for"), help_text=_("It stands beside everything done in this capacity."), max_length=200
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To, that day included"))

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"starts_on": today, "ends_on": today + timedelta(days=364)})
        places = [(f"force:{f.slug}", f.name) for f in forces()]
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        scope.choices = [("national", _("the whole country")), *places, *sorted(organisation_names().items())]


class VettingForm(forms.Form):
    """A clearance to record."""

    level = forms.ChoiceField(label=_("Level"), choices=list(LEVELS.items()))
    expires_on = DayField(label=_("Expires on"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class ResetForm(forms.Form):
    """How the asker knows who is asking."""

    how_known = forms.CharField(
        label=_("How did you make sure who is asking?"),
        help_text=_("For example: in person with warrant card; called back on the number in the force directory."),
        max_length=200,
    )


class AuditForm(forms.Form):
    """What to look for in the audit log."""

    actor = forms.CharField(label=_("Who (id)"), max_length=100, required=False)
    action = forms.CharField(
        label=_("Action"), help_text=_("people. finds all that begin so"), max_length=100, required=False
    )
    subject = forms.CharField(label=_("About (id)"), max_length=200, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", _("Any")), ("done", _("Done")), ("refused", _("Refused")), ("failed", _("Failed"))],
        required=False,
    )
    from_day = DayField(label=_("From"), required=False)
    to_day = DayField(label=_("To, that day included"), required=False)
