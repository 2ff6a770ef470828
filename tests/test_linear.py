"""Linear time on untrusted text.

Time is CPU time of this thread, as a multiple of what a plain search takes for as many characters at the same moment:
a loaded or slow machine changes both.
"""

import contextlib
import itertools
import re
import signal
import threading
import time
from collections.abc import Callable
from functools import cache
from pkgutil import iter_modules
from typing import Any

import pytest

import schemas
import transforms
from schemas.trouble import Trouble
from tests.support.costs import TRIES, has_linear_steps, is_linear
from tests.support.hostile_strings import Named, modules_of, patterns_of, pumps
from transforms.articles.blocks import Block, Structure, split_block
from transforms.articles.cleaning.clean import Context, clean, text_to_blocks
from transforms.articles.folding import letters
from transforms.articles.main_text import find_blocks
from transforms.articles.names import split_authors
from transforms.articles.paragraphs import split_paragraphs
from transforms.articles.plaintext import read_plain_text

MODULES = sorted(
    found.name for package in (schemas, transforms) for found in iter_modules(package.__path__, f"{package.__name__}.")
)

SMALL, LARGE = 2_000, 8_000
"""Characters; from one to the other, what is linear takes 4 times as long, what is quadratic 16 times."""

MOST_GROWTH = 8

MOST_COST = 80
"""Plain searches per character that any expression may cost: some 3 microseconds."""

SUSPECT = 12
"""Plain searches per character from which growth is looked at."""

SUFFIXES = ("", "\x00", "\n!", "Z")


def _folded(most: int) -> Callable[[str], str]:
    return lambda text: " ".join(text.split())[:most]


def _line(most: int) -> Callable[[str], str]:
    return lambda text: text[:most]


CUT: dict[str, Callable[[str], str]] = {
    "transforms.articles.read_more._CALL": _folded(320),
    "transforms.articles.credits._AND": _folded(160),
    "transforms.articles.credits._FOR": _folded(160),
    "transforms.articles.credits._OF": _folded(160),
    "transforms.articles.credits._SOURCE": _folded(160),
    "transforms.articles.not_articles._LOGIN": _folded(120),
    "transforms.articles.not_articles._NOT_FOUND": _folded(120),
    "transforms.articles.names._AFTER": _folded(300),
    "transforms.articles.names._DATED": _folded(3_000),
    "transforms.articles.name_forms._NOBODY": _folded(100),
    "transforms.articles.pages._TAG": _line(300),  # guard stops where tags within tags add up
    "transforms.articles.plaintext._SUFFIX": _folded(310),
    "transforms.enrich.entities.settle._LAST_WORD": _line(40),
}
"""Expressions that see nothing but strings cut before: what cuts them. Only with it are they linear."""


class _Over(BaseException):
    """More CPU time than any of this may take."""


def _stop(*_: object) -> None:
    raise _Over


def _cpu_s(pattern: re.Pattern[Any], methods: frozenset[str], text: str, *, most_s: float = 2.0) -> float:
    """CPU seconds of one call; ``most_s`` where it takes longer, and is stopped."""
    subject: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    is_anchored = bool(methods) and methods <= {"match", "fullmatch"}
    can_stop = threading.current_thread() is threading.main_thread()
    if can_stop:
        before = signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, most_s)
    start = time.thread_time()
    try:
        if is_anchored:
            for method in methods:
                getattr(pattern, method)(subject)
        else:
            for _ in pattern.finditer(subject):
                pass
        return time.thread_time() - start
    except _Over:
        return most_s
    finally:
        if can_stop:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)


_PLAIN = re.compile(r"[^\W\d_]\s\d")


@cache
def _plain_text() -> str:
    return "ab cd 1x " * 3_000


def _unit_s(characters: int) -> float:
    """CPU seconds of a plain search through so many characters, now."""
    return min(_cpu_s(_PLAIN, frozenset(), _plain_text()) for _ in range(2)) * characters / len(_plain_text())


def _cost(named: Named, text: str, unit_s: float) -> float:
    """Plain searches per character; a call that costs far too many is stopped."""
    plain_s = unit_s * max(len(text), 200)
    return _cpu_s(named.pattern, named.methods, text, most_s=4 * MOST_COST * plain_s) / plain_s


def superlinear(named: Named) -> str | None:
    """A string that an expression takes too long for, in words; None where none was found."""
    cut: Callable[[str], str] = CUT.get(named.name, str)
    unit_s = _unit_s(1)
    for prefix, body in pumps(named.pattern):
        for suffix in SUFFIXES:
            if _cost(named, cut(prefix + body * (SMALL // len(body) + 1) + suffix), unit_s) <= SUSPECT:
                continue
            for size in (24, 120, SMALL):  # what is exponential shows at the first
                small = cut(prefix + body * (size // len(body) + 1) + suffix)
                if _cost(named, small, unit_s) > SUSPECT:
                    break
            else:
                continue
            large = cut(prefix + body * (4 * size // len(body) + 1) + suffix)
            unit_s = _unit_s(1)
            costs = [min(_cost(named, text, unit_s) for _ in range(3)) for text in (small, large)]
            # What is cut has a largest cost, and may grow up to it.
            grows = named.name not in CUT and costs[1] * 4 > costs[0] * MOST_GROWTH and costs[1] > 2 * SUSPECT
            if max(costs) > MOST_COST or grows:
                return (
                    f"{named.name}: {prefix!r} + {body!r} * n + {suffix!r} costs {costs[0]:.0f} plain searches a "
                    f"character for {len(small)} characters, {costs[1]:.0f} for {len(large)}"
                )
    return None


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_regular_expressions_are_linear(module: str) -> None:
    wrong = []
    for found in modules_of(module):
        for named in patterns_of(found):
            messages = itertools.takewhile(bool, (superlinear(named) for _ in range(TRIES)))
            if len(found_each_time := [*messages]) == TRIES:
                wrong.append(found_each_time[0])
    assert not wrong


@pytest.mark.parametrize(
    "line",
    [
        "Read more at a » ",
        "by a, b and c for d. ",
        "More news",
        "(a) - ",
        "1.1.2024 10:30 am, ",
        "x" * 150 + ".",
        "© a. ",
        "…",
        "a b\nc",
    ],
)
def test_plain_texts_are_read_in_linear_time(line: str) -> None:
    def seconds(count: int) -> float:
        text = "\n".join(f"{line}{number if number % 3 else ''}" for number in range(count))
        start = time.thread_time()
        with contextlib.suppress(Trouble):
            context = Context(titles=("Port opens", text[:200]), names=("Jane Roe",), source="text")
            clean(text_to_blocks(read_plain_text(text).text), context)
        return time.thread_time() - start

    assert is_linear(seconds, (1_000, 4_000), most=MOST_GROWTH, floor_s=0.1)


@pytest.mark.parametrize(
    "authors", ["@" * 3_000, "a@" * 1_500, " ; " * 1_000, "am " * 1_000, "(" * 3_000, "a, MS" * 600, "<" * 3_000]
)
def test_authors_are_split_in_linear_time(authors: str) -> None:
    def seconds() -> float:
        start = time.thread_time()
        split_authors(authors)
        return time.thread_time() - start

    assert any(seconds() < 200 * _unit_s(3_000) for _ in range(TRIES))


def test_what_is_quadratic_is_noticed() -> None:
    assert not is_linear(lambda size: size * size / 1e6, (1_000, 4_000), most=MOST_GROWTH, floor_s=0.1)
    assert is_linear(lambda size: size / 1e3, (1_000, 4_000), most=MOST_GROWTH, floor_s=0.1)


def test_a_text_wrapped_at_a_margin_is_joined_in_linear_time() -> None:
    line = "the harbour of the town was open to the boats of the line"
    assert len(split_paragraphs("\n".join([line] * 60_000))) == 1


def test_equal_blocks_are_found_in_linear_steps() -> None:
    def find(count: int) -> Callable[[], object]:
        structure = Structure(blocks=[Block("Port opens")] * count)
        return lambda: find_blocks("Port opens\n" * count, structure)

    assert has_linear_steps(find, 500)


def test_a_block_of_many_links_is_split_in_linear_steps() -> None:
    def split(count: int) -> Callable[[], object]:
        places = range(0, 2 * count, 2)
        links = tuple((place, place + 1, "/") for place in places)
        return lambda: split_block(Block("a " * count, links=links), places[1:])

    assert has_linear_steps(split, 200)


def test_a_headline_is_looked_for_up_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def count(text: str) -> str:
        read.append(len(text))
        return letters(text)

    monkeypatch.setattr("transforms.articles.cleaning.clean.letters", count)
    line = "The pier of Ellery was closed. "
    text = line * 2_000
    block = Block(text, seams=tuple(range(len(line), len(text), len(line))))
    clean([block], Context(titles=("Port of Ellery opens",), source="page"))
    assert sum(read) < 3 * len(text)


def test_every_cut_is_of_an_expression() -> None:
    assert set(CUT) <= {
        named.name for module in MODULES for found in modules_of(module) for named in patterns_of(found)
    }


@pytest.mark.parametrize("pattern", [r"\s+\S+x", r"\S+@\S+\.\w+", r"(?:a|aa|\w)+!", r"<[^>]*>", r"(\w+\s?)*$"])
def test_superlinear_expressions_are_found(pattern: str) -> None:
    assert superlinear(Named("sample", re.compile(pattern), frozenset()))


@pytest.mark.parametrize("pattern", [r"<[^<>]*>", r"\b(?:by|von)\s\w{1,40}", r"c(?>a|b)*", r"^\s+$", r"\w{0,20}!"])
def test_linear_expressions_pass(pattern: str) -> None:
    assert superlinear(Named("sample", re.compile(pattern), frozenset())) is None
