"""Compile the packaged facts from ../shared/data/index: only the columns that its README rules to be facts."""

import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

SHARED = Path(__file__).parents[2] / "shared" / "data" / "index"
OUT = Path(__file__).parents[1] / "src" / "bluelamp" / "index" / "facts"

FOLD = "regexp_replace(lower({}), '[^a-z0-9]', '', 'g')"
QUERIES = {
    "kev": "SELECT cve, vendor, product, date, ransom, due, cwes FROM 'kev.parquet' ORDER BY date, cve",
    "cve_products": (
        "SELECT cve, vendor_key, product_key FROM 'cve_product.parquet' WHERE vendor_key <> '?' "
        "ORDER BY vendor_key, product_key, cve"
    ),
    "cve_dates": (
        "SELECT cve, published, github_poc_first_seen AS exploit_first_seen, edb_added FROM 'cve_meta.parquet' "
        "SEMI JOIN (SELECT DISTINCT cve FROM 'cve_product.parquet' WHERE vendor_key <> '?' "
        "UNION SELECT cve FROM 'kev.parquet') USING (cve) ORDER BY published, cve"
    ),
    # The name written most often for a key; ties by the name itself, so that a compile repeats.
    "names": f"""
        WITH written AS (
          SELECT {FOLD.format("vendor")} || ':' || {FOLD.format("product")} AS key,
                 trim(vendor) AS maker, trim(product) AS product, part, count(*) AS n
          FROM 'cve_cpe_raw.parquet' WHERE length(vendor) <= 100 AND length(product) <= 150 GROUP BY ALL),
        known AS (SELECT DISTINCT vendor_key || ':' || product_key AS key FROM 'cve_product.parquet')
        SELECT key, maker, product FROM written SEMI JOIN known USING (key)
        QUALIFY row_number() OVER (PARTITION BY key ORDER BY product <> lower(product) DESC, n DESC, maker, product) = 1
        ORDER BY key""",
    "inthewild": "SELECT cve, reported FROM 'inthewild.csv' ORDER BY reported, cve",
    "epss": (
        "SELECT cve, \"2026-08-02\" AS probability_x100000 FROM 'epss_quarterly.parquet' "
        'WHERE "2026-08-02" >= 5000 ORDER BY cve'
    ),
    # The newest snapshot before each of the back-test's dates that has one; each is of one version of the model.
    "epss_past": (
        "SELECT cve, date::DATE AS date, probability_x100000::UINTEGER AS probability_x100000 FROM (UNPIVOT "
        '(SELECT cve, "2024-04-01", "2024-10-06", "2025-04-06" FROM \'epss_quarterly.parquet\') '
        "ON COLUMNS(* EXCLUDE cve) INTO NAME date VALUE probability_x100000) "
        "SEMI JOIN (SELECT DISTINCT cve FROM 'cve_product.parquet' WHERE vendor_key <> '?') USING (cve) "
        "WHERE probability_x100000 >= 5000 ORDER BY date, cve"
    ),
}


def main() -> int:
    """Write the tables and print their sizes; 1 where the data is not there or the limit of 4 MB is passed."""
    if not SHARED.is_dir():
        print(f"{SHARED} is not here: the packaged facts can be compiled only beside it.")
        return 1
    engine = duckdb.connect(config={"threads": 1})
    engine.execute(f"SET file_search_path = '{SHARED}'")
    total = 0
    for name, query in QUERIES.items():
        table = engine.sql(query).to_arrow_table()
        path = OUT / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", compression_level=19, row_group_size=1_000_000)
        total += path.stat().st_size
        print(f"{name:14} {table.num_rows:8,} rows {path.stat().st_size:10,} bytes")
    print(f"{'all':14} {'':13} {total:10,} bytes")
    return int(total > 4_000_000)


if __name__ == "__main__":
    sys.exit(main())
