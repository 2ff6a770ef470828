"""What makes hostile inputs, and what several kinds of them are made of."""

import random
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.support.corpus import make_story

KB, MB = 1 << 10, 1 << 20


class Hostile(NamedTuple):
    """One input.

    Attributes:
        kind: what is hostile about it.
        name: of its file, as bytes: some are not UTF-8.
    """

    kind: str
    token: str
    name: bytes
    data: bytes


class Making(NamedTuple):
    """What a maker of inputs may use: the input's chance and token, and how large it is to be."""

    chance: random.Random
    token: str
    size: int

    def host(self) -> str:
        return f"https://{self.token}.example"

    def paragraphs(self) -> list[str]:
        return [f"{self.token}: {one}" for one in make_story(self.chance, self.chance.randrange(10**6))[1]]


Maker = Callable[[Making], str | bytes]
MAKERS: dict[str, tuple[str, Maker]] = {}
"""Kind to suffix of the file's name and what makes it."""


def maker(kind: str, suffix: str) -> Callable[[Maker], Maker]:
    def add(maker: Maker) -> Maker:
        MAKERS[kind] = (suffix, maker)
        return maker

    return add


def add(suffix: str, **makers: Maker) -> None:
    for name, maker in makers.items():
        MAKERS[name.replace("__", ".")] = (suffix, maker)


def fill(piece: str, size: int) -> str:
    """A piece over and over, ``size`` characters of it."""
    return (piece * (size // len(piece) + 1))[:size]


PUMPS = {
    "spaces": " ",
    "tabs": "\t",
    "lines": "\n",
    "letters": "a",
    "digits": "9",
    "zeros": "0",
    "ats": "@",
    "dots": "a.",
    "points": ".",
    "commas": "a, ",
    "bars": "a | ",
    "dashes": "- ",
    "colons": "00:",
    "slashes": "a/../",
    "percents": "%2",
    "references": "&",
    "halves": "&am",
    "quotes": "“",
    "apostrophes": "'",
    "brackets": "[(",
    "brackets_closed": "])",
    "ands": "A and ",
    "bys": "By ",
    "dates": "1 foo 2024 ",
    "months": "May ",
    "markup": "[/b][red]",
    "backslashes": "\\",
    "capitals": "A",
    "names": "John Smith ",
    "mails": "a@a",
    "addresses": "http://a",
    "wide": "長",
    "combining": "e\u0301",
    "joiners": "\u200d",
    "returns": "\r",
    "nbsp": "\u00a0",
    "emoji": "😀",
    "words": "cookie ",
    "equals": "a=",
    "semicolons": ";",
}
"""What is repeated until a regular expression or a loop that is not linear shows it."""


def add_pumps(kind: str, suffix: str, make: Callable[[Making, str], str | bytes], pumps: Iterable[str] = PUMPS) -> None:
    """Add a maker for each pump.

    Args:
        kind: what begins the names of their kinds; the name of the pump ends them.
        suffix: of their files.
        make: makes an input out of the text that repeats a pump.
        pumps: their names.
    """
    for pump in pumps:

        def pumped(making: Making, piece: str = PUMPS[pump]) -> str | bytes:
            return make(making, fill(piece, making.size))

        MAKERS[f"{kind}.{pump}"] = (suffix, pumped)


DATES: tuple[str, ...] = (
    *(
        "0000-00-00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2024-02-30",
        "2024-13-45",
        "-1",
        "1e400",
    ),
    *("9" * 400, "2024-05-03T25:61:61Z", "2024-05-03T10:00:00+99:99", "١٢ مايو ٢٠٢٤", "May", "24:00", "2024-W99-9"),
)

ADDRESSES: tuple[str, ...] = (
    *(
        "/etc/passwd",
        "file:///etc/passwd",
        "s3://bucket/x",
        "gs://bucket/x",
        "hdfs://h/x",
        "../../etc/hosts",
        "javascript:1",
    ),
    *(
        "http://[::1",
        "http://user:word@h.example/",
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "//h.example/x",
    ),
    *(
        "http://h.example:99999/",
        "http://\u0430.example/",
        "http://h.example/\u202e",
        "data:text/html,x",
        "C:\\x",
        "http://",
    ),
)
