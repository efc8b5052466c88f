from __future__ import annotations

import gzip
import itertools
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bodies import PIECE, read_body
from corpus.errors import FetchFailed, FetchRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = "<p>Цены на газ выросли.</p>".encode() * 400
PACKINGS = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE[:5_000]) + gzip.compress(PAGE[5_000:]),
    "deflate": zlib.compress(PAGE),
    " Deflate ": zlib.compress(PAGE)[2:-4],
}


def read(body: bytes, coding: str = "", *, largest: int = 100_000, piece: int = 1_000) -> bytes:
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    return read_body(pieces, coding, host="news.example", largest=largest)


@pytest.mark.parametrize("piece", [1, 7, 100_000])
@pytest.mark.parametrize("coding", PACKINGS)
def test_what_was_packed_comes_out_whole(coding: str, piece: int) -> None:
    assert read(PACKINGS[coding], coding, piece=piece) == PAGE


@given(st.binary(max_size=300), st.integers(1, 50), st.sampled_from(range(10)))
def test_anything_packed_comes_out_whole(page: bytes, piece: int, level: int) -> None:
    assert read(gzip.compress(page, level), "gzip", piece=piece) == page


def test_what_is_left_in_the_unpacker_at_the_end_comes_out() -> None:
    page = (b"abcdefg" * 20_000)[
        : 2 * PIECE + 257
    ]  # all of it read, and one repetition too long for two pieces
    assert read(zlib.compress(page, 9)[2:-4], "deflate", largest=1_000_000) == page


def test_nothing_is_nothing_however_it_is_packed() -> None:
    assert read(b"", "gzip") == read(b"") == read(b"", "identity") == b""


def test_a_bomb_is_defused_before_it_has_unfolded() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(FetchRefused, match="what it sends is packed so densely that it must be a trap"):
        read(bomb, "gzip", largest=10_000_000)


def test_an_endless_body_is_given_up_at_its_limit() -> None:
    asked = itertools.count()

    def endless() -> Iterator[bytes]:
        while True:
            next(asked)
            yield b"a" * 1_000

    with pytest.raises(FetchRefused, match="more than 5,000 bytes"):
        read_body(endless(), "", host="news.example", largest=5_000)
    assert next(asked) == 6


def test_an_endless_stream_that_unpacks_to_nothing_is_given_up() -> None:
    nothing = itertools.chain([b"\x78\x9c"], itertools.repeat(b"\x00\x00\x00\xff\xff" * 100))
    with pytest.raises(FetchRefused, match="more than 50,000 bytes packed"):
        read_body(nothing, "deflate", host="news.example", largest=100_000)


def test_the_limit_itself_is_still_read() -> None:
    assert read(b"a" * 5_000, largest=5_000) == b"a" * 5_000


def test_what_may_be_cut_is_cut_at_the_limit() -> None:
    assert read_body([b"abc", b"def"], "", host="news.example", largest=4, is_cut=True) == b"abcd"


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress", "gzip;q=1"])
def test_nothing_is_unpacked_that_was_not_asked_for(coding: str) -> None:
    with pytest.raises(
        FetchRefused, match=r"^news\.example: it packs its answers as '.*', which it was not asked to"
    ):
        read(gzip.compress(gzip.compress(PAGE)), coding)


@pytest.mark.parametrize("cut", [1, 5, 11, 60])
def test_half_an_answer_is_none(cut: int) -> None:
    with pytest.raises(FetchFailed, match=r"^news\.example: it broke off") as caught:
        read(PACKINGS["gzip"][:-cut], "gzip")
    assert not isinstance(caught.value, FetchRefused)


def test_damage_is_noticed() -> None:
    damaged = bytearray(PACKINGS["gzip"])
    damaged[-6] ^= 1
    for body in (bytes(damaged), b"<p>not packed at all</p>"):
        with pytest.raises(FetchFailed, match="damaged and cannot be unpacked"):
            read(body, "gzip")
