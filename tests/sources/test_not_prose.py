"""Which texts are programs, logs or lists of links, and which are prose."""

import pytest

from transforms.sources.not_prose import is_not_prose

PROGRAM = '''"""Counts of boats."""

import json
from pathlib import Path


def count(path: Path) -> int:
    """The number of boats in a file."""
    boats = json.loads(path.read_text())
    return len(boats)
'''
HEADER = """/* Boats. */
#ifndef BOATS_H
#define BOATS_H
#include <stddef.h>
size_t count_boats(const char *path);
#endif
"""
ACCESS = '192.0.2.{0} - - [04/May/2031:10:00:0{0} +0000] "GET /a HTTP/1.1" 200 512\n'
PROSE = "The harbour of Arle opens again on Monday, said the board: three boats are to leave in the morning.\n"
LINKS = "- [Harbour of Arle opens](https://news.example/{})\n"

NOT_PROSE = {
    "python": PROGRAM,
    "c": HEADER,
    "shell": "#!/bin/sh\nexec boats\n",
    "access log": "".join(ACCESS.format(number) for number in range(6)),
    "program log": "2031-05-04 10:00:01,220 ERROR boats\nTraceback of it\n" * 5,
    "syslog": "May  4 10:00:01 host boats[12]: left the harbour\n" * 5,
    "brackets": "[" * 5000 + "]" * 5000,
    "figures": "12.5 | 13.0 | 7 %\n" * 9,
    "links": "# Boats\n\n" + "".join(LINKS.format(number) for number in range(5)),
}
SAMPLES = {
    "text": PROSE * 5,
    "Chinese": "三艘船周一离开港口。",
    "Hindi": "तीन नावें सोमवार को बंदरगाह से निकलीं।",
    "Thai": "เรือสามลำออกจากท่าเรือ",
    "article with code": "How to count boats\n" + PROSE * 2 + PROGRAM,
    "article in Markdown": "# How to count boats\n\nIt is short.\n\n```\n" + PROGRAM + "```\n",
    "article with links": PROSE * 2 + "".join(LINKS.format(number) for number in range(5)),
    "links with words": "- [Harbour opens](https://news.example/1): three boats are to leave on Monday morning.\n" * 6,
    "live text": "2031-05-04\n" + "10:00 The first boat leaves the harbour.\n" * 6,
    "verse": "The boats (three) are leaving,\nthe harbour of Arle,\nthe evening,\nfrom harbour to harbour\n" * 3,
    "index": "import duties\nimport quotas\nclass action\nfrom the archive import rules\n" * 3,
}


@pytest.mark.parametrize("text", NOT_PROSE.values(), ids=NOT_PROSE)
def test_what_is_not_prose(text: str) -> None:
    assert is_not_prose(text)


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_prose(text: str) -> None:
    assert not is_not_prose(text)
