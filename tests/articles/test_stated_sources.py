"""The source that a line beside an article states."""

import pytest

from schemas.documents import Document, Origin
from tests.support.article_pages import PARAGRAPH
from tests.support.article_pages import TITLE as PIER
from transforms.articles.read import read_document

TITLE = "海州跨海大桥周一正式通车"
TEXT = (
    "<p>连接海州与东岛的跨海大桥周一上午正式通车，两地之间的车程由两小时缩短为二十分钟，首批车辆在九点整驶上桥面，不少市民一早就赶到桥头等候。</p>"
    * 4
)


def read_source(line: str, *, end: str = "", title: str = TITLE, text: str = TEXT) -> tuple[str | None, str | None]:
    page = (
        f"<html><head><title>{title}_东岛网</title><meta property=og:site_name content=东岛网></head>"
        f"<body><article><h1>{title}</h1>{line}{text}{end}</article></body></html>"
    )
    origin = Origin(uri="page", kind="html")
    article = read_document(
        Document(media="html", body=page.encode(), charset="utf-8", url="https://dongdao.example/news/1", origin=origin)
    )
    return article.syndicated_from, article.provider_name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>2024-05-06 16:01 来源：海州日报 作者：林晓燕</p>", ("海州日报", None)),
        ("<p>2024-05-06 16:01 来源: <a href=/s>海州日报</a></p>", ("海州日报", None)),
        ("<p>2024-05-06 16:01 来源：</p><p>海州日报</p>", ("海州日报", None)),
        ("<p>2024-05-06 來源：新华社</p>", (None, "新华社")),
        ("<p>2024-05-06 来源：东岛网</p>", (None, None)),
        ("<p>2024-05-06 来源：东岛网新闻部</p>", (None, None)),
        ("<p>2024-05-06 来源：本站原创</p>", (None, None)),
        ("<p>2024-05-06 来源： 时间：16:01</p>", (None, None)),
        ("<p>2024-05-06 来源：网络</p>", (None, None)),
        ("<figure><img src=a.jpg><figcaption>来源：海州日报</figcaption></figure>", (None, None)),
    ],
)
def test_a_field_in_the_head(line: str, expected: tuple[str | None, str | None]) -> None:
    assert read_source(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>本文来源：海州日报</p>", ("海州日报", None)),
        ("<p>来源：海州日报</p>", (None, None)),
        ("<p>资料来源：海州统计局</p>", (None, None)),
    ],
)
def test_a_line_below_the_text(line: str, expected: tuple[str | None, str | None]) -> None:
    assert read_source("", end=line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>Kaynak: Reuters</p>", "Reuters"),
        ("<p>Источник: AFP</p>", "AFP"),
        ("<p>Fonte: Agência Brasil</p>", "Agência Brasil"),
        ("<p>Quelle: Statistisches Amt</p>", None),
    ],
)
def test_an_agency_in_a_line_of_its_own(line: str, expected: str | None) -> None:
    assert read_source("", end=line, title=PIER, text=PARAGRAPH * 6) == (None, expected)
