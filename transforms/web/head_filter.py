"""The head of an HTTP answer as a server sent it goes in; the lines of it that a strict parser takes come out.

Servers send lines that are no header lines, and every browser passes over them. h11 refuses the whole answer, so
they are taken out before it sees them. What a line that is right says stays as it is: framing above all is never
guessed, and two lengths that differ stay two lengths, for the parser to refuse.
"""

import re

import httpcore

MAX_HEAD_BYTES = 256 * 1024
"""Longest head of an answer, bytes; also what browsers take."""

MAX_LINES = 1000
"""Most header lines of one answer."""

MAX_INTERIM = 10
"""Most interim answers (status 1xx) before the one that counts."""

_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP(?:/(\d{1,3})(?:\.(\d{1,3}))?)?[ \t]+(\d{3})(?![0-9])[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}")
_CONTROLS = bytes(range(0x20)) + b"\x7f"
_SPACED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))  # also NUL and a lone CR (RFC 9110, 5.5; RFC 9112, 2.2)


def clean_head(head: bytes) -> tuple[bytes, int | None]:
    r"""The head of one answer as a strict parser takes it, and its status; None where it is no answer.

    Passed over are: lines without a colon or whose name is no token (``X@Y: z``), with what is folded below them,
    folded lines below nothing, a Content-Length that is no number, and an empty or repeated Transfer-Encoding.
    White space before a colon goes, control characters become blanks, folded lines one line, a line feed alone ends
    a line, and version and spacing of the status line are put right.

    >>> clean_head(b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nno colon here\r\n\r\n")
    (b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n', 200)

    Args:
        head: up to its empty line, with it.

    Raises:
        httpcore.RemoteProtocolError: more than MAX_LINES lines.
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
    """Names and values of the lines that are header lines."""
    fields: list[tuple[bytes, list[bytes]]] = []
    is_passed_over = True
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if not is_passed_over:
                fields[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        is_passed_over = not colon or _NAME.fullmatch(name) is None
        if not is_passed_over:
            fields.append((name, [value]))
    return [(name, b" ".join(part.translate(_SPACED).strip() for part in parts)) for name, parts in fields]


class HeadFilter:
    """Cleans the heads of the answers on one connection; bodies pass as they are.

    Takes pieces of any size in time that grows with their length alone.
    """

    def __init__(self) -> None:
        self.expect()

    def expect(self) -> None:
        """Say that a request was sent: what is read next is the head of its answer."""
        self._head = bytearray()
        self._looked = 0
        self._interim = 0
        self._is_body = False

    def feed(self, data: bytes) -> bytes:
        """What of the answer can be handed on, given the next bytes; all that is left where these are empty.

        Raises:
            httpcore.RemoteProtocolError: the head is longer than any real one.
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
                del self._head[:blank]  # left over from the answer before
            if len(self._head) >= 5 and self._head[:4].upper() != b"HTTP":
                return out + self._rest()  # no HTTP: for the parser to say
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
                raise httpcore.RemoteProtocolError(f"more than {MAX_INTERIM} interim answers")
        return out

    def _rest(self) -> bytes:
        rest = bytes(self._head)
        self._head = bytearray()
        self._is_body = True
        return rest
