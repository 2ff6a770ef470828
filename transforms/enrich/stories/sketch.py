"""A sample of the word triples of a text, by which texts that share passages are found."""

import binascii
import re
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]

MODEL: Final = "newsmill-stories 1"

READ_CHARS: Final = 100_000
"""Of a longer text the first part is sketched: some 16,000 words, about 2,000 hashes."""

RATES: Final = (8, 4, 2, 1)
"""One triple in so many is kept. The samples are nested: what is kept at a rate is kept at every smaller one, too."""

ENOUGH: Final = 96
"""A text has the largest rate at which so many are left, so that short ones lose less: 96 to 200 up to 1,500 words."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese are written without spaces: each character counts as a word."""

_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")

_FIRST, _SECOND, _THIRD = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def sketch(text: str) -> str:
    """Return the sketch of a text: the sampled hashes, ascending, 8 hex digits each; empty below three words.

    Case, punctuation and white space make no difference. The same text has the same sketch on every machine.
    The rate is not stored: :func:`rate_of` tells it.

    >>> sketch("The ferry sails on Monday.") == sketch("the ferry   sails - on monday")
    True
    >>> len(sketch("The ferry sails on Monday.")) // 8, sketch("The ferry")
    (3, '')
    """
    words = _WORD.findall(text[:READ_CHARS].lower())
    if len(words) < 3:
        return ""
    hashes = hash_triples(words)
    for rate in RATES:
        kept = _ascending(hashes[hashes & np.uint32(rate - 1) == 0])
        if len(kept) >= ENOUGH:
            break
    return binascii.hexlify(kept.astype(">u4").tobytes()).decode()


def hash_triples(words: list[str]) -> Hashes:
    """Return 32 bits for each three words that follow one another, in order."""
    encoded = "\n".join(words).encode("utf-8", "surrogatepass").split(b"\n")
    crcs = np.fromiter(map(zlib.crc32, encoded), np.uint64, len(words))
    # The order counts; then the bits are mixed as splitmix64 does, so that any of them may sample.
    mixed = crcs[:-2] * _FIRST + crcs[1:-1] * _SECOND + crcs[2:] * _THIRD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    hashes: Hashes = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
    return hashes


def _ascending(hashes: Hashes) -> Hashes:
    """Return hashes in order, without repeats; np.unique takes five times as long."""
    ordered = np.sort(hashes)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


def read_sketch(stored: str) -> Hashes:
    """Return the hashes of a sketch.

    Raises:
        ValueError: it is not a sketch.
    """
    return np.frombuffer(binascii.unhexlify(stored), dtype=">u4").astype(np.uint32)


def rate_of(hashes: Hashes) -> int:
    """Return the rate of a sketch: half of the hashes of a smaller rate are not multiples of the next.

    >>> rate_of(np.array([16, 8, 24], np.uint32)), rate_of(np.array([16, 4], np.uint32))
    (8, 4)
    """
    seen = int(np.bitwise_or.reduce(hashes)) if len(hashes) else 0
    return next((rate for rate in reversed(RATES) if seen & rate and rate < RATES[0]), RATES[0])
