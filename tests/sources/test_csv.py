"""CSV and TSV with a header: what is one, and what comes out of its rows."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from transforms.sources import csv_layout
from transforms.sources.csv_layout import MAX_ROW_LINES, join_rows
from transforms.sources.csv_records import read_csv
from transforms.sources.field_names import FieldMap
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import HEAD_BYTES, recognize

CSV = Origin(uri="a.csv", kind="csv")
TEXT = "The harbour board of Port Ansel agreed on Monday, and work begins in spring."


def rows(data: str | bytes, *, first: int = 0, **limits: Any) -> list[Any]:
    data = data if isinstance(data, bytes) else data.encode()
    stream = io.BufferedReader(io.BytesIO(data))  # type: ignore[type-var]
    return list(read_csv(stream, CSV, head=data[:HEAD_BYTES], limits=ReadLimits(**limits), first=first))  # type: ignore[arg-type]


def became(found: list[Any]) -> list[str]:
    """What each row has become: an address, a text, or a code."""
    names = []
    for one in found:
        if isinstance(one, Mishap):
            assert isinstance(one.why, Trouble)
            names.append(one.why.code)
        else:
            names.append(one.body.decode() if isinstance(one, Document) else one.url)
    return names


KINDS = [
    ("csv", "title,url,time_added,tags,status\nFerry moves,https://a.example/1,1714730400,a|b,unread\n"),
    ("csv", "url;title\nhttps://a.example/1;Ferry moves, again\n"),
    ("csv", "\ufeffURL\tTitle\r\nhttps://a.example/1\tFerry\r\n"),
    ("csv", "sep=;\r\nurl;title\r\nhttps://a.example/1;Ferry\r\n"),
    ("csv", 'id|url|html\n1|https://a.example/1|"<html><p>one</p><p>two</p><p>three</p>"\n'),
    ("csv", "\n,url,title\n0,https://a.example/1,Ferry\n"),
    ("csv", "place,votes,share\nAnsel,1,2\nEllery,3,4\n"),
    ("csv", 'headline,text\n"Ferry, moves","' + "The board agreed. " * 5000),
    ("text", "Harbour reopens, says mayor\n\nThe harbour opened again on Monday, said Ida Holm.\n"),
    ("text", "Roses are red, violets are blue\nSugar is sweet, and so are you\nDays are short, nights are long\n"),
    ("text", "Ann, Bo, and Cy met\nThey ate, drank, and sang\nThen they slept, woke, and left\n"),
    ("text", "Police, body found\nThe police said on Monday, in Port Ansel, that it was well.\n"),
    ("text", "Wind; rain; snow\n\nThe week ahead; by our staff; in short; for all.\n"),
    ("text", "Title, text and picture: how a page is made\n\nFirst comes the title.\n"),
    ("csv", "adresse,titel\nhttps://a.example/1,One\nhttps://a.example/2,Two\n"),
    ("csv", "nr;adresse\n1;https://a.example/1\n"),
    ("text", "aa,b\nc,d\n"),
    ("url_list", "https://a.example/a,b\nhttps://a.example/c,d\n"),
]


@pytest.mark.parametrize(("kind", "text"), KINDS)
def test_what_is_a_csv(kind: str, text: str) -> None:
    assert recognize(text.encode()[:HEAD_BYTES]) == kind


def test_rows_are_records() -> None:
    data = (
        "Title,URL,tags,text,Published at,note\r\nOne,https://a.example/1,a|b,,NaN,\r\n"
        f'"T ""2""",,,"{TEXT}\n\nEnd.",2024-05-03,x\r\n'
    )
    assert rows(data) == [
        Link(
            url="https://a.example/1",
            origin=Origin(uri="a.csv", kind="csv", position=0),
            entry=Entry(url="https://a.example/1", title="One", categories=("a", "b")),
        ),
        Document(
            media="text",
            origin=Origin(uri="a.csv", kind="csv", position=1),
            body=f"{TEXT}\n\nEnd.".encode(),
            charset="utf-8",
            entry=Entry(title='T "2"', published_raw="2024-05-03"),
        ),
    ]
    assert rows(data.encode("utf-16")) == rows(data)
    assert rows("\ufeffsep=,\r\n" + data) == rows(data)
    assert rows(data, first=1) == rows(data)[1:]


def test_charset() -> None:
    lines = "".join(f"https://a.example/{n},La mairie a déclaré la grève\n" for n in range(9))
    (first, *_) = rows(f"url,title\n{lines}".encode("cp1252"))
    assert first.entry.title == "La mairie a déclaré la grève"
    (one,) = rows("url,title\nhttps://a.example/1,Café na".encode() + b"\xefve\n")
    assert one.entry.title == "Café na\ufffdve"


BAD = "read.bad_record"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["https://a.example/1,A", "https://a.example/2,B,C", "https://a.example/3,D,"], ["1", BAD, "3"]),
        (["https://a.example/1", "https://a.example/2,B"], [BAD, "2"]),
        (["mailto:x,A", "https://a.example/2,B"], [BAD, "2"]),
        (["", "https://a.example/2,B", ""], ["2"]),
        (['https://a.example/1,"A', "https://a.example/2,B", "https://a.example/3,D"], [BAD, "2", "3"]),
        (['https://a.example/1,5" pipe', "https://a.example/2,B"], ["1", "2"]),
        (["https://a.example/1," + "x" * 3000, "https://a.example/2,B"], [BAD, "2"]),
    ],
)
def test_a_wrong_row_costs_itself_alone(lines: list[str], wanted: list[str]) -> None:
    found = became(rows("\n".join(["url,title", *lines]), max_page_bytes=1000))
    assert found == [name if name == BAD else f"https://a.example/{name}" for name in wanted]


def test_columns_that_nothing_reads() -> None:
    data = "place,votes,share\nAnsel,1,2\nEllery,3,4\n"
    with pytest.raises(Trouble, match=r"read\.unrecognised.*'place', 'votes', 'share'.*--map url=COLUMN"):
        rows(data)
    assert became(rows(data, field_map=FieldMap(pairs=(("text", "place"),)))) == ["Ansel", "Ellery"]


def test_lines_are_looked_at_twice_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    real = csv_layout._ends_inside

    def note(*args: Any) -> bool:
        nonlocal looked
        looked += 1
        return real(*args)

    monkeypatch.setattr(csv_layout, "_ends_inside", note)
    for unit in ('a","b\n', '"a\n', 'a,"b\nc\n'):
        looked = 0
        lines = (unit * 9 * MAX_ROW_LINES).splitlines(keepends=True)
        assert sum(len(row.lines) for row in join_rows(lines, ",")) == len(lines)
        assert looked < 5 * len(lines) + 3 * MAX_ROW_LINES


@settings(deadline=None)
@given(st.text('a,;"\n\r\t ', max_size=60))
def test_any_rows_fail_only_in_a_named_way(text: str) -> None:
    for header in ("", "url,text\n", "url;text\n"):
        try:
            found = rows(header + text)
        except Trouble as trouble:
            assert trouble.code == "read.unrecognised"
        else:
            assert {name for name in became(found) if name.startswith("read.")} <= {BAD}
