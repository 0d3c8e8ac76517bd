"""Errors whose message is written for the one who ran the command: it is printed, and no traceback."""

from bluelamp.formats.rows import FormatError
from bluelamp.index.operations.editions import BaseError, NoEvidenceError
from bluelamp.index.operations.loading import LoadRefusedError
from bluelamp.kernel.advice.domain.texts import AdviceError
from bluelamp.kernel.audit.domain.heads import HeadError
from bluelamp.kernel.audit.signing import SigningKeyError
from bluelamp.kernel.clients.operations import ClientError
from bluelamp.kernel.fetching.domain.results import FetchError
from bluelamp.kernel.messaging.operations.steps import MessagingError
from bluelamp.kernel.outbox.operations import NoDeadLetterError
from bluelamp.kernel.people.operations.accounts import AccountError
from bluelamp.kernel.vault.domain.sealing import SealBrokenError
from bluelamp.kernel.vault.master import MasterKeyError
from bluelamp.project.cli.editions import EditionNameError
from bluelamp.project.cli.places import PlaceError
from bluelamp.project.cli.receipt import ReceiptRefusedError
from bluelamp.project.cli.rehearse import NoRehearsalError
from bluelamp.project.cli.run import RunError
from bluelamp.project.cli.serve import ServeError
from bluelamp.project.cli.work import WorkError
from bluelamp.project.demo.rehearsal import RehearsalError
from bluelamp.project.keeping.archive import KeepingError
from bluelamp.project.site import SiteError
from bluelamp.reporting.operations.receipt_key import ReceiptKeyError

EXPECTED: tuple[type[Exception], ...] = (
    AccountError,
    AdviceError,
    BaseError,
    ClientError,
    EditionNameError,
    FetchError,
    FormatError,
    HeadError,
    KeepingError,
    LoadRefusedError,
    MasterKeyError,
    MessagingError,
    NoDeadLetterError,
    NoEvidenceError,
    NoRehearsalError,
    PlaceError,
    ReceiptKeyError,
    ReceiptRefusedError,
    RehearsalError,
    RunError,
    SealBrokenError,
    ServeError,
    SigningKeyError,
    SiteError,
    WorkError,
)
