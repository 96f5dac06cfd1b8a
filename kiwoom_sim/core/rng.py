"""Draw every random number from a named stream: Philox4x32-10, counter based.

A stream is a key made from (seed, purpose, entity); a draw is a pure function of the key and up
to four 32-bit counters. So any block of draws can be made in any order, in one vectorised call,
and adding a purpose or an entity moves no other draw.

Not for: distributions that a library may change; `quantile.py` writes the normal one out.

Source:
    Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC11); known-answer vectors of
    its reference distribution are in `tests/core/test_rng.py`. Normal quantile: P. J. Acklam's
    rational approximation (relative error below 1.2e-9).
"""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kiwoom_sim.core.quantile import TAIL, A, B, C, D

Key = tuple[int, int]
Words = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]

_M0 = 0xD2511F53
_M1 = 0xCD9E8D57
_W0 = 0x9E3779B9
_W1 = 0xBB67AE85
_MASK = 0xFFFFFFFF
_ROUNDS = 10
_NARROW_ROUNDS = 3
"""Rounds before which some words do not depend on all keys and counters, so are smaller."""

_CACHED = 16_384
"""Blocks that are drawn at a time."""


def stream_key(seed: int, purpose: str, entity: str = "") -> Key:
    """Return the 64-bit key of a stream as two 32-bit words."""
    digest = blake2b(f"{seed}|{purpose}|{entity}".encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def stream_keys(seed: int, purpose: str, entities: list[str]) -> NDArray[np.uint32]:
    """Return the keys of many streams as an array of shape (n, 2)."""
    keys = [stream_key(seed, purpose, entity) for entity in entities]
    return np.array(keys, dtype=np.uint32).reshape(len(entities), 2)


def philox(key: Key, counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return one block of four 32-bit words; plain integers, for rare single draws."""
    k0, k1 = key
    c0, c1, c2, c3 = counter
    for _ in range(_ROUNDS):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


def draw_below(key: Key, bound: int, ordinal: int, lane: int = 0) -> int:
    """Return an integer in [0, bound) for the `ordinal`-th draw of a stream."""
    word0, word1, _, _ = philox(key, (ordinal & _MASK, lane, ordinal >> 32, 0))
    return ((word1 << 32 | word0) * bound) >> 64


def philox_block(
    k0: ArrayLike, k1: ArrayLike, c0: ArrayLike, c1: ArrayLike, c2: ArrayLike, c3: ArrayLike
) -> Words:
    """Return blocks of four words for broadcast keys and counters.

    Words are 32-bit values held in uint64, so that the multiplication needs no cast.
    """
    mask, shift = np.uint64(_MASK), np.uint64(32)
    m0, m1 = np.uint64(_M0), np.uint64(_M1)
    key0, key1, w0, w1, w2, w3 = (
        np.asarray(each).astype(np.uint64) & mask for each in (k0, k1, c0, c1, c2, c3)
    )
    shape = np.broadcast_shapes(*(each.shape for each in (key0, key1, w0, w1, w2, w3)))
    for _ in range(_NARROW_ROUNDS):
        p0, p1 = w0 * m0, w2 * m1
        w0, w1 = (p1 >> shift) ^ w1 ^ key0, p1 & mask
        w2, w3 = (p0 >> shift) ^ w3 ^ key1, p0 & mask
        key0, key1 = (key0 + np.uint64(_W0)) & mask, (key1 + np.uint64(_W1)) & mask
    w0, w1, w2, w3 = (np.array(np.broadcast_to(each, shape)) for each in (w0, w1, w2, w3))
    p0, p1 = np.empty_like(w0), np.empty_like(w0)
    for _ in range(_NARROW_ROUNDS, _ROUNDS):
        np.multiply(w0, m0, out=p0)
        np.multiply(w2, m1, out=p1)
        _mix(p1, w1, key0, w0)
        _mix(p0, w3, key1, w2)
        np.bitwise_and(p1, mask, out=w1)
        np.bitwise_and(p0, mask, out=w3)
        key0, key1 = (key0 + np.uint64(_W0)) & mask, (key1 + np.uint64(_W1)) & mask
    return w0, w1, w2, w3


def _mix(
    product: NDArray[np.uint64],
    word: NDArray[np.uint64],
    key: NDArray[np.uint64],
    out: NDArray[np.uint64],
) -> None:
    """Write the upper half of a product, xored with a word and a key."""
    np.right_shift(product, np.uint64(32), out=out)
    np.bitwise_xor(out, word, out=out)
    np.bitwise_xor(out, key, out=out)


def _runs(
    keys: NDArray[np.uint32], rows: ArrayLike, count: int, lane: int
) -> Iterator[tuple[slice, Words]]:
    """Yield blocks `0..count` of runs, some rows at a time so that all of it stays in cache."""
    position = np.asarray(rows, dtype=np.uint64)[:, None]
    blocks = np.arange(count, dtype=np.uint64)[None, :]
    step = max(1, _CACHED // max(count, 1))
    for first in range(0, len(position), step):
        part = slice(first, first + step)
        key, at = keys if len(keys) == 1 else keys[part], position[part]
        yield (
            part,
            philox_block(
                key[:, :1], key[:, 1:], blocks, at & np.uint64(_MASK), at >> np.uint64(32),
                np.uint64(lane),
            ),
        )  # fmt: skip


def _to_unit(low: NDArray[np.uint64], high: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Map two words to a double strictly inside (0, 1)."""
    raw = (high << np.uint64(32) | low) >> np.uint64(11)
    return (raw.astype(np.float64) + 0.5) * 2.0**-53


def uniform_grid(
    keys: NDArray[np.uint32], rows: ArrayLike, count: int, purpose_lane: int = 0
) -> NDArray[np.float64]:
    """Return uniforms of shape (n, count): row i is a run of stream `keys[i]` at `rows[i]`.

    Args:
        keys: Stream keys, shape (n, 2) or (1, 2).
        rows: One position per row (a day, or day * 512 + minute), shape (n,), 0 or above.
        count: Draws per row; draw j does not depend on `count`.
        purpose_lane: Separates several runs at the same position of one stream.

    Returns:
        Doubles strictly inside (0, 1).
    """
    whole = (count + 1) // 2
    result = np.empty((len(np.asarray(rows)), whole, 2))
    for part, words in _runs(keys, rows, whole, purpose_lane):
        result[part, :, 0] = _to_unit(words[0], words[1])
        result[part, :, 1] = _to_unit(words[2], words[3])
    return result.reshape(len(result), -1)[:, :count]


def uniform_quads(
    keys: NDArray[np.uint32], rows: ArrayLike, count: int, purpose_lane: int = 0
) -> NDArray[np.float64]:
    """Return uniforms of shape (n, count, 4) at a quarter of the cost of `uniform_grid`.

    They have 32 bits each; arguments as for `uniform_grid`, whose draws they are unrelated to.
    """
    result = np.empty((len(np.asarray(rows)), count, 4))
    for part, words in _runs(keys, rows, count, purpose_lane | 1 << 31):
        for number, word in enumerate(words):
            np.add(word, 0.5, out=result[part, :, number])
        result[part] *= 2.0**-32
    return result


def normal_grid(
    keys: NDArray[np.uint32], rows: ArrayLike, count: int, purpose_lane: int = 0
) -> NDArray[np.float64]:
    """Return standard normals of shape (n, count); see `uniform_grid`."""
    return normal_quantile(uniform_grid(keys, rows, count, purpose_lane))


def _polynomial(
    coefficients: tuple[float, ...], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a polynomial of values, highest power first, by Horner's rule in one array."""
    result = values * coefficients[0]
    for coefficient in coefficients[1:-1]:
        result += coefficient
        result *= values
    result += coefficients[-1]
    return result


def normal_quantile(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of the normal distribution function, elementwise on (0, 1)."""
    q = probability - 0.5
    r = q * q
    result = _polynomial(A, r)
    result *= q
    result /= _polynomial((*B, 1.0), r)
    tail = np.minimum(probability, 1.0 - probability) < TAIL
    if tail.any():
        p = probability[tail]
        t = np.sqrt(-2.0 * np.log(np.minimum(p, 1.0 - p)))
        top = ((((C[0] * t + C[1]) * t + C[2]) * t + C[3]) * t + C[4]) * t + C[5]
        bottom = (((D[0] * t + D[1]) * t + D[2]) * t + D[3]) * t + 1.0
        result[tail] = np.where(p < 0.5, top / bottom, -top / bottom)
    return result
