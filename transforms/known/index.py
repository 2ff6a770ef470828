"""A small index of the ids that an output holds, for any number of workers.

The index is built from what is committed at every start and removed at the end: nothing that is kept elsewhere can
disagree with the output. Ids are kept as their first 64 bits (of 128), content as
64 bits: about 60 bytes an article. Other columns of a known article are read from
its file. The chance that a new article is mistaken for one of ten million known ones is one in 10^12.
"""

import bisect
import dataclasses
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.articles import Dropped
from transforms.identity import FRAGMENT_SCHEME, GUID_SCHEME, REUSED_SCHEME, TEXT_SCHEME, digest, id_bits
from transforms.known.stored_rows import KnownRow, read_row

SHARED_BY = (GUID_SCHEME, FRAGMENT_SCHEME, TEXT_SCHEME, REUSED_SCHEME)
"""Schemes of articles that more than their link identifies; the index stores the position of the scheme here."""

LEFT_OUT_COLUMNS = (
    *("outcome", "stage", "reason", "message", "duplicate_of"),
    *("url", "link_id", "entry_hash", "source_uri", "source_position"),
)
"""Columns of dropped that say what was left out, what its feed said of it, and why."""

LEFT_OUT_COUNTER = "dropped.known"
"""Counter of rows of dropped that are not written again; with ``.`` and a reason, of those with that reason."""

Records = npt.NDArray[np.void]


class KnownArticle(NamedTuple):
    """What is known of an article: its newest version, and the first 64 bits of that version's content_hash."""

    version: int
    content: int


@dataclasses.dataclass(frozen=True, slots=True)
class KnownIndex:
    """Sorted arrays to look ids up in.

    Attributes:
        articles: id, content and number of the newest version; sorted by id.
        texts: hash of a text and the id of the article that has it; sorted by hash.
        links: address and the feed entry last seen for it; sorted by address, then entry.
        shared: address, without fragment, id, scheme and feed of each article that more than that
            address identifies; sorted by address.
        retracted: full ids of articles that were taken down.
        output: where the files are.
        paths: files below the output that ``articles`` count.
        left_out: hashes of what was left out and of why, as :func:`left_out_bits` gives them; sorted.
    """

    articles: Records
    texts: Records
    links: Records
    shared: Records
    retracted: frozenset[str] = frozenset()
    output: str = ""
    paths: tuple[str, ...] = ()
    left_out: npt.NDArray[np.uint64] = dataclasses.field(default_factory=lambda: np.empty(0, np.uint64))

    def find_article(self, article_id: str) -> KnownArticle | None:
        """Return the newest known version of an article."""
        place = _find(self.articles["id"], id_bits(article_id))
        if place is None:
            return None
        found = self.articles[place]
        return KnownArticle(version=int(found["version"]), content=int(found["content"]))

    def find_text(self, text_hash: str) -> str | None:
        """article_id of an article with the same text."""
        place = _find(self.texts["text"], id_bits(text_hash))
        if place is None:
            return None
        return f"{int(self.texts[place]['high']):016x}{int(self.texts[place]['low']):016x}"

    def has_link(self, link_id: str, entry_hash: str | None) -> bool:
        """Return whether the address was read while its feed had the same entry for it."""
        links, wanted = self.links["link"], np.uint64(id_bits(link_id))
        start, end = bisect.bisect_left(links, wanted), bisect.bisect_right(links, wanted)
        return bool(np.any(self.links["entry"][start:end] == np.uint64(id_bits(entry_hash))))

    def has_left_out(self, bits: int) -> bool:
        """Return whether a row of dropped says the same; see :func:`left_out_bits`."""
        return _find(self.left_out, bits) is not None

    def shared_by(self, link_id: str, feed_url: str | None) -> frozenset[str]:
        """Schemes of the articles of a feed that more than an address identifies; empty where the address does.

        Args:
            link_id: of the address alone.
            feed_url: address of the feed; None where it has none.
        """
        found = self._sharing(link_id)
        return frozenset(SHARED_BY[how] for how in found["how"][found["feed"] == feed_bits(feed_url)].tolist())

    def shared_ids(self, link_id: str) -> list[str]:
        """article_ids of the articles of an address that more than the address identifies, in a stable order."""
        pairs = sorted({(int(found["high"]), int(found["low"])) for found in self._sharing(link_id)})
        return [f"{high:016x}{low:016x}" for high, low in pairs]

    def _sharing(self, link_id: str) -> Records:
        links, wanted = self.shared["link"], np.uint64(id_bits(link_id))
        return self.shared[bisect.bisect_left(links, wanted) : bisect.bisect_right(links, wanted)]

    def read_row(self, article_id: str) -> KnownRow | None:
        """Return the newest known version of an article, read from its file; None where it is not there.

        Raises:
            OSError: the file is missing or cut off.
        """
        place = _find(self.articles["id"], id_bits(article_id))
        if place is None:
            return None
        path, version = self.paths[int(self.articles[place]["file"])], int(self.articles[place]["version"])
        return read_row(self.output, path, article_id, version)

    def __len__(self) -> int:
        return len(self.articles)


def left_out_bits(row: Dropped) -> int:
    """Return the hash of what a row of dropped says in LEFT_OUT_COLUMNS."""
    values = (getattr(row, name) for name in LEFT_OUT_COLUMNS)
    return id_bits(digest(*("" if value is None else str(value) for value in values)))


def feed_bits(feed_url: str | None) -> np.uint64:
    """Return what stands for a feed in an index; 0 for none."""
    return np.uint64(id_bits(digest("feed", feed_url)) if feed_url else 0)


def _find(column: Any, wanted: int) -> int | None:
    # np.searchsorted would copy the whole column first: it is one of an array of records.
    place = bisect.bisect_left(column, np.uint64(wanted))
    return place if place < len(column) and int(column[place]) == wanted else None


@dataclasses.dataclass(frozen=True, slots=True)
class LayeredIndex:
    """Several indexes as one, so that recent commits need not be merged into the large one.

    Attributes:
        layers: newest first.
    """

    layers: tuple[KnownIndex, ...]

    @property
    def retracted(self) -> frozenset[str]:
        """See KnownIndex."""
        return frozenset().union(*(layer.retracted for layer in self.layers))

    def find_article(self, article_id: str) -> KnownArticle | None:
        """See KnownIndex: the newest version in any layer."""
        found = (layer.find_article(article_id) for layer in self.layers)
        return max((known for known in found if known is not None), key=lambda known: known.version, default=None)

    def find_text(self, text_hash: str) -> str | None:
        """See KnownIndex."""
        return next((name for layer in self.layers if (name := layer.find_text(text_hash)) is not None), None)

    def has_link(self, link_id: str, entry_hash: str | None) -> bool:
        """See KnownIndex."""
        return any(layer.has_link(link_id, entry_hash) for layer in self.layers)

    def has_left_out(self, bits: int) -> bool:
        """See KnownIndex."""
        return any(layer.has_left_out(bits) for layer in self.layers)

    def shared_by(self, link_id: str, feed_url: str | None) -> frozenset[str]:
        """See KnownIndex."""
        return frozenset().union(*(layer.shared_by(link_id, feed_url) for layer in self.layers))

    def shared_ids(self, link_id: str) -> list[str]:
        """See KnownIndex."""
        return sorted({name for layer in self.layers for name in layer.shared_ids(link_id)})

    def read_row(self, article_id: str) -> KnownRow | None:
        """See KnownIndex: the newest version in any layer."""
        found = ((known.version, layer) for layer in self.layers if (known := layer.find_article(article_id)))
        newest = max(found, key=lambda pair: pair[0], default=None)
        return newest[1].read_row(article_id) if newest else None


Known = KnownIndex | LayeredIndex
"""An index in which articles, texts and addresses are looked up."""
