"""How somebody who holds a printed edition can check it: the hashes, and what to do with them, step by step."""

from django.utils.translation import gettext

from bluelamp.index.models import Edition


def proof_of(*, edition: Edition) -> list[tuple[str, str]]:
    """What a copy is held against; a specimen, which nobody signs, names no hash of what was signed, as its package."""
    signed = [(gettext("Hash of what was signed"), edition.version_hash)] if edition.version_hash else []
    return [
        *signed,
        (gettext("Hash of the figures"), edition.figures_hash),
        (gettext("Version of the program"), edition.code_version),
    ]


def steps_of(*, edition: Edition) -> list[dict[str, str]]:
    """What to do, in order, each with the command or the address that it needs; "" where it needs none."""
    exact = f"{edition.number}.{edition.revision}"
    package = gettext(
        "Download the data package (ZIP) and open datapackage.json in it: figuresHash is the hash of the figures above."
    )
    again = gettext("Whoever has the program and its data builds every figure again and compares it:")
    built = {"words": again, "command": f"bluelamp index verify {exact}"}
    if not edition.version_hash:
        words = gettext("Nobody signed this: it is a specimen, and only the machine that made it can check it.")
        return [{"words": words, "command": ""}, {"words": package, "command": f"/download/{edition.pk}.zip"}, built]
    page = gettext(
        "Open the page of this edition where it is published. It says whether the edition still stands, and the hash "
        "of what was signed, which must be the one above:"
    )
    anew = gettext(
        "Download the PDF there anew and compare the files. As long as the edition stands and no maker has replied "
        "since, both are the same to the last byte:"
    )
    signed = gettext("versionHash beside it is the hash of what was signed.")
    return [
        {"words": page, "command": f"/editions/{edition.number}/{edition.revision}/"},
        {"words": anew, "command": "cmp copy.pdf anew.pdf"},
        {"words": f"{package} {signed}", "command": f"/download/{edition.pk}.zip"},
        built,
    ]
