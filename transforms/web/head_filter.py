"""Heads of HTTP responses, without the lines that a strict parser refuses.

Servers send invalid header lines, which every browser ignores and for which h11 refuses the whole response. They are
removed before h11 reads them. Valid lines stay as they are. Framing is never guessed: two lengths that differ stay two
lengths, for the parser to refuse.
"""

import re

import httpcore

MAX_HEAD_BYTES = 256 * 1024
"""Longest head of a response, bytes; browsers have the same limit."""

MAX_LINES = 1000
"""Most header lines of one response."""

MAX_INTERIM = 10
"""Most interim responses (status 1xx) before the final one."""

_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP(?:/(\d{1,3})(?:\.(\d{1,3}))?)?[ \t]+(\d{3})(?![0-9])[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}")
_CONTROLS = bytes(range(0x20)) + b"\x7f"
_SPACED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))  # also NUL and a lone CR (RFC 9110, 5.5; RFC 9112, 2.2)


def clean_head(head: bytes) -> tuple[bytes, int | None]:
    r"""Return the head of one response as a strict parser accepts it, and its status; None where it is not HTTP.

    Removed are lines without a colon or with an invalid name (``X@Y: z``), together with the lines folded below them,
    a folded line at the start, a Content-Length that is not a number, and an empty or repeated Transfer-Encoding.
    White space before a colon is removed, control characters become spaces, folded lines one line. A line feed alone
    ends a line. Version and spacing of the status line are corrected.

    >>> clean_head(b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nno colon here\r\n\r\n")
    (b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n', 200)

    Args:
        head: up to and including its empty line.

    Raises:
        httpcore.RemoteProtocolError: the head has more than MAX_LINES lines.
    """
    first, *lines = head.rstrip(b"\r\n").split(b"\n")
    found = _STATUS.fullmatch(first.rstrip(b"\r"))
    if found is None:
        return head, None
    if len(lines) > MAX_LINES:
        raise httpcore.RemoteProtocolError(f"{len(lines)} header lines, over the limit of {MAX_LINES}")
    is_old = found[1] is not None and (int(found[1]), int(found[2] or 0)) < (1, 1)
    kept = [b"HTTP/%s %s %s" % (b"1.0" if is_old else b"1.1", found[3], found[4].translate(_SPACED).strip())]
    has_coding = False
    for name, value in _fields(lines):
        key = name.lower()
        if key == b"content-length" and not re.fullmatch(rb"\d+(?:[ ]*,[ ]*\d+)*", value):
            continue
        if key == b"transfer-encoding":
            codings = {coding.strip().lower() for coding in value.split(b",")} - {b"", b"identity"}
            if not codings or (has_coding and codings == {b"chunked"}):
                continue
            has_coding = codings == {b"chunked"}
            kept.append(name + b": " + (b"chunked" if has_coding else value))
            continue
        kept.append(name + b": " + value)
    return b"\r\n".join([*kept, b"", b""]), int(found[3])


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return names and values of the valid lines."""
    fields: list[tuple[bytes, list[bytes]]] = []
    is_invalid = True
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if not is_invalid:
                fields[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        is_invalid = not colon or _NAME.fullmatch(name) is None
        if not is_invalid:
            fields.append((name, [value]))
    return [(name, b" ".join(part.translate(_SPACED).strip() for part in parts)) for name, parts in fields]


class HeadFilter:
    """Cleans the heads of the responses on one connection; bodies are not changed.

    Accepts pieces of any size, in linear time.
    """

    def __init__(self) -> None:
        self.expect()

    def expect(self) -> None:
        """Expect the head of a response next; called when a request is sent."""
        self._head = bytearray()
        self._looked = 0
        self._interim = 0
        self._is_body = False

    def feed(self, data: bytes) -> bytes:
        """Add the next bytes and return what the parser can read now; the rest where ``data`` is empty.

        Raises:
            httpcore.RemoteProtocolError: the head is longer than MAX_HEAD_BYTES.
        """
        if self._is_body:
            return data
        self._head += data
        if not data:
            return self._rest()
        out = b""
        while not self._is_body:
            if not self._looked:
                blank = len(self._head) - len(self._head.lstrip(b"\r\n"))
                del self._head[:blank]  # left over from the response before
            if len(self._head) >= 5 and self._head[:4].upper() != b"HTTP":
                return out + self._rest()  # not HTTP: the parser reports it
            end = _END.search(self._head, max(0, self._looked - 2))
            if (len(self._head) if end is None else end.end()) > MAX_HEAD_BYTES:
                raise httpcore.RemoteProtocolError(f"the head is over {MAX_HEAD_BYTES} bytes long")
            if end is None:
                self._looked = len(self._head)
                break
            head, status = clean_head(bytes(self._head[: end.end()]))
            del self._head[: end.end()]
            self._looked = 0
            out += head
            if status is None or status >= 200 or status == 101:
                return out + self._rest()
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise httpcore.RemoteProtocolError(f"more than {MAX_INTERIM} interim responses")
        return out

    def _rest(self) -> bytes:
        rest = bytes(self._head)
        self._head = bytearray()
        self._is_body = True
        return rest
