"""Requests and responses as they went over the wire, recorded for the archive."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpcore

from schemas.documents import Exchange

_MASKED = {b"authorization": b"***"}
"""Headers whose value is not stored, and what is stored instead."""


class ExchangeRecorder:
    """Records one exchange.

    Heads are rebuilt from the lines that httpcore sent and received, in their order and case. White space around
    values, folding of lines and invalid lines are lost, and so are the chunks of the transfer.

    Args:
        url: address requested.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._request: httpcore.Request | None = None
        self._ip: str | None = None
        self.body = bytearray()

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Trace extension of httpcore: keep the request when it is about to be sent."""
        if name == "http11.send_request_headers.started":
            self._request = info["request"]

    def begin_response(self, answer: httpcore.Response) -> None:
        """Record the IP address of the server, while the connection is open."""
        with contextlib.suppress(OSError):
            self._ip = answer.extensions["network_stream"].get_extra_info("server_addr")[0]

    def exchange(self, answer: httpcore.Response, at: datetime, *, is_whole: bool) -> Exchange:
        """Return the exchange recorded.

        Args:
            answer: the response given to :meth:`begin_response`.
            at: UTC instant at which its head was received.
            is_whole: whether the body was read to its end.
        """
        request, notes = self._request, answer.extensions
        assert request is not None
        request_line = b"%s %s HTTP/1.1" % (request.method, request.url.target)
        status_line = b"%s %d %s" % (notes["http_version"], answer.status, notes["reason_phrase"])
        sent = [(name, _MASKED.get(name.lower(), value)) for name, value in request.headers]
        return Exchange(
            url=self._url,
            at=at,
            request_head=_head(request_line, sent),
            response_head=_head(status_line, answer.headers),
            body=bytes(self.body),
            is_whole=is_whole,
            ip=self._ip,
        )


def _head(line: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    return b"\r\n".join([line, *(b"%s: %s" % pair for pair in headers), b"", b""])
