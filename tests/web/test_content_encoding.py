"""Encodings that the client accepts: inflated whole or in pieces, with bounded memory."""

import gzip
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.servers import Reply, Serve
from transforms.web.accept import Accept
from transforms.web.client import HttpClient
from transforms.web.content_encoding import ACCEPT_ENCODING, Inflater
from transforms.web.policy import MIB, FetchPolicy

STORY = b"<!DOCTYPE html><p>" + b"Otters are back in the river Elm. " * 500


def brotli_bytes(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=5))


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli_bytes,
    "zstd": zstandard.compress,
}
names = pytest.mark.parametrize("name", PACK)


def inflate(name: str, data: bytes, *, step: int, most: int = 10 * MIB) -> bytes:
    inflater, out = Inflater(name), bytearray()
    for at in range(0, len(data), step):
        out += inflater.feed(data[at : at + step], most - len(out))
    inflater.finish()
    return bytes(out)


def test_all_that_is_offered_is_tested() -> None:
    assert set(ACCEPT_ENCODING.split(", ")) <= set(PACK)
    assert {"gzip", "deflate", "zstd"} <= set(ACCEPT_ENCODING.split(", "))


@names
@pytest.mark.parametrize("step", [1, 7, 1000, 10**9])
def test_pieces_of_any_size(name: str, step: int) -> None:
    assert inflate(name, PACK[name](STORY), step=step) == STORY


@names
def test_over_the_wire(serve: Serve, name: str) -> None:
    server = serve({"/": Reply(PACK[name](STORY), headers={"Content-Encoding": name})})
    with HttpClient(FetchPolicy(allow_private=True)) as client:
        assert client.get(server.url("/")).body == STORY
    assert name in server.log[0].headers["Accept-Encoding"].split(", ")


@names
def test_half_of_it_is_no_page(name: str) -> None:
    data = PACK[name](os.urandom(5000))
    with pytest.raises(Trouble, match="ends early"):
        inflate(name, data[: len(data) // 2], step=100)


@names
@pytest.mark.parametrize("name_of_other", ["gzip", "zstd"])
def test_another_encoding_than_it_says(name: str, name_of_other: str) -> None:
    PACK[name](b"")
    if name != name_of_other:
        with pytest.raises(Trouble, match=r"fetch\.protocol"):
            inflate(name, PACK[name_of_other](STORY), step=100)


@names
def test_a_bomb_is_cut_at_the_limit(serve: Serve, name: str) -> None:
    bomb = PACK[name](b"<p>" + b"0" * 30 * MIB)
    assert len(bomb) < 64 * 1024
    for step in (100, 10**9):
        assert inflate(name, bomb, step=step, most=1000) == b"<p>" + b"0" * 997
    server = serve({"/": Reply(bomb, headers={"Content-Encoding": name})})
    with HttpClient(FetchPolicy(allow_private=True, max_page_bytes=64 * 1024)) as client:
        with pytest.raises(Trouble, match=r"fetch\.too_large"):
            client.get(server.url("/"))
        assert len(client.get(server.url("/"), accept=Accept(is_cut=True)).body) == 64 * 1024


MEASURE = """
import resource, sys
from transforms.web.content_encoding import Inflater
data = sys.stdin.buffer.read()
Inflater(sys.argv[1]).feed(data[:9], 1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
inflater, out = Inflater(sys.argv[1]), bytearray()
for at in range(0, len(data), 65536):
    out += inflater.feed(data[at : at + 65536], 4194304 - len(out))
print(len(out), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in another unit")
@names
def test_a_bomb_takes_no_memory(name: str) -> None:
    bomb = PACK[name](b"0" * 64 * MIB)
    # Maxrss of a child begins at that of its parent where it is forked, so it goes through a small one.
    ran = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, MEASURE, name],
        input=bomb,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
    )
    size, kib = map(int, ran.stdout.split())
    assert size == 4 * MIB
    assert kib < 24 * 1024


def test_zstd_frames_follow_one_another() -> None:
    skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    data = zstandard.compress(STORY[:300]) + skippable + zstandard.compress(STORY[300:])
    for step in (1, 10**9):
        assert inflate("zstd", data, step=step) == STORY


def test_a_zstd_window_over_eight_mebibytes_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    engine = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = engine.compress(STORY) + engine.flush()
    with pytest.raises(Trouble, match="does not inflate"):
        inflate("zstd", data, step=1000)


@settings(deadline=None)
@given(
    st.sampled_from(ACCEPT_ENCODING.split(", ")), st.lists(st.binary(max_size=50)), st.integers(0, 200), st.booleans()
)
def test_inflating_any_bytes(encoding: str, pieces: list[bytes], most: int, is_begun: bool) -> None:
    inflater = Inflater(encoding)
    try:
        if is_begun:
            pieces = [PACK[encoding](STORY)[:40], *pieces]
        for piece in pieces:
            assert len(inflater.feed(piece, most)) <= most
        inflater.finish()
    except Trouble as why:
        assert why.code == "fetch.protocol"


MANY = {
    "members": ("gzip", gzip.compress(b"", mtime=0)),
    "frames": ("zstd", zstandard.ZstdCompressor().compress(b"")),
    "skippable frames": ("zstd", b"\x50\x2a\x4d\x18\0\0\0\0"),
    "empty stored blocks": ("deflate", b"\0\0\0\xff\xff"),
}


@pytest.mark.parametrize(("name", "piece"), MANY.values(), ids=MANY.keys())
def test_time_grows_with_what_is_sent_alone(name: str, piece: bytes) -> None:
    def cost(size: int) -> float:
        data = (b"\x78\x9c" if name == "deflate" else b"") + piece * (size // len(piece))
        inflater, start = Inflater(name), time.process_time()
        inflater.feed(data, MIB)  # at once: what is left of it is not copied at each end
        return time.process_time() - start

    cost(1000)
    assert cost(800_000) < 40 * cost(100_000) + 0.2
