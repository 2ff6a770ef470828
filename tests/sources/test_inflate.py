"""Compressed streams, whole, broken and hostile."""

import gzip
import io
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from transforms.sources.inflate import compression, open_inflated

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
    assume(compression(b"".join(parts)) is None)  # that would be one layer more than is allowed here
    assert inflate(b"".join(map(compress, parts)), max_layers=1) == b"".join(parts)  # type: ignore[call-overload]


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
def test_a_cut_is_corrupt_after_what_was_whole(compress: object) -> None:
    data = compress(bytes(i * i % 251 for i in range(5000)))  # type: ignore[operator]
    for cut in (len(data) - 1, len(data) // 2, 6):
        with pytest.raises(Trouble, match=r"read\.corrupt"):
            inflate(data[:cut])


@pytest.mark.parametrize("data", [gzip.compress(TEXT)[:-6] + b"xxxxxx", gzip.compress(TEXT) + b"<rss/>"])
def test_wrong_bytes_are_corrupt(data: bytes) -> None:
    with pytest.raises(Trouble, match=r"read\.corrupt"):
        inflate(data)


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
