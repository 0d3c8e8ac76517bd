"""What a reason must have so that others understand it later: "ok" says nothing."""

LEAST_REASON = 10
SHORT_REASON = "The reason is too short: write at least 10 characters that others will understand later."
