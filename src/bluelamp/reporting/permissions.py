"""What may be done in reporting; the project's table says by whom."""

from bluelamp.kernel.people.domain.actions import Action

SEE_FIGURES = Action("reporting.see-figures", "See public figures before they are published")
CHECK_FIGURES = Action("reporting.check-figures", "Check the public figures of a quarter")
PUBLISH_FIGURES = Action("reporting.publish-figures", "Publish figures that somebody else checked")
SEE_BENEFITS = Action("reporting.see-benefits", "See how long decisions take and what the service saves")

ACTIONS = (SEE_FIGURES, CHECK_FIGURES, PUBLISH_FIGURES, SEE_BENEFITS)
