"""What can be done at the desk with the kernel's own records."""

from bluelamp.kernel.people.domain.actions import Action

SEARCH_AUDIT = Action("audit.search", "Search the audit log", personal_data=True)
EXPORT_AUDIT = Action("audit.export", "Export the audit log", personal_data=True)
SEE_WORK = Action("outbox.see", "See the queue of work and its dead letters")
MEND_WORK = Action("outbox.mend", "Try a dead letter again or discard it")
SEE_MESSAGES = Action("messages.see", "See how messages fare, and those that went to the sink")

ACTIONS = (SEE_MESSAGES, SEARCH_AUDIT, EXPORT_AUDIT, SEE_WORK, MEND_WORK)
