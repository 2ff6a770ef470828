"""Hostile JSON Feeds, JSON records and CSV."""

import csv
import io
import json
from collections.abc import Callable

from tests.support.corpus import make_story
from tests.support.hostile.makers import DATES, Making, add, add_pumps, fill
from tests.support.hostile.pages import cut


def _json_feed(making: Making, **item: object) -> str:
    good = {"id": "1", "url": f"{making.host()}/json", "title": making.token, "content_text": making.paragraphs()[0]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": making.token, "items": [good, {"id": "2", **item}]}
    return json.dumps(feed)


_JSON_FIELDS = ("id", "url", "title", "content_html", "content_text", "date_published", "authors", "tags", "language")


def _json_feed_field(field: str) -> Callable[[Making, str], str]:
    def make(making: Making, text: str) -> str:
        values: dict[str, object] = {"authors": [{"name": text}], "tags": [text]}
        return _json_feed(making, **{field: values.get(field, text)})

    return make


for _field in _JSON_FIELDS:
    add_pumps(f"json_feed.{_field}", ".json", _json_feed_field(_field))
add(
    ".json",
    json_feed__wrong_types=lambda m: _json_feed(m, url=5, title=["x"], authors={"a": 1}, tags=7, date_published={}),
    json_feed__items_no_list=lambda m: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": {"a": m.token}}
    ),
    json_feed__items_no_objects=lambda m: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "title": m.token, "items": [1, None, "x", [], [[]]] * 200}
    ),
    json_feed__deep=lambda m: _json_feed(m, title="#").replace('"#"', "[" * (m.size // 4) + "]" * (m.size // 4)),
    json_feed__unclosed=lambda m: '{"version":"https://jsonfeed.org/version/1","items":' + "[{" * (m.size // 2),
    json_feed__number=lambda m: _json_feed(m, title="#").replace('"#"', "9" * m.size),
    json_feed__float=lambda m: _json_feed(m, title="#").replace('"#"', "1e" + "9" * 400),
    json_feed__nan=lambda m: _json_feed(m, title="#").replace('"#"', "NaN"),
    json_feed__surrogates=lambda m: _json_feed(m, title="#").replace("#", "\\ud800\\u0000\\udfff"),
    json_feed__same_keys=lambda m: _json_feed(m, title="#").replace(
        '"#"', '"a",' + fill('"id":"b",', m.size // 9 * 9) + '"x":1'
    ),
    json_feed__many_keys=lambda m: _json_feed(m, **{f"k{n}": n for n in range(m.size // 12)}),
    json_feed__authors=lambda m: _json_feed(m, authors=[{"name": f"A {n} and B"} for n in range(m.size // 30)]),
    json_feed__bad_byte=lambda m: _json_feed(m, title="#").encode().replace(b"#", b"caf\xe9 \xff\xfe"),
    json_feed__truncated=cut(lambda m: _json_feed(m, title="x" * 300).encode()),
)


def jsonl(making: Making, *lines: str) -> str:
    """Lines between two good records."""

    def good(number: int) -> str:
        text = "\n".join(make_story(making.chance, making.chance.randrange(10**6))[1])
        return json.dumps({"url": f"{making.host()}/{number}", "title": f"{making.token} {number}", "text": text})

    return "\n".join([good(1), *lines, good(2)]) + "\n"


_RECORD_FIELDS = ("url", "title", "text", "html", "author", "date_published", "language", "maintext", "link", "tags")


def _jsonl_field(field: str) -> Callable[[Making, str], str]:
    def make(making: Making, text: str) -> str:
        record = {
            "url": f"{making.host()}/3",
            "title": "t",
            "text": "The harbour opened again on Monday.",
            field: text,
        }
        return jsonl(making, json.dumps(record, ensure_ascii=making.chance.random() < 0.5))

    return make


for _field in _RECORD_FIELDS:
    add_pumps(f"jsonl.{_field}", ".jsonl", _jsonl_field(_field))
add(
    ".jsonl",
    jsonl__deep=lambda m: jsonl(
        m, '{"url":"http://d.example/","text":' + "[" * (m.size // 4) + "]" * (m.size // 4) + "}"
    ),
    jsonl__unclosed=lambda m: jsonl(m, '{"a":' * (m.size // 5)),
    jsonl__number=lambda m: jsonl(m, '{"url":"http://d.example/","score":' + "7" * m.size + "}"),
    jsonl__digits=lambda m: jsonl(m, '{"status":' + "7" * 5_000 + ',"url":"http://d.example/","text":"Some text."}'),
    jsonl__nan=lambda m: jsonl(m, '{"url":"http://d.example/","score":NaN,"text":"The port is open, they said."}'),
    jsonl__surrogates=lambda m: jsonl(m, '{"url":"http://d.example/\\ud83d","title":"\\udc00","text":"\\ud800 text"}'),
    jsonl__controls=lambda m: jsonl(m, '{"url":"http://d.example/","text":"a\x01b\x1b[31m\tc"}'),
    jsonl__bad_bytes=lambda m: (
        jsonl(m, '{"url":"http://d.example/","text":"#"}').encode().replace(b"#", b"caf\xe9 \xff\xc3")
    ),
    jsonl__trailing_comma=lambda m: jsonl(m, '{"url":"http://d.example/","text":"The port is open again.",},'),
    jsonl__wrong_types=lambda m: jsonl(
        m, '{"url":5,"title":{},"text":[1]}', "[]", "null", "7", '"x"', "true", '{"html":{}}', '{"authors":[[]]}', "{}"
    ),
    jsonl__many_bad=lambda m: jsonl(m, *(f"{{bad {n}" for n in range(min(400, m.size // 100)))),
    jsonl__empty_lines=lambda m: jsonl(m, "\n" * m.size),
    jsonl__long_line=lambda m: jsonl(m, "x" * (3 * m.size)),
    jsonl__many_keys=lambda m: jsonl(m, json.dumps({f"k{n}": n for n in range(m.size // 12)})),
    jsonl__returns=lambda m: jsonl(m).replace("\n", "\r"),
    jsonl__mark=lambda m: "\ufeff" + jsonl(m),
    jsonl__utf16=lambda m: jsonl(m).encode("utf-16"),
    jsonl__array=lambda m: "[" + ",".join(jsonl(m).split("\n")[:-1]) + ",]",
    jsonl__array_deep=lambda m: "[" * m.size,
    jsonl__truncated=cut(lambda m: jsonl(m).encode()),
    jsonl__dates=lambda m: jsonl(
        m,
        *(
            json.dumps({"url": f"{m.host()}/d{n}", "text": f"{m.token} open {n}", "date": d})
            for n, d in enumerate(DATES)
        ),
    ),
)


def _csv(making: Making, rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["url", "title", "text"])
    writer.writerow([f"{making.host()}/csv", f"{making.token} opens", " ".join(making.paragraphs())])
    writer.writerows(rows)
    return out.getvalue()


add_pumps("csv.text", ".csv", lambda m, text: _csv(m, [[f"{m.host()}/2", "t", text]]))
add(
    ".csv",
    csv__unclosed_quote=lambda m: _csv(m, []) + '"' + fill("a,b\n", m.size),
    csv__quotes=lambda m: _csv(m, []) + '"' * m.size,
    csv__columns=lambda m: ",".join(f"c{n}" for n in range(m.size // 6)) + "\n" + "," * (m.size // 6) + m.token,
    csv__ragged=lambda m: _csv(m, [["x"] * n for n in range(60)]),
    csv__zero_bytes=lambda m: _csv(m, [["a\0b", "\0", "\0"]]),
    csv__only_header=lambda m: f"url,title,text,{m.token}\n",
    csv__tabs=lambda m: _csv(m, [["http://t.example/", "a\tb", "c"]], "\t"),
    csv__semicolons=lambda m: _csv(m, [["http://t.example/", "a", "c"]], ";"),
    csv__formulas=lambda m: _csv(m, [["=cmd|' /C calc'!A0", "@SUM(1)", "+1"]]),
    csv__bad_bytes=lambda m: _csv(m, []).encode() + b"\xff\xfe,\xc3,\x80\n",
    csv__no_addresses=lambda m: f"name,value\n{m.token},1\n" * 50,
    csv__truncated=cut(lambda m: _csv(m, [["http://t.example/", "a", "The port is open."]]).encode()),
)
