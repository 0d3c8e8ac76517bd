"""Copy the design system's MIT stylesheet from node_modules, without the crown and the restricted typeface."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.css"
OUT = ROOT / "src" / "bluelamp" / "ui" / "static" / "vendor"
NAMES = ("govuk-frontend.css", "LICENSE-govuk-frontend.txt")


def main() -> None:
    """Write the stylesheet and the checksums; the licence's text beside them is kept by hand."""
    css = SOURCE.read_text(encoding="utf-8")
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,', "", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    css = re.sub(r"url\((?!data:)[^)]*\)", "none", css)
    (OUT / NAMES[0]).write_text(css, encoding="utf-8")
    sums = "".join(f"{hashlib.sha256((OUT / name).read_bytes()).hexdigest()}  {name}\n" for name in NAMES)
    (OUT / "SHA256SUMS.txt").write_text(sums, encoding="utf-8")


if __name__ == "__main__":
    main()
