"""Hostile archives of the web."""

import gzip
from collections.abc import Callable
from typing import Any

from tests.support.hostile.makers import DATES, KB, MAKERS, MB, Maker, Making, add, add_pumps
from tests.support.hostile.pages import cut, page


def _record(making: Making, number: int, *, http: bytes | None = None, **fields: str) -> bytes:
    body = page(making._replace(size=0), title=f"{making.token} record {number}").encode()
    block = http if http is not None else b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    lines = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{making.token}-{number}>",
        "WARC-Date": "2026-01-02T03:04:05Z",
        "WARC-Target-URI": f"{making.host()}/{number}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value != "absent")
    return b"WARC/1.0\r\n" + head.encode("utf-8", "surrogatepass") + b"\r\n" + block + b"\r\n\r\n"


def _with(making: Making, fields: dict[str, Any]) -> bytes:
    return _record(making, 2, **fields)


def _warc(bad: Callable[[Making], bytes]) -> Maker:
    def make(making: Making) -> bytes:
        return _record(making, 1) + bad(making) + _record(making, 3) + _record(making, 4)

    return make


def _warc_field(field: str) -> Callable[[Making, str], str | bytes]:
    def make(making: Making, text: str) -> str | bytes:
        return _warc(lambda m: _with(m, {field: text[: 200 * KB].replace("\n", " ")}))(making)

    return make


for _field in ("WARC_Date", "WARC_Target_URI", "Content_Type", "WARC_Type", "X_Unknown"):
    add_pumps(
        f"warc.{_field}",
        ".warc",
        _warc_field(_field),
        ("spaces", "letters", "digits", "percents", "slashes", "colons", "dots", "wide", "semicolons"),
    )


def _http(head: str, body: bytes | None = None) -> Callable[[Making], bytes]:
    def make(making: Making) -> bytes:
        told = page(making._replace(size=0)).encode() if body is None else body
        return _record(making, 2, http=head.encode("latin-1") + b"\r\n\r\n" + told)

    return make


BOMB = gzip.compress(bytes(64 * MB), 9)
_HTTP_HEADS: dict[str, tuple[str, bytes | None]] = {
    "status_digits": ("HTTP/1.1 " + "9" * 5_000 + " OK", None),
    "status_words": ("HTTP/1.1 two hundred", None),
    "status_negative": ("HTTP/1.1 -200 OK", None),
    "no_status": ("Content-Type: text/html", None),
    "gzip_that_is_none": ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", None),
    "brotli_that_is_none": ("HTTP/1.1 200 OK\r\nContent-Encoding: br", None),
    "encodings": ("HTTP/1.1 200 OK\r\nContent-Encoding: " + "gzip, " * 2_000, None),
    "unknown_encoding": ("HTTP/1.1 200 OK\r\nContent-Encoding: x-none", None),
    "bomb": ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", BOMB),
    "chunked_that_is_none": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", None),
    "chunks_of_digits": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"f" * 5_000 + b"\r\n"),
    "chunks_of_one": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n"),
    "many_lines": ("HTTP/1.1 200 OK\r\n" + "\r\n".join(f"X-{n}: {n}" for n in range(20_000)), None),
    "long_line": ("HTTP/1.1 200 OK\r\nX: " + "a" * 500_000, None),
    "folded": ("HTTP/1.1 200 OK\r\nX: a\r\n" + " b\r\n" * 20_000 + "Y: c", None),
    "no_colons": ("HTTP/1.1 200 OK\r\n" + "no colon\r\n" * 5_000 + "X: y", None),
    "type_lies": ("HTTP/1.1 200 OK\r\nContent-Type: image/png", None),
    "charset_lies": ("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=base64", None),
    "location": ("HTTP/1.1 301 Moved\r\nLocation: " + "/a" * 100_000, b""),
    "empty": ("HTTP/1.1 200 OK", b""),
}
for _name, (_head, _body) in _HTTP_HEADS.items():
    MAKERS[f"warc.http.{_name}"] = (".warc", _warc(_http(_head, _body)))
for _n, _date in enumerate(DATES):
    MAKERS[f"warc.date.{_n}"] = (".warc", _warc(lambda m, date=_date: _record(m, 2, WARC_Date=date)))  # type: ignore[misc]
for _name, _value in {
    "negative": "-1",
    "huge": "9" * 30,
    "digits": "9" * 5_000,
    "words": "many",
    "short": "10",
}.items():
    MAKERS[f"warc.length.{_name}"] = (
        ".warc",
        _warc(lambda m, value=_value: _record(m, 2, Content_Length=value)),  # type: ignore[misc]
    )
add(
    ".warc",
    warc__no_length=_warc(lambda m: _record(m, 2, Content_Length="absent")),
    warc__no_address=_warc(lambda m: _record(m, 2, WARC_Target_URI="absent")),
    warc__no_date=_warc(lambda m: _record(m, 2, WARC_Date="absent")),
    warc__no_type=_warc(lambda m: _record(m, 2, WARC_Type="absent")),
    warc__revisit=_warc(lambda m: _record(m, 2, WARC_Type="revisit")),
    warc__many_fields=_warc(lambda m: _with(m, {f"X-{n}": "y" for n in range(m.size // 20)})),
    warc__many_empty=_warc(lambda m: _record(m, 2, http=b"") * min(400, m.size // 300)),
    warc__noise=_warc(lambda m: m.chance.randbytes(min(m.size, 100 * KB))),
    warc__version=_warc(lambda m: _record(m, 2).replace(b"WARC/1.0", b"WARC/9.9")),
    warc__truncated=cut(lambda m: _record(m, 1) + _record(m, 2)),
    warc__zeros_behind=lambda m: _record(m, 1) + bytes(m.size),
    arc__bad_lines=lambda m: (
        b"filedesc://a.arc 0.0.0.0 20240503100000 text/plain 76\n1 0 Example\n"
        b"URL IP-address Archive-date Content-type Archive-length\n\n"
        + f"{m.host()}/arc 1.2.3.4 99999999999999 text/html {'9' * 40}\n".encode()
        + page(m._replace(size=0)).encode()
        + b"\nhttp:// nonsense\n" * 50
    ),
    arc__long_line=lambda m: b"filedesc://a.arc 0.0.0.0 20240503100000 text/plain 76\n1 0 X\n\n" + b"a" * m.size,
)
add(
    ".warc.gz",
    warc__members=lambda m: b"".join(gzip.compress(_record(m, n)) for n in range(min(60, m.size // 3_000) + 1)),
    warc__garbage_behind_gzip=lambda m: gzip.compress(_record(m, 1)) + m.chance.randbytes(1_000),
    warc__garbage_between_gzip=lambda m: gzip.compress(_record(m, 1)) + b"junk" + gzip.compress(_record(m, 2)),
    warc__cut_gzip=cut(lambda m: gzip.compress(_record(m, 1) + _record(m, 2))),
)
