"""Small inputs of many formats about invented events, made from templates.

Texts, feeds, saved pages, JSON Lines, broken files and repeats: the same seed gives the same bytes.
"""

import gzip
import html
import json
import random
import re
from pathlib import Path
from typing import NamedTuple

_PLACES = ("Ostrava Bay", "Port Lirio", "Kaltenbrunn", "Saint Orel", "New Harrow", "Tolmin Cross", "Ellerburg", "Vask")
_PEOPLE = ("Mara Ilves", "Tomas Ferrant", "Ines Calder", "Joren Pike", "Adaeze Umber", "Pavel Strand", "Lucia Brome")
_BODIES = ("harbour council", "water board", "school trust", "tram company", "fishing guild", "theatre society")
_THINGS = ("eastern pier", "old observatory", "night tram", "flood wall", "market hall", "river ferry", "bird reserve")
_VERBS = ("rebuild", "close", "enlarge", "repaint", "sell", "insure", "survey", "reopen")
_SENTENCES = (
    "The {body} of {place} voted on {day} to {verb} the {thing}, {n} years after it was first put into use.",
    "{person}, who speaks for the {body}, said that the work would cost {n} million crowns and take {m} months.",
    "Residents of {place} had collected {n},{k:03d} signatures against the plan, among them {m} shopkeepers.",
    "An engineer from {other} measured the {thing} in spring and found {m} cracks in its northern side.",
    '"We have waited long enough," said {person}, "and {place} cannot wait for another winter."',
    "The {body} will decide about a loan of {k} thousand crowns when it meets again in {other}.",
    "A first attempt to {verb} it failed {m} years ago, when the contractor from {other} went out of business.",
    "Visitors may still see the {thing} from {m} in the morning, except while cranes are at work.",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def make_story(chance: random.Random, number: int) -> tuple[str, list[str]]:
    """A headline and paragraphs; ``number`` is in the headline, so that no two stories are the same."""

    def fill(template: str) -> str:
        return template.format(
            body=chance.choice(_BODIES),
            place=place,
            other=chance.choice(_PLACES),
            person=chance.choice(_PEOPLE),
            thing=thing,
            verb=chance.choice(_VERBS),
            day=chance.choice(_DAYS),
            n=chance.randrange(2, 90),
            m=chance.randrange(2, 12),
            k=chance.randrange(1, 1000),
        )

    place, thing = chance.choice(_PLACES), chance.choice(_THINGS)
    told = [fill(template) for template in chance.sample(_SENTENCES, 6)]
    headline = f"{place} to {chance.choice(_VERBS)} its {thing}, decision {number}"
    return headline, [" ".join(told[n : n + 2]) for n in range(0, 6, 2)]


def story_text(chance: random.Random, number: int) -> str:
    """A story as a plain-text file."""
    headline, paragraphs = make_story(chance, number)
    return "\n\n".join([headline, *paragraphs]) + "\n"


def story_record(chance: random.Random, number: int) -> str:
    """A story as one line of JSON."""
    headline, paragraphs = make_story(chance, number)
    body = {"url": f"https://wire{number % 7}.example/{number}", "headline": headline, "text": "\n".join(paragraphs)}
    return json.dumps(body, ensure_ascii=False)


def story_page(chance: random.Random, number: int) -> str:
    """A story as a saved page."""
    headline, paragraphs = make_story(chance, number)
    told = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{headline}</title>'
        f'<link rel="canonical" href="https://pages.example/{number}">'
        f'<meta property="article:published_time" content="2026-01-{number % 28 + 1:02d}T08:00:00Z"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{headline}</h1>{told}</article></body></html>"
    )


def story_feed(chance: random.Random, numbers: range) -> str:
    """Stories as an RSS feed that holds their text."""
    items = []
    for number in numbers:
        headline, paragraphs = make_story(chance, number)
        told = html.escape("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))
        items.append(
            f"<item><title>{headline}</title><link>https://feed.example/{number}</link>"
            f"<guid>feed-{number}</guid><content:encoded>{told}</content:encoded></item>"
        )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Invented wire</title><link>https://feed.example/</link>{''.join(items)}</channel></rss>"
    )


_BROKEN: tuple[tuple[str, bytes], ...] = (
    ("empty.txt", b""),
    ("cut.txt.gz", gzip.compress(b"The tram company of Vask. " * 40, mtime=0)[:40]),
    ("noise.bin", bytes(range(256)) * 3),
    ("page.html", b"<html><head><title>Nothing</title></head><body></body></html>"),
    ("half.jsonl", b'{"url": "https://half.example/1", "text": "cut o\n{"url": "https://half.example/2"}\n'),
)


def make_corpus(folder: Path, inputs: int, seed: int) -> int:
    """Write about ``inputs`` documents as files of every format below ``folder``.

    Of 100 documents about 50 are lines of JSON in files of 100, 30 text files, 8 saved pages, 5 entries of feeds,
    5 repeats of others, 2 broken.

    Returns:
        The number of documents.
    """
    chance = random.Random(seed)
    for name in ("texts", "records", "pages", "feeds", "broken", "repeats"):
        (folder / name).mkdir(parents=True)
    number = 0
    counts = {"records": inputs // 2, "texts": inputs * 3 // 10, "pages": inputs * 8 // 100, "feeds": inputs // 20}
    for start in range(0, counts["records"], 100):
        lines = [story_record(chance, number + n) for n in range(min(100, counts["records"] - start))]
        number += len(lines)
        (folder / "records" / f"{start:06d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for _ in range(counts["texts"]):
        (folder / "texts" / f"{number:06d}.txt").write_text(story_text(chance, number), encoding="utf-8")
        number += 1
    for _ in range(counts["pages"]):
        (folder / "pages" / f"{number:06d}.html").write_text(story_page(chance, number), encoding="utf-8")
        number += 1
    for start in range(0, counts["feeds"], 25):
        numbers = range(number, number + min(25, counts["feeds"] - start))
        number = numbers.stop
        (folder / "feeds" / f"{start:06d}.xml").write_text(story_feed(chance, numbers), encoding="utf-8")
    sources = sorted([*(folder / "texts").iterdir(), *(folder / "pages").iterdir()])
    for n, path in enumerate(chance.sample(sources, min(len(sources), inputs // 20))):
        (folder / "repeats" / f"{n:06d}{path.suffix}").write_bytes(path.read_bytes())
        number += 1
    for n in range(max(len(_BROKEN), inputs // 50)):
        name, data = _BROKEN[n % len(_BROKEN)]
        (folder / "broken" / f"{n:06d}-{name}").write_bytes(data)
        number += 1
    return number


class Made(NamedTuple):
    """What a corpus holds, told from its files alone.

    Attributes:
        stories: headline to paragraphs.
        files: all files.
        broken: those in which nothing, or not everything, can be read.
    """

    stories: dict[str, list[str]]
    files: list[Path]
    broken: list[Path]


def read_corpus(folder: Path) -> Made:
    """What :func:`make_corpus` has written, read without newsmill."""
    stories: dict[str, list[str]] = {}
    for path in (folder / "texts").iterdir():
        headline, *paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
        stories[headline] = paragraphs
    for path in (folder / "records").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            stories[record["headline"]] = record["text"].split("\n")
    for path in (folder / "pages").iterdir():
        text = path.read_text(encoding="utf-8")
        headline = re.findall(r"<h1>([^<]*)</h1>", text)[0]
        stories[headline] = [html.unescape(told) for told in re.findall(r"<p>([^<]*)</p>", text)]
    for path in (folder / "feeds").iterdir():
        for item in path.read_text(encoding="utf-8").split("<item>")[1:]:
            headline = re.findall(r"<title>([^<]*)</title>", item)[0]
            stories[headline] = re.findall(r"<p>([^<]*)</p>", html.unescape(item))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Made(stories, files, [path for path in files if path.parent.name == "broken"])
