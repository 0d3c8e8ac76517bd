"""Copy the design system's MIT stylesheet from node_modules, without the crown and the restricted typeface."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "node_modules" / "govuk-frontend"
OUT = ROOT / "src" / "bluelamp" / "ui" / "static" / "vendor"


def main() -> None:
    """Write the stylesheet, its licence and checksums."""
    css = (PACKAGE / "dist/govuk/govuk-frontend.min.css").read_text(encoding="utf-8")
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,', "", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if "url(" in css.replace("url(data:", ""):
        css = re.sub(r"url\((?!data:)[^)]*\)", "none", css)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "govuk-frontend.css").write_text(css, encoding="utf-8")
    licence = (
        next(p for p in (PACKAGE / "LICENSE.txt", PACKAGE / "LICENSE", PACKAGE / "LICENCE.txt") if p.exists())
        if any((PACKAGE / n).exists() for n in ("LICENSE.txt", "LICENSE", "LICENCE.txt"))
        else None
    )
    text = (
        licence.read_text(encoding="utf-8")
        if licence
        else "MIT License, Copyright (C) 2017 Crown Copyright (Government Digital Service)\n"
    )
    (OUT / "LICENSE-govuk-frontend.txt").write_text(text, encoding="utf-8")
    names = ("govuk-frontend.css", "LICENSE-govuk-frontend.txt")
    sums = "".join(f"{hashlib.sha256((OUT / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
    (OUT / "SHA256SUMS.txt").write_text(sums, encoding="utf-8")


if __name__ == "__main__":
    main()
