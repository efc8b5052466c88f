"""Bodies of answers: read to the end or to a limit, unpacked without being blown up."""

import zlib
from collections.abc import Iterable, Iterator

from corpus.errors import FetchFailed, FetchRefused

#: Bytes unpacked of one byte received, beyond the first million; a page rarely comes to 20, a bomb to 1,000.
LARGEST_RATIO = 100
RATIO_COUNTS_FROM = 1_000_000

#: Bytes unpacked at once.
PIECE = 65_536

#: Negative numbers of bits are zlib's for "no header"; 32 more for "gzip's or zlib's".
_ANY_HEADER, _NO_HEADER = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS
_GZIP, _ZLIB = b"\x1f\x8b", 8


def read_body(
    received: Iterable[bytes], coding: str, *, host: str, largest: int, is_cut: bool = False
) -> bytes:
    """Return a body, unpacked.

    Args:
        received: as the server sends it.
        coding: the Content-Encoding. gzip and deflate, once; nobody wraps a page twice but to hide something.
        host: who is named in errors.
        largest: bytes of the body. A packed one may have half of that while it is packed.
        is_cut: whether a larger one is cut there, in place of being refused.

    Raises:
        FetchRefused: it is too large, packed too densely, or packed in another way.
        FetchFailed: it is damaged.
    """
    body = bytearray()
    for piece in _unpacked(received, coding, host=host, largest=largest):
        body += piece
        if len(body) > largest:
            if is_cut:
                break
            raise FetchRefused(f"{host}: it sends more than {largest:,} bytes, which is too much")
    return bytes(body[:largest])


def _unpacked(received: Iterable[bytes], coding: str, *, host: str, largest: int) -> Iterator[bytes]:
    match coding.strip().lower():
        case "" | "identity":
            yield from received
        case "gzip" | "x-gzip" | "deflate":
            try:
                yield from _inflated(_packed(received, host=host, largest=largest), host=host)
            except zlib.error as error:
                raise FetchFailed(f"{host}: what it sent is damaged and cannot be unpacked") from error
        case other:
            raise FetchRefused(f"{host}: it packs its answers as {other[:40]!r}, which it was not asked to")


def _packed(received: Iterable[bytes], *, host: str, largest: int) -> Iterator[bytes]:
    size = 0
    for piece in received:
        size += len(piece)
        if size > largest // 2:
            raise FetchRefused(f"{host}: it sends more than {largest // 2:,} bytes packed, which is too much")
        yield piece


def _inflated(packed: Iterable[bytes], *, host: str) -> Iterator[bytes]:
    pieces = iter(packed)
    left = next(pieces, b"")
    if not left:
        return
    unpacking = zlib.decompressobj(_ANY_HEADER if _has_header(left) else _NO_HEADER)
    size_in, size_out = len(left), 0
    while left:
        unpacked = unpacking.decompress(left, PIECE)
        size_out += len(unpacked)
        if size_out > RATIO_COUNTS_FROM and size_out > LARGEST_RATIO * size_in:
            raise FetchRefused(f"{host}: what it sends is packed so densely that it must be a trap")
        yield unpacked
        if unpacking.unused_data.startswith(_GZIP):  # one archive after the other is one, too
            left, unpacking = unpacking.unused_data, zlib.decompressobj(_ANY_HEADER)
            continue
        left = unpacking.unconsumed_tail
        if not left:
            left = next(pieces, b"")
            size_in += len(left)
    yield unpacking.flush()
    if not unpacking.eof:
        raise FetchFailed(f"{host}: it broke off before all of its answer was there")


def _has_header(packed: bytes) -> bool:
    """Return whether this is gzip or zlib; some servers send deflate with no header at all."""
    return packed.startswith(_GZIP[:1]) or packed[0] & 0x0F == _ZLIB
