"""What is known of every candidate on a day, and nothing of the day itself: the learnt watch list's nine signals.

All are 0 where there is nothing to say, and grow by logarithms, so that ten times as much adds about as much each time;
one of them, the kind of name, may be negative. Days are integers (days since 1970-01-01).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bluelamp.index.domain.labels import YEAR_DAYS, Floats, Ints, Publications, candidates
from bluelamp.index.domain.names import FRAGMENT_SIZES, LIKENESS_SIZES, Fragments, fragments, kind, likeness
from bluelamp.index.domain.watchlist import History, decayed_exploited, known_entries
from bluelamp.stats.shrinkage import fit_gamma_prior

OWN = "listed before, recent counts more"
MAKER = "its maker's products listed"
LIKENESS = "named like a listed product of its maker"
KIND = "how often products so named are listed"
SHARE = "its maker's listed share of vulnerabilities, times its own of a year"
VOLUME = "vulnerabilities published in three years"
RECENT = "how recent its newest vulnerability is"
CATALOGUED = "has a catalogued exploit"
PROOF = "has a published proof of concept"
SIGNALS = (OWN, MAKER, LIKENESS, KIND, SHARE, VOLUME, RECENT, CATALOGUED, PROOF)

MAKER_HALF_LIFE_DAYS = 1095.0
VOLUME_DAYS, SHARE_DAYS = 1095, 1460
# Where a logarithm bends: below, a signal grows in proportion, above, with every doubling.
OWN_BEND = MAKER_BEND = 0.03
SHARE_BEND = 0.01
OLDEST_DAYS, RECENT_BEND = 3970, 30


@dataclass(frozen=True, eq=False)
class Signals:
    """The candidates on a day as numbers of products, a row of SIGNALS for each, and their decayed own entries."""

    products: Ints
    columns: Floats
    own: Floats


def signals(*, history: History, as_of: int) -> Signals:
    """The signals of every candidate: each product with a CVE published before `as_of`."""
    everyone = len(history.keys)
    first = np.full(everyone, np.iinfo(np.int64).max)
    np.minimum.at(first, history.published.product, history.published.day)
    found = candidates(first=first, as_of=as_of)
    own = decayed_exploited(history=history, as_of=as_of)[found]
    columns = np.column_stack(
        [
            np.log1p(own / OWN_BEND),
            np.log1p(_maker_dates(history, as_of)[found] / MAKER_BEND),
            *_names(history, as_of, found),
            np.log1p(_expected_by_share(history, as_of)[found] / SHARE_BEND),
            np.log1p(_since(history.published, as_of - VOLUME_DAYS, as_of, everyone)[found]),
            _recency(history, as_of)[found],
            _since(history.catalogued, None, as_of, everyone)[found] > 0,
            _since(history.proofs, None, as_of, everyone)[found] > 0,
        ]
    ).astype(np.float64)
    return Signals(products=found, columns=columns, own=own)


def _since(rows: Publications, start: int | None, end: int, products: int) -> Floats:
    """Per product, the rows in [start, end)."""
    chosen = rows.day < end
    if start is not None:
        chosen &= rows.day >= start
    return np.bincount(rows.product[chosen], minlength=products).astype(np.float64)


def _maker_dates(history: History, as_of: int) -> Floats:
    """Per product, the distinct days on which its maker was listed, each halved for every three years of age."""
    known = known_entries(history=history, as_of=as_of)
    makers, days = np.unique(np.stack([history.maker[known.product], known.day]), axis=1)
    size = int(history.maker.max(initial=-1)) + 1
    weights = 0.5 ** ((as_of - days) / MAKER_HALF_LIFE_DAYS)
    return np.asarray(np.bincount(makers, weights=weights, minlength=size)[history.maker], dtype=np.float64)


def _expected_by_share(history: History, as_of: int) -> Floats:
    """Per product, the share of its maker's recent CVEs that were listed, times its own CVEs of the last year.

    Both are of CVEs published in the four years before. Makers borrow strength from each other: the share is the
    posterior mean under a Gamma prior learnt from all makers with such a CVE (partial pooling), so that a maker with
    three CVEs has nearly the share of all, and one with three hundred its own.
    """
    start, size = as_of - SHARE_DAYS, int(history.maker.max(initial=-1)) + 1
    known = known_entries(history=history, as_of=as_of)
    fresh = known.product[history.entry_published[known.entry] >= start]
    listed = np.bincount(history.maker[fresh], minlength=size).astype(np.float64)
    volume = _since(history.published, start, as_of, len(history.keys))
    published = np.bincount(history.maker, weights=volume, minlength=size)
    seen = published > 0
    if not seen.any():
        return np.zeros(len(history.keys))
    prior = fit_gamma_prior(counts=listed[seen], exposures=published[seen])
    share = (listed + prior.shape) / (published + prior.rate)
    year = _since(history.published, as_of - YEAR_DAYS, as_of, len(history.keys))
    return np.asarray(share[history.maker] * year, dtype=np.float64)


def _recency(history: History, as_of: int) -> Floats:
    """Per product, log(4000 / (30 + days since its newest CVE)), from 0 (eleven years or more) to 4.9 (yesterday)."""
    known = history.published.day < as_of
    newest = np.full(len(history.keys), as_of - OLDEST_DAYS)
    np.maximum.at(newest, history.published.product[known], history.published.day[known])
    return np.asarray(np.log((OLDEST_DAYS + RECENT_BEND) / (as_of - newest + RECENT_BEND)), dtype=np.float64)


def _names(history: History, as_of: int, found: Ints) -> tuple[Floats, Floats]:
    listed = np.zeros(len(history.keys), dtype=bool)
    listed[known_entries(history=history, as_of=as_of).product] = True
    maker = np.unique(history.maker[found], return_inverse=True)[1].astype(np.int64)
    whole, parts = _fragments(history)
    return (
        likeness(found=whole.of(found), maker=maker, listed=listed[found]),
        kind(found=parts.of(found), maker=maker, listed=listed[found]),
    )


@lru_cache(maxsize=2)
def _fragments(history: History) -> tuple[Fragments, Fragments]:
    """The fragments of all names: of maker and product together, and of the product. They do not depend on a day."""
    return (
        fragments(names=["".join(key) for key in history.keys], sizes=LIKENESS_SIZES),
        fragments(names=[product for _, product in history.keys], sizes=FRAGMENT_SIZES),
    )
