"""What can be done with reports at the desk. Every action is asked for within the scope of the report."""

from bluelamp.kernel.people.domain.actions import Action

QUEUE = Action("reporting.queue", "See the queue: codes and times, nothing that a reporter wrote")
READ = Action("reporting.read", "Read what a reporter wrote", personal_data=True)
READ_SAFETY = Action(
    "reporting.read-safety", "Read the safety part, and reports with possible pictures of children", personal_data=True
)
READ_CONTACT = Action("reporting.read-contact", "Read how to reach a reporter", personal_data=True)
NOTE = Action("reporting.note", "Write a note that no reporter sees", personal_data=True)
ASSIGN = Action("reporting.assign", "Take, give and put back reports")
DECIDE = Action("reporting.decide", "Decide, with a reason that the reporter reads", personal_data=True)
RECORD = Action("reporting.record", "Record and cancel crimes", personal_data=True)
HAND_OVER = Action("reporting.hand-over", "Hand reports over, and acknowledge them", personal_data=True)
LINK = Action("reporting.link", "Link reports, and decide campaigns", personal_data=True)
DISCLOSE = Action("reporting.disclose", "Give parts of a report to an organisation", personal_data=True)
DUTY = Action("reporting.duty", "Be on duty: acknowledge danger, and say what was done")
REVIEW = Action("reporting.review", "Review what was kept: keep it with a reason, or erase it", personal_data=True)
WRITE = Action("reporting.write", "Write to a reporter", personal_data=True)
SEE_FIGURES = Action("reporting.see-figures", "See public figures before they are published")
CHECK_FIGURES = Action("reporting.check-figures", "Check the public figures of a quarter")
PUBLISH_FIGURES = Action("reporting.publish-figures", "Publish figures that somebody else checked")
SEE_BENEFITS = Action("reporting.see-benefits", "See how long decisions take and what the service saves")
BEHALF = Action(
    "reporting.send-on-behalf", "Report for people whom one's own organisation supports", personal_data=True
)
OWN = Action("reporting.see-own", "See what one's own organisation sent: reference, state and day")

ACTIONS = (
    BEHALF,
    OWN,
    SEE_FIGURES,
    CHECK_FIGURES,
    PUBLISH_FIGURES,
    SEE_BENEFITS,
    QUEUE,
    READ,
    READ_SAFETY,
    READ_CONTACT,
    NOTE,
    ASSIGN,
    DECIDE,
    RECORD,
    HAND_OVER,
    LINK,
    DISCLOSE,
    DUTY,
    REVIEW,
    WRITE,
)
