"""Profiles: what one process of the program does. Data only; a test holds that every address is in one room.

A profile lets the same program run in separate networks: what a process does not serve, it does not answer.
"""

from dataclasses import dataclass

# Rooms of addresses, by how the names of their views begin.
ROOMS: dict[str, tuple[str, ...]] = {
    "public": ("index:", "advice:", "report:", "many:", "api-1:", "report-api:", "open311:"),
    "staff": ("desk:", "triage:", "behalf:", "account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_"),
    "health": ("running:",),
}


@dataclass(frozen=True)
class Profile:
    """The rooms of addresses that a process answers (none: no web server), and whether it works on the outbox."""

    name: str
    rooms: frozenset[str]
    works: bool
    meaning: str

    @property
    def serves(self) -> bool:
        """Whether there is a web server."""
        return bool(self.rooms)

    @property
    def pages(self) -> bool:
        """Whether there is anything to look at in a browser."""
        return bool(self.rooms - {"health"})


_EVERYTHING = (
    Profile("all", frozenset({"public", "staff", "health"}), True, "everything, on one machine"),
    Profile("public", frozenset({"public", "health"}), False, "public pages and the API; no desk, no sign-in"),
    Profile("desk", frozenset({"public", "staff", "health"}), False, "the desk and sign-in, with the public pages"),
    Profile("ingest", frozenset({"health"}), False, "nothing yet but its health: sensors come later"),
    Profile("evidence", frozenset({"health"}), False, "nothing yet but its health: evidence files come later"),
    Profile("work", frozenset(), True, "delivers events and runs scheduled jobs; no web server"),
)
PROFILES: dict[str, Profile] = {profile.name: profile for profile in _EVERYTHING}


def room_of(*, view_name: str) -> str:
    """The room that an address belongs to, by the name of its view; "" where it is in none, and so in no profile."""
    return next((room for room, starts in ROOMS.items() if view_name.startswith(starts)), "")
