"""What the names of products say: likeness to a product listed before, and how products so named have fared.

A name is only letters and digits, so its parts are runs of letters (fragments) and not words. No list of words is
written by hand: an author of today would put what became known later into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bluelamp.index.domain.labels import Bools, Floats, Ints
from bluelamp.stats.shrinkage import fit_gamma_prior

LIKENESS_SIZES = (3,)
FRAGMENT_SIZES = (4, 5, 6)
LONGEST_NAME = 60
# A fragment used by fewer makers says more of those makers than of a kind of product.
LEAST_MAKERS = 6
_NAMES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Fragments:
    """Which fragment occurs in which name: a sparse matrix of ones, a row per name, a column per fragment."""

    matrix: Any

    def of(self, names: Ints) -> "Fragments":
        """Those of some names only."""
        return Fragments(self.matrix[names])


def fragments(*, names: Sequence[str], sizes: Sequence[int]) -> Fragments:
    """Every run of so many letters in each name, its start and end marked; only the first 60 letters are read.

    Fragments are numbered by their bytes, so the order of names decides nothing but the order of rows.
    """
    from scipy.sparse import csr_matrix

    rows, codes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    marked = [np.frombuffer(f"^{name[:LONGEST_NAME]}$".encode(), dtype=np.uint8).astype(np.int64) for name in names]
    lengths = np.array([len(m) for m in marked], dtype=np.int64)
    letters = np.concatenate(marked) if marked else np.zeros(0, dtype=np.int64)
    ends = np.repeat(np.cumsum(lengths), lengths)
    row = np.repeat(np.arange(len(marked)), lengths)
    for size in sizes:
        start = np.flatnonzero(np.arange(len(letters)) + size <= ends)
        code = np.zeros(len(start), dtype=np.int64)
        for step in range(size):
            code = code * 256 + letters[start + step]
        rows.append(row[start])
        codes.append(code)
    known, column = np.unique(np.concatenate(codes), return_inverse=True)
    shape = (len(marked), len(known))
    matrix = csr_matrix((np.ones(len(column)), (np.concatenate(rows), column)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return Fragments(matrix)


def likeness(*, found: Fragments, maker: Ints, listed: Bools) -> Floats:
    """Per name, its greatest likeness to another, listed name of the same maker: 0 (nothing shared, or none) to 1.

    The cosine of the two names' fragments, each weighing log(names / names that have it), so that a rare fragment says
    more than a common one. Source: Salton and Buckley (1988), Information Processing and Management 24, 513-523.
    """
    from scipy.sparse import diags

    nearest = np.zeros(found.matrix.shape[0])
    marked = np.flatnonzero(listed)
    near = np.flatnonzero(np.isin(maker, maker[marked]))
    if not len(marked):
        return nearest
    frequency = np.asarray(found.matrix.sum(axis=0)).ravel()
    weighed = found.matrix @ diags(np.log(len(maker) / np.maximum(frequency, 1)))
    size = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    unit = (diags(1 / np.maximum(size, 1e-12)) @ weighed).tocsr()
    others = unit[marked].T.tocsc()
    for first in range(0, len(near), _NAMES_AT_ONCE):
        rows = near[first : first + _NAMES_AT_ONCE]
        cosine = (unit[rows] @ others).tocoo()
        row, other = rows[cosine.row], marked[cosine.col]
        same = (maker[row] == maker[other]) & (row != other)
        np.maximum.at(nearest, row[same], cosine.data[same])
    return nearest


def kind(*, found: Fragments, maker: Ints, listed: Bools) -> Floats:
    """Per name, how much more (above 0) or less often products so named were listed: a mean of log ratios.

    For each fragment that six or more makers use, the share of those makers that have a listed product so named,
    without the product's own maker, is shrunk to the share over all fragments (Gamma-Poisson, the prior learnt from
    all fragments) and divided by it; the logarithms are averaged over the name's fragments. It stands in for a
    category, which nobody has given to forty thousand products. 0 for a name without such a fragment. Source of the
    shrinkage: Clayton and Kaldor (1987), Biometrics 43, 671-681.
    """
    from scipy.sparse import csr_matrix, diags

    size = len(maker)
    makers = int(maker.max(initial=-1)) + 1
    if not listed.any():
        return np.zeros(size)
    of_maker = csr_matrix((np.ones(size), (maker, np.arange(size))), shape=(makers, size))
    using = np.asarray(((of_maker @ found.matrix) > 0).sum(axis=0)).ravel()
    hit = ((of_maker @ diags(listed.astype(np.float64)) @ found.matrix) > 0).astype(np.float64).tocsc()
    common = np.flatnonzero(using >= LEAST_MAKERS)
    if not len(common):
        return np.zeros(size)
    counts = np.asarray(hit[:, common].sum(axis=0)).ravel()
    prior = fit_gamma_prior(counts=counts, exposures=using[common])
    cells = found.matrix[:, common].tocoo()
    own = np.asarray(hit[:, common].tocsr()[maker[cells.row], cells.col]).ravel()
    share = (counts[cells.col] - own + prior.shape) / (using[common][cells.col] - 1 + prior.rate)
    total = np.bincount(cells.row, weights=np.log(share / prior.mean), minlength=size)
    return np.asarray(total / np.maximum(np.bincount(cells.row, minlength=size), 1), dtype=np.float64)
