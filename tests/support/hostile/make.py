"""Hostile inputs of all kinds, drawn by a seed.

All of it is made by the code of this package. Every input has a word of its own, its token, in its name, in the
addresses that it holds and in its text, so that whatever row it ends in can be told. The same seed gives the same
inputs.
"""

import random
from collections.abc import Iterator

from tests.support.corpus import make_story, story_page
from tests.support.hostile import archives, compressed, feeds, lists, pages, records, texts
from tests.support.hostile.makers import KB, MAKERS, MB, PUMPS, Hostile, Making

FORMATS = (pages, feeds, records, archives, lists, texts, compressed)
"""Modules that have added what they make to MAKERS."""

_NAMES: dict[str, bytes] = {
    "markup": b"[bold red]a[ #b].html",
    "markup_closing": b"a[-b] [#/b.html".replace(b"/", b"\\"),
    "escapes": b"#\x1b[31mRED\x1b]0;pwned\x07.txt",
    "line": b"#\nFAKE newsmill INFO all is well.txt",
    "return": b"#\rnewsmill.txt",
    "no_text": b"#\xff\xfe\xc3.txt",
    "surrogate": b"#\xed\xa0\x80.txt",
    "long": b"#" + b"n" * 240 + b".txt",
    "wide": ("#" + "長" * 78 + ".txt").encode(),
    "glob": b"#[a]*?{b,c}.txt",
    "percent": b"#%2e%2e%2f%00.txt",
    "space": b" # .txt ",
    "dash": b"--output=#.txt",
    "tilde": b"~root #.txt",
    "dollar": b"$HOME `id` #.txt",
    "quotes": b"#'\"\\.txt",
    "bidirectional": "#\u202etxt.exe".encode(),
    "zero_width": "#\u200b\ufeff.txt".encode(),
    "address": b"http:#.example.txt",
    "scheme": b"s3:#.txt",
    "dots": b"#...txt",
    "fragment": b"a##b?c=d&e=f.txt",
    "delete": b"#\x7f\x9b.txt",
    "wrong_suffix": b"#.warc.gz",
}


def _named(kind: str, making: Making) -> Hostile:
    told = texts.text(making, "The harbour keeps its name.").encode()
    name = _NAMES[kind].replace(b"#", making.token.encode(), 1)
    return Hostile(f"name.{kind}", making.token, name, told)


SIZES = (2 * KB, 20 * KB, 64 * KB, 200 * KB, 500 * KB, 1 * MB)
_WEIGHTS = (1, 2, 3, 3, 2, 1)


def make_hostile(count: int, seed: int, *, only: str = "", scale: float = 1.0) -> Iterator[Hostile]:
    """``count`` inputs: each kind other than a pump once, odd names, then pumps drawn evenly over formats.

    Args:
        only: part of the names of the kinds that are made.
        scale: factor of all sizes.
    """
    chance = random.Random(seed)
    names = [kind for kind in _NAMES if only in f"name.{kind}"]
    kinds = sorted(kind for kind in MAKERS if only in kind)
    pumps = {kind for kind in kinds if kind.rpartition(".")[2] in PUMPS}
    whole = [kind for kind in kinds if kind not in pumps]
    chance.shuffle(whole)
    by_format: dict[str, list[str]] = {}
    for kind in sorted(pumps):
        by_format.setdefault(kind.partition(".")[0], []).append(kind)
    for group in by_format.values():
        chance.shuffle(group)
    drawn = []
    while any(by_format.values()):
        drawn += [group.pop() for group in by_format.values() if group]
    if not whole and not drawn and not names:
        raise ValueError(f"no kind has {only!r} in its name")
    order = [*whole, *drawn]
    for n in range(count):
        token = f"h{seed}x{n:05d}"
        own = random.Random(f"{seed}-{n}")
        size = int(own.choices(SIZES, _WEIGHTS)[0] * scale)
        making = Making(own, token, size)
        if n < len(names):
            yield _named(names[n], making)
            continue
        kind = order[(n - len(names)) % len(order)]
        suffix, maker = MAKERS[kind]
        made = maker(making)
        data = made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made
        yield Hostile(kind, token, f"{token}{suffix}".encode(), data)


def good_page(number: int) -> tuple[str, bytes]:
    """Headline and bytes of a page that nothing is wrong with."""
    headline = make_story(random.Random(number), number)[0]
    return headline, story_page(random.Random(number), number).encode()
