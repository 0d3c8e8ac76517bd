"""What can be done with programs and their keys."""

from bluelamp.kernel.people.domain.actions import Action

SEE = Action("clients.see", "See which programs have keys, and how much they were used")
MANAGE = Action("clients.manage", "Let a program in, give it a new key, shut it out")

ACTIONS = (SEE, MANAGE)
