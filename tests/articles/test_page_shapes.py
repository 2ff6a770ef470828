"""Pages of shapes that systems make and that were once read wrongly.

Each HTML file lies beside the text it holds, and, where that was wrong, a JSON file with headline, date and authors.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from schemas.articles import Article
from schemas.documents import Document, Origin
from transforms.articles.page_data import read_page_data
from transforms.articles.pages import parse_text
from transforms.articles.read import read_document

SHAPES = Path(__file__).resolve().parents[1] / "data" / "page_shapes"


def read_shape(name: str, charset: str | None = None) -> Article:
    body = (SHAPES / f"{name}.html").read_bytes()
    origin = Origin(uri=f"{name}.html", kind="html")
    url = f"https://post.example/news/{name}"
    return read_document(Document(media="html", body=body, url=url, origin=origin, charset=charset))


@pytest.mark.parametrize("name", sorted(path.stem for path in SHAPES.glob("*.html")))
def test_a_shape_gives_its_text(name: str) -> None:
    assert read_shape(name).text == (SHAPES / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("name", sorted(path.stem for path in SHAPES.glob("*.json")))
def test_a_shape_gives_its_metadata(name: str) -> None:
    expected = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    article = read_shape(name, expected.get("charset"))
    at = article.date_published
    date = None if at is None else at.date().isoformat() if article.date_published_precision == "day" else at
    stated = expected["date_published"]
    assert article.headline == expected["headline"]
    assert date == (datetime.fromisoformat(stated) if stated and "T" in stated else stated)
    assert [author.name for author in article.authors] == expected["authors"]


TEXT = "<p>The harbour board agreed on Monday to rebuild the eastern pier of the town.</p>" * 5
ROW = f"4:T{len(TEXT):x},{TEXT}"
TITLE = "The eastern pier opens again"


@pytest.mark.parametrize(
    ("scripts", "found"),
    [
        (f'<script id=__NEXT_DATA__>{{"title": "{TITLE}", "html": "{TEXT}"}}</script>', TEXT),
        (f'<script id=__NEXT_DATA__>{{"title": "Another pier is closed", "html": "{TEXT}"}}</script>', None),
        (f'<script id=__NEXT_DATA__>{{"title": "{TITLE}", "more": {{"title": "A ferry is sold", "html": "{TEXT}"}}}}'
         "</script>", None),
        (f'<script id=__NEXT_DATA__>{{"title": "{TITLE}", "html": "{TEXT}"</script>', None),
        (f'<script>self.__next_f.push([1,"{ROW}"])</script>', TEXT),
        (f'<script>self.__next_f.push([1,"{ROW[:99]}"])</script><script>self.__next_f.push([1,"{ROW[99:]}5:null"])'
         "</script>", TEXT),
        ('<script>self.__next_f.push([1,"4:Tffffff,<p>One</p>"])</script>', None),
        ("<script>self.__next_f.push(</script>", None),
    ],
)  # fmt: skip
def test_the_data_of_scripts_holds_the_text(scripts: str, found: str | None) -> None:
    tree = parse_text(f"<html><head><title>{TITLE}</title>{scripts}</head><body></body></html>")
    assert read_page_data(tree.iter("script"), [f"{TITLE} | Ellery Post"]) == found


@pytest.mark.parametrize(("name", "source"), [("next_stream", "page_data"), ("correction_at_the_end", "page")])
def test_a_row_says_where_its_text_was(name: str, source: str) -> None:
    body = (SHAPES / f"{name}.html").read_bytes()
    document = Document(
        media="html", body=body, url=f"https://post.example/{name}", origin=Origin(uri=name, kind="html")
    )
    assert read_document(document).text_source == source


def test_the_title_of_another_publication_is_the_alternative_headline() -> None:
    article = read_shape("chinese_credits")
    assert article.alternative_headline == "五年建成十一公里，海州人走上自己的大桥"
    assert article.byline == "（记者 林晓燕）"
    assert article.cleaning_actions[0].rule == "repeats.headline"
