"""Where the WARC files of an output are, and what their manifest entries have in the place of a table."""

from schemas.documents import Document
from transforms.identity import short_digest
from transforms.lake.commits import Commit

ARCHIVE = "archive"
"""Directory of the WARC files that keep fetched pages, and their table in a manifest. Its rows are pages: response and
revisit records; redirects do not count."""

SUFFIX = ".warc.gz"

SCHEMA_HASH = "warc"
"""Stands for the schema_hash of a table."""


def archive_path(commit: Commit, first: Document) -> str:
    """Return the final name of a file below the output: a pure function of the commit and of its first page.

    The page is identified by the address that was requested, where that was found, and when it was fetched. One commit
    requests an address once, and two bundles share no document, so no two files get one name.
    """
    response, origin = first.response, first.origin
    requested = (*response.redirects, response.url)[0] if response else ""
    at = response.fetched_at.isoformat() if response and response.fetched_at else ""
    name = short_digest(commit.run_id, str(commit.chunk), requested, at, origin.uri, str(origin.position))
    day = commit.ingest_date.isoformat()
    return f"{ARCHIVE}/ingest_date={day}/{commit.run_id}-{commit.chunk:05d}-{name}{SUFFIX}"
