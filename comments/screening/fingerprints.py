"""A number for a text; nearly the same texts have nearly the same one (SimHash, Charikar 2002)."""

import re
from hashlib import blake2b
from itertools import pairwise

from comments.screening.normalise import Normalised, normalise

BITS = 64
FEWEST_WORDS = 6  # "I agree with you" is written by many, and is no copy

# Scripts without spaces between words (Thai, kana, Han) give one word for each sign.
UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")

# For each byte, its eight bits set apart in lanes of 32, so that one addition counts eight bits at once.
LANE = 32
BITS_APART = [sum((byte >> bit & 1) << (LANE * bit) for bit in range(8)) for byte in range(256)]
LANE_MASK = (1 << LANE) - 1


def fingerprint(text: str) -> int:
    """64 bits of what a text says, signed as a database's BigInteger wants it; 0 if too short to compare."""
    return fingerprint_of(normalise(text))


def fingerprint_of(normal: Normalised) -> int:
    """The same for a text that has been normalised already."""
    words = ["#" if word.isdecimal() else word for word in WORD.findall(normal.text)]
    if len(words) < FEWEST_WORDS:
        return 0
    shingles = [*words, *map(" ".join, pairwise(words))]
    return _signed(_majority_of_bits([_hash(shingle) for shingle in shingles]))


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two fingerprints differ; texts that share nothing differ in about 32."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()


def _hash(shingle: str) -> bytes:
    return blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=BITS // 8).digest()


def _majority_of_bits(hashes: list[bytes]) -> int:
    together = b"".join(hashes)
    number = 0
    for place in range(BITS // 8):
        counts = sum(map(BITS_APART.__getitem__, together[place :: BITS // 8]))
        for bit in range(8):
            if 2 * (counts >> (LANE * bit) & LANE_MASK) > len(hashes):
                number |= 1 << (8 * place + bit)
    return number


def _signed(number: int) -> int:
    return number - (1 << BITS) if number >> (BITS - 1) else number
