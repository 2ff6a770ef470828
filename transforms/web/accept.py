"""What is accepted of a response."""

from typing import NamedTuple

from transforms.web.policy import FetchPolicy


class Accept(NamedTuple):
    """What is accepted of a response.

    Attributes:
        only_pages: refuse pictures, PDFs, archives and films, by header and by first bytes, and walls.
        max_bytes: largest body, as sent and as inflated; None: as the policy says of pages or of inputs.
        is_cut: keep the first ``max_bytes`` of a larger body instead of refusing it.
        max_redirects: most redirects that are followed; None: as the policy says.
        follow_refresh: a page that sends its reader to another address at once counts as a redirect, see
            :mod:`transforms.web.refresh`.
    """

    only_pages: bool = True
    max_bytes: int | None = None
    is_cut: bool = False
    max_redirects: int | None = None
    follow_refresh: bool = True

    @property
    def header(self) -> str:
        """Value of the Accept header."""
        if self.only_pages:
            return "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"
        return "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.8"

    def byte_limit(self, policy: FetchPolicy) -> int:
        """Return the largest body, bytes."""
        if self.max_bytes is not None:
            return self.max_bytes
        return policy.max_page_bytes if self.only_pages else policy.max_input_bytes

    def redirect_limit(self, policy: FetchPolicy) -> int:
        """Return the most redirects that are followed."""
        return policy.max_redirects if self.max_redirects is None else self.max_redirects


PAGE = Accept()
"""A page to read an article from."""

ANY = Accept(only_pages=False)
"""A feed, a list or any other input."""
