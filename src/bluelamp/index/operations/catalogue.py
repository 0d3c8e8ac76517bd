"""Keeping the catalogue: hand-made tables joined with the packaged keys and names."""

import hashlib

from bluelamp.index.facts import fact_path
from bluelamp.index.queries import facts
from bluelamp.kernel.catalogue.domain.keys import SHOWN_NAMES
from bluelamp.kernel.catalogue.operations import load_catalogue
from bluelamp.kernel.catalogue.queries import loaded_version, packaged_tables


def catalogue_version() -> str:
    """The version that the program carries: the hash of the hand-made tables, packaged names and how they are shown."""
    parts = [packaged_tables().version, str(SHOWN_NAMES)]
    parts += [hashlib.sha256(fact_path(name=n).read_bytes()).hexdigest() for n in ("cve_products", "names")]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def ensure_catalogue() -> int:
    """Load the catalogue where the database does not hold this version; give the number of products, 0 if it did."""
    version = catalogue_version()
    if loaded_version() == version:
        return 0
    products = facts(name="cve_products")
    keys = {
        f"{m}:{p}" for m, p in zip(products["vendor_key"].to_pylist(), products["product_key"].to_pylist(), strict=True)
    }
    names = facts(name="names")
    written = zip(names["maker"].to_pylist(), names["product"].to_pylist(), strict=True)
    return load_catalogue(
        tables=packaged_tables(),
        keys=keys,
        names=dict(zip(names["key"].to_pylist(), written, strict=True)),
        version=version,
    )
