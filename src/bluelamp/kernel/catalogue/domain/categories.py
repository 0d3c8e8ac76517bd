"""The categories of products and the groups that pages lead with. Codes are stable; labels may change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One category: its stable code, its group's code, and its name for one and for many."""

    code: str
    group: str
    singular: str
    plural: str


GROUPS: dict[str, str] = {
    "home": "Devices in homes and small offices",
    "phone": "Phones and tablets",
    "application": "Computers and applications",
    "business": "Business systems",
    "industrial": "Industrial, building and medical systems",
    "vehicle": "Vehicles and chargers",
}

_LINES = """
router home|Router|Routers
extender home|Wi-Fi extender or access point|Wi-Fi extenders and access points
camera home|Camera|Cameras
recorder home|Video recorder|Video recorders
doorbell home|Doorbell|Doorbells
nas home|Network storage|Network storage
tv home|Television|Televisions
printer home|Printer|Printers
speaker home|Speaker|Speakers
hub home|Home hub or sensor|Home hubs and sensors
phone-desk home|Desk telephone|Desk telephones
media-box home|Media box|Media boxes
wearable home|Wearable|Wearables
phone-system phone|Phone or tablet system|Phone and tablet systems
phone-part phone|Part inside phones|Parts inside phones
computer-system application|Computer system|Computer systems
browser application|Browser|Browsers
office application|Office or document application|Office and document applications
messaging application|Mail, chat or meeting application|Mail, chat and meeting applications
media application|Media application|Media applications
utility application|Utility|Utilities
web-site application|Website system|Website systems
game application|Game|Games
firewall-vpn business|Firewall or remote access gateway|Firewalls and remote access gateways
network business|Network equipment|Network equipment
mail-server business|Mail server|Mail servers
file-transfer business|File transfer system|File transfer systems
remote-management business|Remote management system|Remote management systems
security-software business|Security software|Security software
virtualisation business|Virtualisation system|Virtualisation systems
server-system business|Server system|Server systems
database business|Database|Databases
business-application business|Business application|Business applications
developer-tool business|Developer tool|Developer tools
library business|Component inside other software|Components inside other software
backup business|Backup system|Backup systems
telephone-system business|Telephone system|Telephone systems
storage business|Storage system|Storage systems
industrial-control industrial|Industrial control system|Industrial control systems
building-control industrial|Building control system|Building control systems
medical industrial|Medical system|Medical systems
vehicle vehicle|Vehicle|Vehicles
charger vehicle|Vehicle charger|Vehicle chargers
telematics vehicle|Vehicle telematics unit|Vehicle telematics units
"""


def _parse(line: str) -> Category:
    head, singular, plural = line.split("|")
    code, group = head.split()
    return Category(code=code, group=group, singular=singular, plural=plural)


CATEGORIES: dict[str, Category] = {c.code: c for c in map(_parse, _LINES.strip().splitlines())}


def group_of(*, category: str) -> str:
    """The group's code of a category's code; "" for a product that has not been placed."""
    return CATEGORIES[category].group if category in CATEGORIES else ""
