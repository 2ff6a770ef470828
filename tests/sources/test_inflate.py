"""Compressed streams, whole, broken and hostile."""

import gzip
import io
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from transforms.signatures import compression_format
from transforms.sources.inflate import MAX_BARREN_MEMBERS, _InflatingStream, open_inflated

TEXT = b"The harbour of Port Ansel opened again. " * 2000


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def inflate(data: bytes, **limits: float) -> bytes:
    return open_inflated(io.BytesIO(data), name="x", **limits).read()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        gzip.compress(TEXT),
        zstd(TEXT),
        gzip.compress(TEXT[:777]) + gzip.compress(b"") + gzip.compress(TEXT[777:]),
        zstd(TEXT[:777]) + zstd(TEXT[777:]),
        b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstd(TEXT),
        gzip.compress(zstd(TEXT)),
        gzip.compress(gzip.compress(TEXT)),
        gzip.compress(TEXT) + b"\0" * 1000,
    ],
    ids=["plain", "gzip", "zstd", "members", "frames", "skippable", "both", "twice", "padded"],
)
def test_the_same_comes_out(data: bytes) -> None:
    assert inflate(data) == TEXT


@settings(deadline=None)
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.sampled_from([gzip.compress, zstd]))
def test_members_in_any_number(parts: list[bytes], compress: object) -> None:
    assume(compression_format(b"".join(parts)) is None)  # that would be one layer more than is allowed here
    assert inflate(b"".join(map(compress, parts)), max_layers=1) == b"".join(parts)  # type: ignore[call-overload]


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
def test_a_cut_is_corrupt_after_what_was_whole(compress: object) -> None:
    data = compress(bytes(i * i % 251 for i in range(5000)))  # type: ignore[operator]
    for cut in (len(data) - 1, len(data) // 2, 6):
        with pytest.raises(Trouble, match=r"read\.corrupt"):
            inflate(data[:cut])


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
@pytest.mark.parametrize(
    "behind", [b"<!-- made in 0.2 s -->", b"\n", b"\0\0\nx", b"\x1f", b"\x28\xb5\x2f", b"x" * 200_000]
)
def test_what_follows_the_last_member_is_passed_over(compress: Callable[[bytes], bytes], behind: bytes) -> None:
    assert inflate(compress(TEXT) + behind) == TEXT
    assert inflate(compress(TEXT[:777]) + bytes(70_000) + compress(TEXT[777:]) + behind) == TEXT


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TEXT)[:-6] + b"xxxxxx",
        gzip.compress(TEXT) + b"\0junk" + gzip.compress(TEXT),
        zstd(TEXT) + b"junk" + zstd(TEXT),
        b"\x50\x2a\x4d\x18\x09\0\0\0abc",
        b"\x50\x2a\x4d\x18\x09",
    ],
)
def test_wrong_bytes_are_corrupt(data: bytes) -> None:
    with pytest.raises(Trouble, match=r"read\.corrupt"):
        inflate(data)


SKIPPABLE = b"\x5a\x2a\x4d\x18\0\0\0\0"


@pytest.mark.parametrize("barren", [SKIPPABLE, zstd(b""), gzip.compress(b"")], ids=["skippable", "frame", "member"])
def test_members_that_hold_nothing(barren: bytes) -> None:
    whole = (gzip.compress if barren.startswith(b"\x1f") else zstd)(TEXT)
    assert inflate((barren * 9 + whole) * 3 + barren) == TEXT * 3
    assert inflate(barren * MAX_BARREN_MEMBERS) == b""
    with pytest.raises(Trouble, match=r"10000 \w+ members in a row hold nothing"):
        inflate(barren * (MAX_BARREN_MEMBERS + 1) + whole)


def test_a_skippable_frame_of_any_size_is_skipped() -> None:
    frame = b"\x50\x2a\x4d\x18" + (300_000).to_bytes(4, "little") + bytes(300_000)
    assert inflate(frame + zstd(TEXT) + frame) == TEXT


class _Copied(bytes):
    """Bytes that count how many of them are given out."""

    given = 0

    def __getitem__(self, key: Any) -> Any:
        piece = super().__getitem__(key)
        _Copied.given += len(piece) if isinstance(piece, bytes) else 1
        return piece


@pytest.mark.parametrize("barren", [SKIPPABLE, zstd(b""), gzip.compress(b"")], ids=["skippable", "frame", "member"])
def test_work_grows_with_the_size_alone(barren: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    more, copied = _InflatingStream._more, []

    def counted(self: _InflatingStream) -> bool:
        found = more(self)
        self._waiting = _Copied(self._waiting)
        return found

    monkeypatch.setattr(_InflatingStream, "_more", counted)
    for count in (2_000, 8_000):
        _Copied.given = 0
        assert inflate(barren * count) == b""
        copied.append(_Copied.given)
    assert copied[1] < 5 * copied[0]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\x28\xb5\x2f\xfd"]))
def test_any_bytes_fail_only_in_a_named_way(data: bytes, magic: bytes) -> None:
    try:
        inflate(magic + data)
    except Trouble as trouble:
        assert trouble.code in ("read.corrupt", "read.too_large")


@pytest.mark.parametrize("compress", [lambda data: zlib.compress(data, 9, 31), zstd], ids=["gzip", "zstd"])
def test_bombs_cost_little(compress: object) -> None:
    bomb = compress(bytes(60 << 20))  # type: ignore[operator]
    tracemalloc.start()
    reader = open_inflated(io.BytesIO(bomb), name="x", max_ratio=100)
    with pytest.raises(Trouble, match=r"inflates more than 100 times"):
        while reader.read(1 << 16):
            pass
    assert tracemalloc.get_traced_memory()[1] < 24 << 20
    tracemalloc.stop()


def test_limits() -> None:
    with pytest.raises(Trouble, match=r"over 1000 bytes"):
        inflate(gzip.compress(TEXT), max_bytes=1000)
    with pytest.raises(Trouble, match=r"more than 2 times"):
        inflate(gzip.compress(gzip.compress(gzip.compress(TEXT))))
