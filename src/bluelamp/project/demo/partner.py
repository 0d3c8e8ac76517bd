"""An invented partner who cannot be reached, so that the desk has a dead letter: what staff do then can be tried."""

from datetime import datetime

from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.outbox.domain.errors import PermanentError
from bluelamp.kernel.outbox.registry import Handler


def tell(*, event: EditionBuilt, now: datetime) -> None:
    """Fail for good, as a partner would whose address does not exist any more."""
    raise PermanentError("This partner is invented: nobody can be told.")


PARTNER = Handler("demonstration-partner", EditionBuilt, tell)
