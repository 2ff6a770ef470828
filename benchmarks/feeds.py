"""Real feeds and feedparser's own corpus go in; entries found, losses and times come out.

Exit code 1 when an entry that plain feedparser finds is lost, 2 when the feeds are not there.
"""

import gzip
import io
import sys
import time
from collections import Counter
from pathlib import Path

import feedparser

from schemas.trouble import LeftOut, Trouble
from transforms.sources.feeds import parse_feed
from transforms.sources.recognize import HEAD_BYTES, recognize

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds"


def real_feeds() -> int:
    """Compare with plain feedparser, entry by entry; the number of feeds with a loss."""
    ours_s = plain_s = 0.0
    ours_n = plain_n = links = lossy = 0
    for path in sorted((FEEDS / "real").glob("*.gz")):
        data = gzip.decompress(path.read_bytes())
        start = time.perf_counter()
        plain = feedparser.parse(io.BytesIO(data))
        plain_s += time.perf_counter() - start
        kind = recognize(data[:HEAD_BYTES])
        start = time.perf_counter()
        try:
            entries = parse_feed(data, kind=kind).entries
        except (Trouble, LeftOut) as why:
            entries, reason = (), str(why)
        else:
            reason = ""
        ours_s += time.perf_counter() - start
        ours_n, plain_n = ours_n + len(entries), plain_n + len(plain.entries)
        links += sum(entry.url is not None for entry in entries)
        unlinked = sum(
            entry.url is None and str(item.get("link", "")).startswith("http")
            for entry, item in zip(entries, plain.entries, strict=False)
        )
        untitled = sum(
            entry.title is None and bool(item.get("title", "").strip())
            for entry, item in zip(entries, plain.entries, strict=False)
        )
        if len(entries) < len(plain.entries) or unlinked or untitled:
            lossy += 1
            print(f"LOSS {path.name} {kind}: {len(entries)} of {len(plain.entries)}, {unlinked=} {untitled=} {reason}")
    print(f"real feeds: {ours_n} entries, plain feedparser {plain_n}; with link {links}; feeds with a loss {lossy}")
    print(f"parsing: {ours_s:.2f} s, plain feedparser {plain_s:.2f} s")
    return lossy


def corpus() -> None:
    """How each file of the corpus is recognised, and whether its entries are all there."""
    for part in ("wellformed", "illformed", "encoding", "entities"):
        tally: Counter[str] = Counter()
        for path in sorted((FEEDS / "feedparser-corpus" / part).rglob("*.xml")):
            data = path.read_bytes()
            kind = recognize(data[:HEAD_BYTES])
            wanted = len(feedparser.parse(io.BytesIO(data)).entries)
            try:
                found = len(parse_feed(data, kind=kind if kind != "unknown" else "rss").entries)
            except (Trouble, LeftOut) as why:
                found = 0
                tally[getattr(why, "code", "") or getattr(why, "reason", "")] += 1
            tally[f"kind {kind}"] += 1
            tally["entries kept" if found >= wanted else "entries LOST"] += 1
            if found < wanted or kind not in ("rss", "atom", "cdf") or "-v" in sys.argv:
                print(f"  {path.relative_to(FEEDS)}: {kind}, {found} of {wanted}")
        print(f"{part}: {dict(tally)}")


def main() -> int:
    if not FEEDS.is_dir():
        print(f"no feeds at {FEEDS}")
        return 2
    lossy = real_feeds()
    if "--corpus" in sys.argv:
        corpus()
    return 1 if lossy else 0


if __name__ == "__main__":
    sys.exit(main())
