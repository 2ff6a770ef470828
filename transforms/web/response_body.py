"""Bodies of responses: received, inflated and kept within limits."""

from collections.abc import Mapping
from typing import NamedTuple

import httpcore

from schemas.trouble import Trouble
from transforms.web.accept import Accept
from transforms.web.content_encoding import Inflater
from transforms.web.content_type import refused_head, refused_type
from transforms.web.exchange_recorder import ExchangeRecorder
from transforms.web.redirects import Redirects
from transforms.web.request_log import PendingRequest

_HEAD_BYTES = 1024
_MAX_PIECES = 200_000
"""Most pieces of one body: a chunk of one byte costs a thousand times as much as its byte."""


class RequestSpec(NamedTuple):
    """One request: its address and headers, and what is accepted of the response.

    Attributes:
        redirected_from: addresses that redirected here.
        redirects: redirects so far, with their cookies.
        headers: sent in addition to the usual ones.
        limit: largest body, bytes, as sent and as inflated.
        accept: what is accepted besides.
    """

    url: str
    redirected_from: tuple[str, ...]
    redirects: Redirects
    headers: tuple[tuple[str, bytes], ...]
    limit: int
    accept: Accept


def receive_body(
    stream: httpcore.Response,
    head: Mapping[str, str],
    spec: RequestSpec,
    sent: PendingRequest,
    recorder: ExchangeRecorder | None,
) -> tuple[bytes, bool]:
    """Receive a body; return it inflated, and whether it is complete.

    Args:
        head: header lines by name in lower case.
        sent: counts the bytes received.
        recorder: keeps the bytes.

    Raises:
        Trouble: fetch.content_type, fetch.too_large or fetch.protocol.
    """
    url, limit, kind = spec.url, spec.limit, head.get("content-type")
    if spec.accept.only_pages and (why := refused_type(kind)):
        raise Trouble("fetch.content_type", f"{url} is not a page: {why}", status=stream.status)
    announced = head.get("content-length", "")
    if not spec.accept.is_cut and announced.isdecimal() and int(announced[:15]) > limit:
        raise Trouble("fetch.too_large", f"{url} announces {announced} bytes, over the limit of {limit}")
    inflater = Inflater(head.get("content-encoding"))
    body, sniffed = bytearray(), not spec.accept.only_pages
    for count, piece in enumerate(stream.iter_stream()):
        if count >= _MAX_PIECES:
            raise Trouble("fetch.protocol", f"{url} comes in over {_MAX_PIECES} pieces; reading stopped there")
        sent.bytes_received += len(piece)
        if recorder is not None:
            recorder.body += piece
        body += inflater.feed(piece, limit + 1 - len(body))
        if not sniffed and len(body) >= _HEAD_BYTES:
            sniffed = True
            _check_head(url, kind, body, stream.status)
        if len(body) > limit or sent.bytes_received > limit:
            if spec.accept.is_cut:
                return bytes(body[:limit]), False
            raise Trouble("fetch.too_large", f"{url} is over the limit of {limit} bytes; reading stopped there")
    inflater.finish()
    if not sniffed:
        _check_head(url, kind, body, stream.status)
    return bytes(body), True


def _check_head(url: str, content_type: str | None, body: bytearray, status: int) -> None:
    if why := refused_head(content_type, bytes(body[:_HEAD_BYTES])):
        raise Trouble("fetch.content_type", f"{url} is not a page: {why}", status=status)
