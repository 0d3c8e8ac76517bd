"""What can be done with reports."""

from bluelamp.kernel.people.domain.actions import Action

BEHALF = Action("reports.send-on-behalf", "Report for people whom one's own organisation supports", personal_data=True)
OWN = Action("reports.see-own", "See what one's own organisation sent: reference, state and day")

ACTIONS = (BEHALF, OWN)
