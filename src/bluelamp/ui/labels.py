"""The words that pages use for codes, in the reader's language. Codes come from the catalogue and the Index."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

GROUPS: dict[str, Label] = {
    "home": _("Devices in homes and small offices"),
    "phone": _("Phones and tablets"),
    "application": _("Computers and applications"),
    "business": _("Business systems"),
    "industrial": _("Industrial, building and medical systems"),
    "vehicle": _("Vehicles and chargers"),
}

CAPACITIES: dict[str, Label] = {
    "supporting-organisation": _("Supporting organisation"),
    "triage-officer": _("Triage officer"),
    "crime-registrar": _("Crime registrar"),
    "safeguarding-officer": _("Safeguarding officer"),
    "control-room-operator": _("Control-room operator"),
    "analyst": _("Analyst"),
    "head-of-profession": _("Head of profession"),
    "outreach-author": _("Outreach author"),
    "outreach-approver": _("Outreach approver"),
    "cyber-authority-approver": _("Cyber-authority approver"),
    "maker": _("Maker"),
    "partner-analyst": _("Partner analyst"),
    "learner": _("Learner"),
    "specials-coordinator": _("Specials' coordinator"),
    "special": _("Special"),
    "employer": _("Employer"),
    "administrator": _("Administrator"),
    "auditor": _("Auditor"),
}

CATEGORIES: dict[str, tuple[Label, Label]] = {
    "router": (_("Router"), _("Routers")),
    "extender": (_("Wi-Fi extender or access point"), _("Wi-Fi extenders and access points")),
    "camera": (_("Camera"), _("Cameras")),
    "recorder": (_("Video recorder"), _("Video recorders")),
    "doorbell": (_("Doorbell"), _("Doorbells")),
    "nas": (_("Network storage"), _("Network storage")),
    "tv": (_("Television"), _("Televisions")),
    "printer": (_("Printer"), _("Printers")),
    "speaker": (_("Speaker"), _("Speakers")),
    "hub": (_("Home hub or sensor"), _("Home hubs and sensors")),
    "phone-desk": (_("Desk telephone"), _("Desk telephones")),
    "media-box": (_("Media box"), _("Media boxes")),
    "wearable": (_("Wearable"), _("Wearables")),
    "phone-system": (_("Phone or tablet system"), _("Phone and tablet systems")),
    "phone-part": (_("Part inside phones"), _("Parts inside phones")),
    "computer-system": (_("Computer system"), _("Computer systems")),
    "browser": (_("Browser"), _("Browsers")),
    "office": (_("Office or document application"), _("Office and document applications")),
    "messaging": (_("Mail, chat or meeting application"), _("Mail, chat and meeting applications")),
    "media": (_("Media application"), _("Media applications")),
    "utility": (_("Utility"), _("Utilities")),
    "web-site": (_("Website system"), _("Website systems")),
    "game": (_("Game"), _("Games")),
    "firewall-vpn": (_("Firewall or remote access gateway"), _("Firewalls and remote access gateways")),
    "network": (_("Network equipment"), _("Network equipment")),
    "mail-server": (_("Mail server"), _("Mail servers")),
    "file-transfer": (_("File transfer system"), _("File transfer systems")),
    "remote-management": (_("Remote management system"), _("Remote management systems")),
    "security-software": (_("Security software"), _("Security software")),
    "virtualisation": (_("Virtualisation system"), _("Virtualisation systems")),
    "server-system": (_("Server system"), _("Server systems")),
    "database": (_("Database"), _("Databases")),
    "business-application": (_("Business application"), _("Business applications")),
    "developer-tool": (_("Developer tool"), _("Developer tools")),
    "library": (_("Component inside other software"), _("Components inside other software")),
    "backup": (_("Backup system"), _("Backup systems")),
    "telephone-system": (_("Telephone system"), _("Telephone systems")),
    "storage": (_("Storage system"), _("Storage systems")),
    "industrial-control": (_("Industrial control system"), _("Industrial control systems")),
    "building-control": (_("Building control system"), _("Building control systems")),
    "medical": (_("Medical system"), _("Medical systems")),
    "vehicle": (_("Vehicle"), _("Vehicles")),
    "charger": (_("Vehicle charger"), _("Vehicle chargers")),
    "telematics": (_("Vehicle telematics unit"), _("Vehicle telematics units")),
}

BANDS: dict[str, Label] = {"high": _("High"), "low": _("Low"), "cannot-tell": _("Cannot tell")}

BAND_MEANINGS: dict[str, Label] = {
    "high": _("High: even the cautious end of the estimate is above the threshold fixed beforehand."),
    "low": _("Low: the estimate is below the threshold, and we know how many units are in use."),
    "cannot-tell": _(
        "Cannot tell: the evidence is too thin to say high, and no source sees so much that it could say low."
    ),
}

TRENDS: dict[str, Label] = {
    "rising": _("More often than in the 24 months before"),
    "falling": _("Less often than in the 24 months before"),
    "no-clear-change": _("No clear change from the 24 months before"),
}

BASE_TRENDS: dict[str, Label] = {
    "rising": _("More often than in the base edition's period"),
    "falling": _("Less often than in the base edition's period"),
    "no-clear-change": _("No clear change from the base edition's period"),
}

KINDS: dict[str, Label] = {
    "exploited": _("Confirmed exploited"),
    "recorded_crime": _("Recorded crime"),
    "citizen_report": _("Report by a member of the public"),
    "attack_telemetry": _("Attack seen by sensors"),
    "partner_sighting": _("Seen by a partner organisation"),
}

BACKTEST: dict[str, Label] = {
    "learnt method": _("Our learnt method"),
    "first method": _("Our first method"),
    "recency-weighted KEV": _("Newer listings weigh more"),
    "recency-weighted KEV, without hindsight": _("Newer listings weigh more, without hindsight"),
    "CVE count": _("Number of published weaknesses"),
    "EPSS alone": _("EPSS alone"),
    "all seven dates": _("all seven dates"),
    "three dates from July 2024": _("three dates from July 2024"),
}


def group_label(code: str) -> Label:
    """A group's name; the code itself where it has none."""
    return GROUPS.get(code, code)


def category_singular(code: str) -> Label:
    """A category's name for one product; the code itself where it has none."""
    return CATEGORIES[code][0] if code in CATEGORIES else code


def category_plural(code: str) -> Label:
    """A category's name for many products; the code itself where it has none."""
    return CATEGORIES[code][1] if code in CATEGORIES else code


KINDS_OF_EVIDENCE: dict[str, Label] = {
    "recorded_crime": _("recorded crimes"),
    "citizen_report": _("citizens' reports"),
    "exploited": _("confirmed exploitation"),
    "attack_telemetry": _("attacks seen by sensors"),
    "partner_sighting": _("partners' sightings"),
}
