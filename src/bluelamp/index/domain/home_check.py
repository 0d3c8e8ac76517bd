"""Three jobs in order for the devices of a home: which, and why (docs/methods/check-my-home.md)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

# In the order in which jobs come. The last three are about no device: nearly every home can do them.
Reason = Literal["exploited", "unsupported", "exploited-before", "password", "updates", "mail", "phone", "router"]
JOBS = 3
# Kinds that are sold with a password, or stand behind one of an account, in the order in which others can get at them:
# what the whole home goes through, what sees and hears, what keeps things, the rest.
PASSWORD_KINDS = (
    "router", "extender", "camera", "recorder", "doorbell", "nas", "hub", "phone-desk", "printer", "media-box",
)  # fmt: skip
# Kinds that mend themselves if one lets them; those that hold most about a person first.
UPDATE_KINDS = (
    "phone-system", "computer-system", "browser", "messaging", "tv", "speaker", "wearable", "vehicle", "telematics",
    "charger",
)  # fmt: skip
_NEEDLESS: dict[Reason, frozenset[str]] = {
    "mail": frozenset(),
    "phone": frozenset({"phone-system"}),
    "router": frozenset({"router", "extender"}),
}


@dataclass(frozen=True)
class Device:
    """One device of a home. `kind` is a category's code, "" where nobody knows; `product_key` is "" without a product.

    `dates` are the confirmed dates of the edition's period, `dates_ever` of all time, `newest` the last of them;
    `ended` says that the catalogue knows that its maker no longer supports it.
    """

    name: str
    kind: str = ""
    product_key: str = ""
    dates: int = 0
    dates_ever: int = 0
    newest: date | None = None
    ended: bool = False


@dataclass(frozen=True)
class Job:
    """One job: its reason, the devices it is about (none for the general ones), and their kind ("" where mixed)."""

    reason: Reason
    devices: tuple[Device, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Plan:
    """Three jobs in order, and how many more jobs there are about the devices."""

    jobs: tuple[Job, ...]
    waiting: int


def plan_of(*, devices: Iterable[Device]) -> Plan:
    """The first three jobs for some devices. The order in which they are given has no effect.

    What an authority confirmed comes before what only might happen; what cannot be mended any more before what can.
    Devices of one kind share a job for passwords or updates, so that one kind does not take all three places.
    """
    own = sorted(devices, key=lambda d: (d.name.casefold(), d.product_key, d.kind))
    found = [*_one_each(own), *_one_a_kind(own, "password", PASSWORD_KINDS), *_one_a_kind(own, "updates", UPDATE_KINDS)]
    kinds = {d.kind for d in own}
    general = [Job(reason=reason) for reason, needless in _NEEDLESS.items() if not needless & kinds]
    return Plan(jobs=tuple((found + general)[:JOBS]), waiting=max(0, len(found) - JOBS))


def _one_each(own: Sequence[Device]) -> list[Job]:
    """Jobs about one product, each product once, by its first reason."""
    rules: tuple[tuple[Reason, Callable[[Device], bool]], ...] = (
        ("exploited", lambda d: d.dates > 0),
        ("unsupported", lambda d: d.ended),
        ("exploited-before", lambda d: d.dates_ever > 0),
    )
    chosen: dict[Reason, list[Device]] = defaultdict(list)
    for device in own:
        reason = next((reason for reason, holds in rules if holds(device)), None)
        if reason is not None:
            chosen[reason].append(device)
    return [
        Job(reason=reason, devices=(device,), kind=device.kind)
        for reason, _ in rules
        for device in sorted(chosen[reason], key=_worst_first)
    ]


def _worst_first(device: Device) -> tuple[bool, int]:
    """Confirmed and no longer mended first, then what was confirmed last."""
    return not device.ended, -(device.newest or date.min).toordinal()


def _one_a_kind(own: Sequence[Device], reason: Reason, kinds: Sequence[str]) -> list[Job]:
    by_kind: dict[str, list[Device]] = defaultdict(list)
    for device in own:
        by_kind[device.kind].append(device)
    return [Job(reason=reason, devices=tuple(by_kind[kind]), kind=kind) for kind in kinds if kind in by_kind]
