"""The register of models: for each its purpose, data, errors by group and limits (RED-LINES 11)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from bluelamp.reporting.domain.question import LANGUAGES


class RegisterError(ValueError):
    """The register breaks a rule; the message says which."""


@dataclass(frozen=True)
class Errors:
    """How a model did on one group of test reports.

    `recall`: the share of dangerous reports that it found. `false`: the share of calm ones for which it suggested
    danger. `precision`: the share of its suggestions that were right, with as many dangerous reports as calm ones.
    `reports`: how many there were.
    """

    recall: float
    precision: float
    false: float
    reports: int


@dataclass(frozen=True)
class ModelEntry:
    """One model.

    `sha256`: of its file of weights. `errors` by group. `unseen`: recall and false suggestions on a topic of danger
    that was left out of the training.
    """

    id: str
    version: str
    file: str
    sha256: str
    purpose: Mapping[str, str]
    data: Mapping[str, str]
    limits: Mapping[str, str]
    synthetic: bool
    on_by_default: bool
    measured_on: str
    errors: Mapping[str, Errors]
    unseen: Mapping[str, tuple[float, float]]


def read_register(*, text: str) -> Mapping[str, ModelEntry]:
    """The register by model. Raises RegisterError."""
    try:
        found = [
            ModelEntry(
                **{k: str(one[k]) for k in ("id", "version", "file", "sha256", "measured_on")},
                purpose={n: str(one["purpose"][n]) for n in LANGUAGES},
                data={n: str(one["data"][n]) for n in LANGUAGES},
                limits={n: str(one["limits"][n]) for n in LANGUAGES},
                synthetic=bool(one["synthetic"]),
                on_by_default=bool(one["on_by_default"]),
                errors={name: Errors(**row) for name, row in one["errors"].items()},
                unseen={name: (float(row["recall"]), float(row["false"])) for name, row in one["unseen"].items()},
            )
            for one in tomllib.loads(text)["model"]
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise RegisterError(f"the register has another form ({problem}).") from problem
    entries = {entry.id: entry for entry in found}
    if len(entries) != len(found):
        raise RegisterError("a model stands twice.")
    for entry in found:
        # What was never measured on real reports waits for a person to switch it on.
        if entry.synthetic and entry.on_by_default:
            raise RegisterError(f"{entry.id}: a model of made-up reports is off until somebody switches it on.")
        if not entry.errors:
            raise RegisterError(f"{entry.id}: the errors by group are missing.")
    return entries
