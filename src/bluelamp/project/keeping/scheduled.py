"""The daily backup: made, tried, and only then the oldest goes. Off where no folder is named."""

from datetime import datetime

from django.conf import settings

from bluelamp.kernel.outbox.domain.errors import TemporaryError
from bluelamp.project.keeping.archive import KeepingError
from bluelamp.project.keeping.backup import KeysWanted, finished_of_ours, make_backup, remove_backup, write_down
from bluelamp.project.keeping.restoring import Chosen, verify_backup


def run_backup(*, now: datetime) -> None:
    """The job. Raises TemporaryError with a sentence for `bluelamp outbox status`; OSError for a full disk."""
    folder = settings.CONFIG.backup_folder
    if folder is None:
        return
    try:
        made = make_backup(to=folder, keys=KeysWanted(), now=now)
        write_down(made=made, now=now)
        problems = verify_backup(chosen=Chosen(folder=made.folder), now=now).problems
    except KeepingError as problem:
        raise TemporaryError(str(problem)) from problem
    if problems:
        raise TemporaryError(f"{len(problems)} problems. See: bluelamp verify-backup {made.folder}")
    for old in finished_of_ours(folder)[: -settings.CONFIG.backups_kept]:
        remove_backup(old)
