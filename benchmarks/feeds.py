"""Fields, entries and speed of the feed parser on feedparser's own corpus and on real feeds, beside feedparser's.

Usage: ./run.sh bench feeds [-v]

Exit code 1 when ours passes fewer than plain feedparser (those on purpose aside), loses an entry of a real feed, or
is slower; 2 when the feeds are not there.
"""

import gzip
import io
import re
import statistics
import sys
import time
from collections import Counter
from typing import Any

import feedparser
import orjson

from benchmarks.measures.parser import make_parser
from schemas.documents import Entry, Source
from schemas.trouble import LeftOut, Trouble
from tests.support.feed_corpus import CORPUS, File, Parse, read_file, score
from transforms.sources.feed_entries import Feed, read_feed
from transforms.sources.opening import open_source
from transforms.sources.recognize import HEAD_BYTES, recognize

FEEDS = CORPUS.parent
_ENTRY = re.compile(rb"<(?:(?:atom|rss):)?(?:item|entry)[\s>/]", re.IGNORECASE)
_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
ROUNDS = 3


def plain(data: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(io.BytesIO(data), response_headers=headers)


def ours(data: bytes, headers: dict[str, str]) -> Feed:
    kind = recognize(data[:HEAD_BYTES])
    return read_feed(
        data,
        url=headers.get("content-location"),
        content_type=headers.get("content-type"),
        content_language=headers.get("content-language"),
        kind=kind if kind != "unknown" else "rss",
    )


def real_feeds() -> tuple[list[File], bool]:
    """The real feeds; whether each entry, link and title that plain feedparser finds is found."""
    files = [File(path, gzip.decompress(path.read_bytes()), "", {}) for path in sorted((FEEDS / "real").glob("*.gz"))]
    total, links, lossy = Counter[str](), 0, 0
    for path, data, _, headers in files:
        theirs, reason = plain(data, headers).entries, ""
        entries: tuple[Entry, ...] = ()
        try:
            entries = ours(data, headers).entries
        except (Trouble, LeftOut) as why:
            reason = str(why)
        total.update(ours=len(entries), plain=len(theirs))
        links += sum(entry.url is not None for entry in entries)
        pairs = list(zip(entries, theirs, strict=False))
        unlinked = sum(entry.url is None and str(item.get("link", "")).startswith("http") for entry, item in pairs)
        untitled = sum(entry.title is None and bool(item.get("title", "").strip()) for entry, item in pairs)
        if len(entries) < len(theirs) or unlinked or untitled:
            lossy += 1
            print(f"LOSS {path.name}: {len(entries)} of {len(theirs)}, {unlinked=} {untitled=} {reason}")
    print(f"{len(files)} real feeds: {total['ours']} entries, plain feedparser {total['plain']}; with link {links}")
    return files, not lossy


def kept_entries() -> bool:
    """Whether each item or entry that the bytes of a feed hold comes out of reading, as link, document or letter.

    They are counted by their tags, comments and CDATA aside: by a rule that knows nothing of the parsers.
    """
    whole = True
    for name in ("real", "gofeed", "feedparser-corpus"):
        total = Counter[str]()
        for path in sorted((FEEDS / name).rglob("*")):
            if path.suffix not in (".gz", ".xml"):
                continue
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            tags = len(_ENTRY.findall(_NO_TAGS.sub(b"", data.replace(b"\0", b""))))
            found: Counter[str] = Counter()
            try:
                for thing in open_source(Source(uri=str(path))):
                    found[type(thing).__name__] += 1
            except (Trouble, LeftOut) as why:
                found[str(getattr(why, "code", None) or getattr(why, "reason", None))] += 1
            is_feed = found.keys() & {"Link", "Document", "Mishap"}
            total.update(files=1, entries=tags if is_feed else 0, refused=0 if is_feed else 1)
            total.update({kind: found[kind] for kind in ("Link", "Document", "Mishap")})
            if is_feed and found["Link"] + found["Document"] + found["Mishap"] < tags:
                whole = False
                print(f"  {path.name}: {tags} entries, {dict(found)}")
        print(
            f"{name}: {total['files']} files, {total['refused']} of them give nothing; {total['entries']} entries in, "
            f"{total['Link']} links, {total['Document']} documents, {total['Mishap']} letters out"
        )
    return whole


def json_feeds() -> bool:
    """JSON Feeds, of which feedparser reads none: titles, ids and links of those of two corpora."""
    right = claims_made = 0
    for path in sorted([*(FEEDS / "gofeed/parser/json").glob("*.json"), *(CORPUS / "json").glob("*.json")]):
        wanted_at = path.with_name(f"{path.stem}_expected.json")
        if path.stem.endswith("_expected"):
            continue
        said = orjson.loads(path.read_bytes())
        wanted = orjson.loads(wanted_at.read_bytes()) if wanted_at.exists() else said
        feed = ours(path.read_bytes(), {})
        pairs = [(feed.title, wanted.get("title")), (len(feed.entries), len(wanted["items"]))]
        for entry, item in zip(feed.entries, wanted["items"], strict=False):
            pairs += [(entry.title, item.get("title")), (entry.entry_id, item.get("id")), (entry.url, item.get("url"))]
        claims_made += len(pairs)
        for got, want in pairs:
            right += got == want
            if got != want:
                print(f"  {path.name}: {got!r}, not {want!r}")
    print(f"JSON feeds: {right} of {claims_made} claims hold")
    return right == claims_made


def race(name: str, files: list[File]) -> bool:
    """Time parsing all files by plain feedparser and by ours, in turns; whether ours is the faster one."""

    def timed(parse: Parse) -> float:
        start = time.process_time()
        for file in files:
            try:
                parse(file.data, file.headers)
            except (Trouble, LeftOut):
                continue
        return time.process_time() - start

    rounds = [(timed(plain), timed(ours)) for _ in range(ROUNDS)]
    plain_s, ours_s = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{name}: plain feedparser {plain_s:.2f} s, ours {ours_s:.2f} s (processor, median of {ROUNDS}): ", end="")
    print(f"{plain_s / ours_s:.2f} times as fast")
    return bool(ours_s < plain_s)


def main() -> int:
    """Print the comparison; 1 where newsmill is worse."""
    parser = make_parser(__doc__)
    parser.add_argument(
        "-v", dest="verbose", action="store_true", help="print each claim that only plain feedparser meets"
    )
    known = parser.parse_args()
    if not FEEDS.is_dir():
        print(f"no feeds at {FEEDS}")
        return 2
    paths = sorted(CORPUS.rglob("*.xml"))
    files = [file for file in map(read_file, paths) if file]
    print(f"feedparser {feedparser.__version__}, its corpus: {len(files)} of {len(paths)} files say what they give")
    real, whole = real_feeds()
    checks = [
        score(files, plain, ours, verbose=known.verbose),
        whole,
        kept_entries(),
        json_feeds(),
        race("corpus", files),
        race("real feeds", real),
    ]
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
