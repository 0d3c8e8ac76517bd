"""Which searches get the safe way instead of a list, and which stay searches."""

import pytest

from bluelamp.kernel.catalogue.domain.watched import smells_of_being_watched

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize(
    "text",
    [
        "mspy",
        "m spy",
        "mSpy app",
        "flexispy",
        "flexi spy",
        "flexispi",
        "spyware",
        "stalkerware on my phone",
        "track my phone",
        "someone is tracking me",
        "is someone watching",
        "is somebody watching me",
        "is my ex reading my messages tracking",
        "airtag",
        "airtags in my bag",
        "gps tracker",
        "tracker hidden in car",
        "hidden camera",
        "phone bugged",
        "my partner is spying on me",
        "rhywun yn gwylio fi",
        "ysbïo ar fy ffôn",
        "stelcio",
        "monitor me",
        "can he monitor my phone",
        "he monitors my phone",
        "tracking us",
        "gwylio fi",
        "monitro fi",
    ],
)
def test_who_may_be_watched(text: str) -> None:
    assert smells_of_being_watched(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tp link archer",
        "apple watch",
        "galaxy watch phone",
        "fitness tracker",
        "ring doorbell",
        "my doorbell was hacked",
        "spyro",
        "hikvision camera",
        "iphone 15",
        "baby monitor",
        "wi-fi baby monitor",
        "philips avent wi-fi video monitor",
        "Wi-Fi monitor camera",
        "baby monitor phone app",
        "blood pressure monitor phone app",
        "heart rate monitor watch iphone",
        "US Robotics modem monitor",
        "monitor phone mount",
        "dell monitor us layout",
        "car charger",
        "windows",
    ],
)
def test_who_looks_for_a_product(text: str) -> None:
    assert not smells_of_being_watched(text)
