"""What httpcore tells of a request goes in; the exchange as it went over the wire comes out."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpcore

from schemas.documents import Exchange

_SAID = {b"authorization": b"***"}
"""Headers whose value is not kept, and what stands in its place."""


class ExchangeRecorder:
    """Notes one exchange on the way.

    Heads are put together of the lines that httpcore sent and read: order and case are theirs, only white space
    around values, folded lines and lines that are no header lines are not. Chunks of the transfer are gone when
    httpcore gives the body.

    Args:
        url: address that is asked.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._request: httpcore.Request | None = None
        self._ip: str | None = None
        self.body = bytearray()

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Told by httpcore of each step; the request is noted as it is about to be sent."""
        if name == "http11.send_request_headers.started":
            self._request = info["request"]

    def answered(self, answer: httpcore.Response) -> None:
        """Note the server's address, while the connection is sure to be open."""
        with contextlib.suppress(OSError):
            self._ip = answer.extensions["network_stream"].get_extra_info("server_addr")[0]

    def exchange(self, answer: httpcore.Response, at: datetime, *, is_whole: bool) -> Exchange:
        """What was noted.

        Args:
            answer: what :meth:`answered` was told of.
            at: UTC instant at which its head was there.
            is_whole: whether the body was read to its end.
        """
        request, notes = self._request, answer.extensions
        assert request is not None
        asked = b"%s %s HTTP/1.1" % (request.method, request.url.target)
        answered = b"%s %d %s" % (notes["http_version"], answer.status, notes["reason_phrase"])
        return Exchange(
            url=self._url,
            at=at,
            request_head=_head(asked, [(name, _SAID.get(name.lower(), value)) for name, value in request.headers]),
            response_head=_head(answered, answer.headers),
            body=bytes(self.body),
            is_whole=is_whole,
            ip=self._ip,
        )


def _head(line: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    return b"\r\n".join([line, *(b"%s: %s" % pair for pair in headers), b"", b""])
