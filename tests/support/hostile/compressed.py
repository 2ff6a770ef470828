"""Hostile compression."""

import bz2
import gzip
import lzma
import zlib

import brotli
import zstandard

from tests.support.hostile.archives import BOMB
from tests.support.hostile.makers import MB, Making, add, fill
from tests.support.hostile.pages import cut, page


def _deep_gzip(making: Making) -> bytes:
    data = page(making).encode()
    for _ in range(20):
        data = gzip.compress(data, mtime=0)
    return data


def _token_gzip(making: Making, data: bytes) -> bytes:
    return gzip.compress(page(making._replace(size=0)).encode(), mtime=0) + data


add(
    ".html.gz",
    gzip__bomb=lambda _: BOMB,
    gzip__bomb_of_markup=lambda m: gzip.compress(b"<p>" * (8 * MB), 9, mtime=0) + m.token.encode(),
    gzip__deep=_deep_gzip,
    gzip__members=lambda m: gzip.compress(b"", mtime=0) * (m.size // 20) + gzip.compress(page(m).encode()),
    gzip__garbage_behind=lambda m: _token_gzip(m, b"<!-- cached 0.2 s -->"),
    gzip__noise_behind=lambda m: _token_gzip(m, m.chance.randbytes(m.size)),
    gzip__zeros_behind=lambda m: _token_gzip(m, bytes(m.size)),
    gzip__cut=cut(lambda m: gzip.compress(page(m).encode(), mtime=0)),
    gzip__long_name=lambda m: (
        b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"a" * m.size + b"\0" + zlib.compress(page(m).encode())[2:-4]
    ),
    gzip__bad_sum=lambda m: gzip.compress(page(m).encode(), mtime=0)[:-8] + b"\0" * 8,
    gzip__bad_method=lambda m: b"\x1f\x8b\x07" + m.chance.randbytes(m.size),
    gzip__plain=page,
    zlib__raw=lambda m: zlib.compress(page(m).encode())[2:-4],
    zlib__wrapped=lambda m: zlib.compress(page(m).encode()),
    zlib__bomb=lambda _: zlib.compress(bytes(64 * MB), 9),
)
add(
    ".html.zst",
    zstd__bomb=lambda _: zstandard.compress(bytes(256 * MB)),
    zstd__empty_frames=lambda m: b"P*M\x18\0\0\0\0" * (m.size // 8),
    zstd__frames=lambda m: zstandard.compress(b"") * (m.size // 9) + zstandard.compress(page(m).encode()),
    zstd__skippable_lies=lambda m: b"P*M\x18\xff\xff\xff\xff" + page(m).encode(),
    zstd__cut=cut(lambda m: zstandard.compress(page(m).encode())),
    zstd__garbage_behind=lambda m: zstandard.compress(page(m).encode()) + b"<!-- cached -->",
    zstd__window=lambda m: b"\x28\xb5\x2f\xfd\x00\xff" + m.chance.randbytes(1_000),
)
add(
    ".html.br",
    brotli__bomb=lambda _: brotli.compress(bytes(64 * MB), quality=5),
    brotli__page=lambda m: brotli.compress(page(m).encode()),
    brotli__cut=cut(lambda m: brotli.compress(page(m).encode())),
)
add(
    ".bin",
    other__bz2=lambda m: bz2.compress(page(m).encode()),
    other__bz2_bomb=lambda _: bz2.compress(bytes(64 * MB)),
    other__xz=lambda m: lzma.compress(page(m).encode()),
    other__zip=lambda m: b"PK\x03\x04" + m.chance.randbytes(m.size),
    other__pdf=lambda m: b"%PDF-1.7\n" + fill("1 0 obj << /Length 9 >> ", m.size).encode(),
    other__picture=lambda m: b"\x89PNG\r\n\x1a\n" + m.chance.randbytes(m.size),
    other__parquet=lambda m: b"PAR1" + m.chance.randbytes(m.size) + b"PAR1",
    other__pickle=lambda m: b"\x80\x04\x95" + m.chance.randbytes(m.size),
    other__one_byte=lambda m: m.chance.randbytes(1),
)
