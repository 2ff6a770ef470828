"""The seeds are what their sources say, and cover what docs/seeds.md promises."""

import re
from collections import Counter
from pathlib import Path

from schemas.documents import Document, Link, Source
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from tests.support.found import code_of
from tests.support.make_seeds import SEEDS, content, make_seeds
from transforms.sources.opening import open_source

FILES = sorted(path for path in SEEDS.rglob("*") if path.is_file())
RESERVED = re.compile(r"(?:.+\.)?(?:example|test|example\.(?:org|com|net))")
VOCABULARIES = {"purl.org", "www.w3.org", "schema.org", "search.yahoo.com", "jsonfeed.org", "userland.com"}


def test_rebuilding_gives_the_same_content() -> None:
    for name, data in make_seeds().items():
        assert content(name, (SEEDS / name).read_bytes()) == content(name, data), f"{name}: run make_seeds.py"


def test_every_kind_is_there() -> None:
    kinds: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for path in FILES:
        try:
            found = list(open_source(Source(uri=str(path))))
        except Trouble as trouble:
            codes[trouble.code] += 1
            continue
        for thing in found:
            if isinstance(thing, Mishap):
                codes[code_of(thing)] += 1
            elif isinstance(thing, Source):
                kinds[thing.listed_in.kind if thing.listed_in else ""] += 1
            elif isinstance(thing, Link | Document):
                kinds[thing.origin.kind] += 1
    assert kinds == {
        "rss": 20, "atom": 8, "cdf": 2, "json_feed": 5, "html": 8, "jsonl": 10, "warc": 3, "text": 12,
        "opml": 2, "url_list": 4,
    }  # fmt: skip
    assert codes == {
        "read.empty": 1, "read.corrupt": 1, "read.unrecognised": 1, "read.bad_record": 2, "read.ignored": 1
    }  # fmt: skip


def test_every_address_is_reserved_for_examples() -> None:
    sources = [*FILES, *(Path(__file__).parent / "data" / "seeds").iterdir()]
    for path in sources:
        for host in re.findall(rb"https?://([\w.-]+)", path.read_bytes()):
            name = host.decode().lower()
            assert RESERVED.fullmatch(name) or name in VOCABULARIES, f"{path.name}: {name}"
