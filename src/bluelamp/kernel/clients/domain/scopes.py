"""What a program can be allowed to do. A key opens nothing that its client's scopes do not name."""

SCOPES = {
    "reports:send": "Send reports",
    "reports:status": "Ask for the state of a report whose words it holds",
    "reports:read-own": "List the reports that it sent itself: reference, state and day",
}
# Reports of a sandbox are marked as tests from the first row on: nobody works on them, nothing is published of them.
ORIGINS = ("live", "test")
