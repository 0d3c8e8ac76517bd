"""Tables of reporting: what is being written, what was sent, and what is done with it."""

from bluelamp.reporting.models.casework import (
    Campaign,
    CrimeRecord,
    Decision,
    Disclosure,
    Fingerprint,
    FingerprintKey,
    HandOver,
    ReportLink,
    SavedView,
)
from bluelamp.reporting.models.counting import JourneyCount, PublicFigures, ReportSighting
from bluelamp.reporting.models.desk import DutyWatch, OfficerNote
from bluelamp.reporting.models.drafts import Draft
from bluelamp.reporting.models.following import Follow, Post, ReportContact, Step
from bluelamp.reporting.models.offline import OfflineAnswer
from bluelamp.reporting.models.reports import Duty, Report, ReportFlag, ReportProduct
from bluelamp.reporting.models.uploads import Upload, UploadSent

__all__ = [
    "Campaign",
    "CrimeRecord",
    "Decision",
    "Disclosure",
    "Draft",
    "Duty",
    "DutyWatch",
    "Fingerprint",
    "FingerprintKey",
    "Follow",
    "HandOver",
    "JourneyCount",
    "OfficerNote",
    "OfflineAnswer",
    "Post",
    "PublicFigures",
    "Report",
    "ReportContact",
    "ReportFlag",
    "ReportLink",
    "ReportProduct",
    "ReportSighting",
    "SavedView",
    "Step",
    "Upload",
    "UploadSent",
]
