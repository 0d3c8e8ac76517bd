"""How alike two texts are, without keeping either: keyed MinHash over groups of three words (Broder 1997).

A signature tells nothing of a text to somebody without the key, and does not come from a text of few words: "my phone
was stolen" is alike for thousands.
"""

import hashlib
import struct
from functools import cache

import numpy as np
import numpy.typing as npt

from bluelamp.reporting.domain.phrases import words_of

GROUP = 3  # words
FEWEST_WORDS = 12
PLACES = 64
BANDS = 16  # of four places: of two texts alike by half 64 % meet in a band, by 0.7 it is 99 %
SHORTEST_KEY = 16  # bytes
_PRIME = np.uint64((1 << 31) - 1)


def signature(*, text: str, key: bytes) -> tuple[int, ...]:
    """The signature of a text: 64 whole numbers, or none for fewer than 12 words. Raises ValueError for a short key."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"The key must have at least {SHORTEST_KEY} bytes.")
    words = words_of(text)
    if len(words) < FEWEST_WORDS:
        return ()
    groups = {" ".join(words[i : i + GROUP]) for i in range(len(words) - GROUP + 1)}
    secret = hashlib.sha256(key).digest()
    raw = b"".join(hashlib.blake2b(g.encode(), digest_size=4, key=secret).digest() for g in sorted(groups))
    hashes = np.frombuffer(raw, dtype="<u4").astype(np.uint64) % _PRIME
    factors, offsets = _permutations()
    # Below 2^62: no overflow.
    mixed = (factors[:, None] * hashes[None, :] + offsets[:, None]) % _PRIME
    return tuple(int(least) for least in mixed.min(axis=1))


def likeness(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """The estimated share of word groups that two texts have in common, 0 to 1; 0 where one has no signature."""
    if not first or len(first) != len(second):
        return 0.0
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def bands(of: tuple[int, ...]) -> tuple[str, ...]:
    """Keys by which like texts find each other; none without a signature."""
    rows = PLACES // BANDS
    if len(of) != PLACES:
        return ()
    raw = struct.pack(f"<{PLACES}I", *of)
    cut = (raw[i * rows * 4 : (i + 1) * rows * 4] for i in range(BANDS))
    return tuple(f"{i}:{hashlib.blake2b(part, digest_size=8).hexdigest()}" for i, part in enumerate(cut))


@cache
def _permutations() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Fixed factors and offsets: signatures of two days must compare."""
    raw = hashlib.shake_256(b"bluelamp reporting minhash 1").digest(PLACES * 8)
    numbers = np.frombuffer(raw, dtype="<u4").astype(np.uint64) % _PRIME
    return np.maximum(numbers[:PLACES], np.uint64(1)), numbers[PLACES:]
