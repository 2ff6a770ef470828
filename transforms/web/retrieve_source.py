"""One source at an http(s) address, retrieved; a subscription by a conditional request."""

from schemas.documents import Retrieved, Source
from schemas.trouble import Trouble
from transforms.feeds.schedule import conditional_headers
from transforms.web.content_type import is_page
from transforms.web.home_pages import check_landing
from transforms.web.polite_client import PoliteClient, fetch_source
from transforms.web.status import Busy


def requested_address(source: Source) -> str:
    """Return the address that is requested for a source: that of a subscription may have moved."""
    return (source.feed.address if source.feed else None) or source.uri


def conditional_headers_of(source: Source) -> tuple[tuple[str, str], ...]:
    """Return the headers of a conditional request; empty unless the source is a subscription, read from its start."""
    return conditional_headers(source.feed) if source.feed and source.first == 0 else ()


def retrieve_source(source: Source, web: PoliteClient) -> Retrieved:
    """Retrieve one source; a failure is part of the result, and is counted where the source is opened.

    A subscription that has not changed has a response of status 304, and no bytes.
    """
    try:
        response, body, charset = fetch_source(web, requested_address(source), headers=conditional_headers_of(source))
        if source.feed is None and is_page(response.content_type, body):  # subscriptions record moves in feed_state
            check_landing(source.uri, response.url)
    except Trouble as why:
        return Retrieved(
            source=source,
            code=why.code,
            message=why.message,
            status=why.status,
            retry_after_s=why.retry_after_s if isinstance(why, Busy) else None,
            at=web.client.now(),
        )
    except Exception as error:  # whatever a server provokes fails one source, not the run
        message = f"{type(error).__name__}: {error}"[:500]
        return Retrieved(source=source, code="fetch.crash", message=message, at=web.client.now())
    return Retrieved(source=source, response=response, body=body, charset=charset, at=response.fetched_at)
