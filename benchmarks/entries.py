"""The entries of feeds, all accounted for: entries = articles + duplicates by text + dead letters + titles alone.

Each feed is read by itself, with the functions that the stages of a run with ``--fetch never`` call; then all real
feeds in one run. An entry is lost where it is left out because another one has its link
(``repeats.same_id``), or is nowhere. Exits with 1 where one is lost, with 0 where the public feeds are not there.

Usage: ./run.sh bench entries [--feeds ../shared/data/feeds] [--all]
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from benchmarks.measures.parser import make_parser
from pipeline.cli import main as newsmill
from schemas.articles import Article
from schemas.documents import Document, Link, Source
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from tests.support.paths import PUBLIC
from transforms.articles.read import read_document
from transforms.known.repeats import pick_original
from transforms.sources.opening import open_source
from transforms.web.client import FetchedPage
from transforms.web.link_documents import fetch_document, pick_links
from transforms.web.policy import host_key

KEPT = ("articles", "same text", "letters", "titles alone")
BY_LINK = "by link"


def read_feed_alone(path: Path) -> Counter[str]:
    """What became of the entries of one feed; ``entries`` says how many there are."""
    counts: Counter[str] = Counter()
    links: dict[str, list[Link]] = {}
    documents: list[Document] = []
    try:
        for found in open_source(Source(uri=str(path))):
            counts["entries"] += 1
            if isinstance(found, Link):
                links.setdefault(_host(found), []).append(found)
            elif isinstance(found, Document):
                documents.append(found)
            else:
                counts["letters" if isinstance(found, Mishap) else "entries"] += 1
    except (Trouble, LeftOut):
        return Counter()  # it is not a feed, or has no entry
    for group in links.values():
        for link, copy_of in pick_links(group, "never"):
            try:
                document = fetch_document(link, "never", _nobody)
            except LeftOut:
                counts["titles alone"] += 1
                continue
            if copy_of is None:
                documents.append(document)
            else:
                counts["same text" if _says_what_stays(link, group) else BY_LINK] += 1
    return counts + _read(documents)


def _host(link: Link) -> str:
    try:
        return host_key(link.url)
    except ValueError:
        return ""


def _says_what_stays(link: Link, group: list[Link]) -> bool:
    entry = link.entry
    others = (other.entry for other in group if other is not link and other.entry is not None)
    return entry is not None and any(
        (other.title, other.content_html, other.summary_html) == (entry.title, entry.content_html, entry.summary_html)
        for other in others
    )


def _read(documents: list[Document]) -> Counter[str]:
    counts: Counter[str] = Counter()
    articles: list[Article] = []
    for document in documents:
        try:
            articles.append(read_document(document))
        except Trouble:
            counts["letters"] += 1
    once: list[Article] = []
    for kept, others in _picked(articles, "article_id"):
        once.append(kept)
        same = sum(other.text_hash == kept.text_hash for other in others)
        counts["same text"] += same
        counts[BY_LINK] += len(others) - same
    for _, others in _picked(once, "text_hash"):
        counts["articles"] += 1
        counts["same text"] += len(others)
    return counts


def _picked(articles: list[Article], name: str) -> Iterator[tuple[Article, list[Article]]]:
    groups: dict[str, list[Article]] = {}
    for article in articles:
        groups.setdefault(getattr(article, name), []).append(article)
    return map(pick_original, groups.values())


def _nobody(url: str) -> FetchedPage:
    raise AssertionError(f"{url} was asked for")


def run_all(feeds: str) -> Counter[str]:
    """What became of the entries of all feeds that a pattern stands for in one run."""
    with tempfile.TemporaryDirectory() as output:
        words = ["run", "--input", feeds, "--output", output, "--fetch", "never", "--spacy_model", "none"]
        code = newsmill([*words, "--quiet", "--max_dead_ratio", "1"])
        if code:
            raise SystemExit(f"the run over {feeds} ended with {code}")
        counts = Counter({"articles": len(_column(output, "articles", "article_id"))})
        # A feed that could not be read as a whole is a letter, too, and has no position.
        counts["letters"] = sum(place is not None for place in _column(output, "dead_letters", "source_position"))
        for reason in _column(output, "dropped", "reason"):
            named = {"repeats.same_id": BY_LINK, "repeats.same_text": "same text", "fetch.off": "titles alone"}
            counts[named.get(reason, reason)] += 1
    return counts


def _column(output: str, table: str, name: str) -> list[Any]:
    where = Path(output, table)
    rows: list[Any] = ds.dataset(where).to_table(columns=[name]).column(name).to_pylist() if where.exists() else []
    return rows


def _lost(counts: Counter[str]) -> int:
    """The number of entries that are neither kept nor accounted for."""
    return counts["entries"] - sum(counts[name] for name in KEPT)


def _line(name: str, counts: Counter[str]) -> str:
    return (
        f"{name[-44:]:<44} "
        + " ".join(f"{counts[column]:>12,}" for column in ("entries", *KEPT))
        + f" {_lost(counts):>6,}"
    )


def main() -> int:
    """Print one line a feed, and the sums; all lines with ``--all``, else those of real feeds and of losses."""
    parser = make_parser(__doc__)
    parser.add_argument("--feeds", type=Path, default=PUBLIC / "feeds")
    parser.add_argument("--all", action="store_true", help="print every feed")
    known = parser.parse_args()
    if not known.feeds.is_dir():
        sys.stdout.write(f"skipped: {known.feeds} is not there; give --feeds DIR\n")
        return 0
    heads = " ".join(f"{name:>12}" for name in ("entries", *KEPT))
    sys.stdout.write(f"{'feed':<44} {heads} {'lost':>6}\n")
    total: Counter[str] = Counter()
    feed_count = 0
    for path in sorted(path for path in known.feeds.rglob("*") if path.is_file() and path.name != "LICENSE"):
        counts = read_feed_alone(path)
        if not counts["entries"]:
            continue
        feed_count += 1
        total += counts
        if known.all or path.parent.name == "real" or _lost(counts):
            sys.stdout.write(_line(str(path.relative_to(known.feeds)), counts) + "\n")
    sys.stdout.write(_line(f"{feed_count} feeds, each by itself", total) + "\n")
    lost = _lost(total)
    if (known.feeds / "real").is_dir():
        real: Counter[str] = Counter()
        for path in sorted((known.feeds / "real").glob("*.gz")):
            real["entries"] += read_feed_alone(path)["entries"]
        together = run_all(str(known.feeds / "real" / "*.gz"))
        sys.stdout.write(_line("real feeds, in one run", real + together) + "\n")
        lost += _lost(real + together)
    sys.stdout.write("no entry is lost\n" if not lost else f"{lost} entries are lost\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
