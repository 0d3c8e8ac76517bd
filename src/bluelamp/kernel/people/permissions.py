"""What can be done with accounts."""

from bluelamp.kernel.people.domain.actions import Action

SEE = Action("people.see", "See accounts, grants and vetting", personal_data=True)
INVITE = Action("people.invite", "Invite a person and send a new sign-in link", personal_data=True)
GRANT = Action("people.grant", "Give and revoke capacities", personal_data=True)
VET = Action("people.vet", "Record vetting", personal_data=True)
CLOSE = Action("people.close", "Close and open accounts", personal_data=True)
ORGANISE = Action("people.organise", "Add organisations")
RESET = Action("people.reset", "Ask for and decide on the removal of a lost second factor", personal_data=True)

ACTIONS = (SEE, INVITE, GRANT, VET, CLOSE, ORGANISE, RESET)
