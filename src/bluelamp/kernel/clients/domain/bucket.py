"""How often a program may ask: a bucket of tokens that fills with time (RFC 2698 names the idea)."""

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Bucket:
    """`tokens` at the time `at`. It holds as many as come in a minute, so that a quiet minute can be made up for."""

    tokens: float
    at: datetime
    per_minute: int

    def take(self, cost: int, *, now: datetime) -> tuple["Bucket", int]:
        """The bucket after taking `cost` tokens, and 0; or the filled bucket, and the seconds to wait until there are.

        A cost above what the bucket holds takes all of it. A clock set back fills nothing.
        """
        passed = max((now - self.at).total_seconds(), 0.0)
        filled = min(self.tokens + passed * self.per_minute / 60, float(self.per_minute))
        wanted = min(cost, self.per_minute)
        if filled < wanted:
            return Bucket(filled, max(now, self.at), self.per_minute), math.ceil(
                (wanted - filled) * 60 / self.per_minute
            )
        return Bucket(filled - wanted, max(now, self.at), self.per_minute), 0
