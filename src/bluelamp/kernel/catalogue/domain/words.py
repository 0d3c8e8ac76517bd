"""Words as people type them, and the words that people use for kinds of product."""

import re
import unicodedata

from bluelamp.kernel.catalogue.domain.categories import CATEGORIES

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]")

# Words that say little about which product it is: they may go unmatched. English and Welsh.
_OPTIONAL = """
a an and app application by device for from in is it model my of on or our smart software system the version wifi wi fi
wireless with y yr ar dyfais fy
"""
OPTIONAL = frozenset(_OPTIONAL.split())

# What people call a category besides its own name, with a few words of Welsh; kept short on purpose.
_ALSO = {
    "backup": "backups",
    "browser": "web internet porwr",
    "building-control": "heating boiler bms",
    "camera": "cam cctv webcam ipcam surveillance baby monitor camerau",
    "charger": "ev wallbox car gwefrydd",
    "computer-system": "computer pc laptop os operating cyfrifiadur",
    "doorbell": "door bell video cloch drws",
    "extender": "booster repeater mesh access point ap wap",
    "firewall-vpn": "firewall vpn gateway",
    "game": "gaming gem",
    "hub": "home sensor plug thermostat alarm lock light bulb",
    "mail-server": "mail email server",
    "media": "video music player",
    "media-box": "streaming stick set top box",
    "messaging": "chat messenger message email mail meeting video call neges",
    "nas": "storage drive disk",
    "office": "document word spreadsheet pdf swyddfa",
    "phone-desk": "phone telephone voip ip ffon",
    "phone-part": "phone chip",
    "phone-system": "phone mobile tablet smartphone handset ffon llechen",
    "printer": "mfp copier scanner argraffydd",
    "recorder": "dvr nvr cctv surveillance recordydd",
    "remote-management": "remote rmm desktop",
    "router": "broadband modem internet hub gateway llwybrydd",
    "security-software": "antivirus anti virus",
    "speaker": "loudspeaker audio siaradwr",
    "telephone-system": "pbx phone voip",
    "tv": "telly television teledu",
    "vehicle": "car van cerbyd",
    "virtualisation": "vm virtual machine hypervisor",
    "wearable": "watch smartwatch fitness band",
    "web-site": "website cms shop gwefan",
}


def words(text: str) -> tuple[str, ...]:
    """The words of a text: case folded, accents and marks taken off, split at everything but letters and digits."""
    plain = unicodedata.normalize(
        "NFKD", text.replace("\N{APOSTROPHE}", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).casefold()))


def stem(word: str) -> str:
    """A word without its plural ending ("doorbells" -> "doorbell"); short words and "ss" stay."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def category_words(code: str) -> frozenset[str]:
    """The stems of all words for a category; none for a product that has not been placed."""
    if code not in CATEGORIES:
        return frozenset()
    names = f"{CATEGORIES[code].singular} {CATEGORIES[code].plural} {_ALSO.get(code, '')}"
    return frozenset(stem(w) for w in words(names)) - OPTIONAL
