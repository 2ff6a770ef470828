"""Pages that look like what a rule reads or removes, and are not: the rule leaves them alone."""

import pytest

from schemas.articles import Article
from schemas.documents import Document, Origin
from transforms.articles.read import read_document

LINES = (
    "The harbour board of Ellery agreed on Monday to rebuild the eastern pier, which a storm had damaged in January.",
    "Work begins in May and takes eleven months, the engineer told a meeting that two hundred residents attended.",
    "Boats that land their catch at the pier use the northern quay until then, where the ice house is too small.",
    "The board expects the first ships in the spring of next year, when the new crane is delivered by a yard.",
)
OPENING = "The town of Ellery has a harbour with two piers and a quay, from which boats leave for the islands each day."
END = "The next meeting of the board is on Friday, when it is to speak of the road that leads along the old harbour."
ANNOUNCED = "The four steps of a good pot of tea are these, says the cook of the harbour."
STEPS = ("Fill the kettle", "Warm the pot", "Pour the water", "Let it stand")
FIRST, *REST = LINES
TABLE = "<tr><td>Monday</td><td>twelve ships landed</td></tr><tr><td>Tuesday</td><td>eleven ships landed</td></tr>"


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def sections() -> str:
    return "".join(f"<h2>{step}</h2><p>{line}</p>" for step, line in zip(STEPS, LINES, strict=True))


def read(body: str, *, path: str = "/local/the-eastern-pier-is-rebuilt", site: str = "Ellery Post") -> Article:
    html = (
        f"<html lang=en><title>The eastern pier is rebuilt - {site}</title>"
        f'<meta property="og:site_name" content="{site}"><body><a href="/">{site}</a><article>'
        f"<h1>The eastern pier is rebuilt</h1><p class=byline>By Jane Roe</p>{body}</article></body></html>"
    )
    origin = Origin(uri="page.html", kind="html")
    return read_document(Document(media="html", body=html.encode(), url=f"https://post.example{path}", origin=origin))


LIST = "".join(f"<li>{step}</li>" for step in STEPS)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (f"<div class='post has-toc'><p>{OPENING}</p><p>{ANNOUNCED}</p><ol>{LIST}</ol>{sections()}<p>{END}</p></div>",
         STEPS * 2),
        (f"<p>These are the four steps of a good pot of tea:</p><ol>{LIST}</ol>{sections()}", STEPS * 2),
        (f"<p>{ANNOUNCED}</p><ol>{LIST}</ol>{sections()}", STEPS * 2),
        (
            f"<table><caption>First week</caption>{TABLE}</table><table><caption>Second week</caption>{TABLE}</table>",
            ("Monday | twelve ships landed",) * 2,
        ),
        (f"<h2>First week</h2><table>{TABLE}</table><h2>Second week</h2><table>{TABLE}</table>",
         ("Tuesday | eleven ships landed",) * 2),
        (paragraphs("<b>And what did you do then?</b>", REST[0], "<b>And what did you do then?</b>", REST[1]),
         ("And what did you do then?",) * 2),
        (paragraphs(*("Bring the boats, bring the nets, bring the lanterns home.", REST[0]) * 3),
         ("Bring the boats, bring the nets, bring the lanterns home.",) * 3),
        ("<dl><dt>Pier</dt><dd>Leads from the shore into the sea.</dd><dt>Quay</dt><dd>Lies along the shore.</dd></dl>",
         ("Pier", "Quay")),
    ],
)  # fmt: skip
def test_a_text_keeps_what_it_repeats_or_lists(body: str, lines: tuple[str, ...]) -> None:
    text = read(body if OPENING in body else paragraphs(OPENING) + body + paragraphs(END)).text.split("\n")
    assert [line for line in text if line in lines] == list(lines)


@pytest.mark.parametrize(
    "end",
    [
        "<p>Its rivals are the French agency and the Associated Press (AP).</p>",
        "<p>Journalists know it as “the wire” (AP).</p>",
        "<p>By Reuters and others he was called a liar.</p>",
        "<p>AP and dpa are what everybody reads here, and everybody says so.</p>",
        f"<table>{TABLE}</table><p>Source: Reuters</p><p>{REST[2]}</p>",
        f"<table>{TABLE}</table><p>Source: Reuters</p>",
        f"<p>{REST[1]}</p><p>Source: Reuters</p><p>{REST[2]}</p><p>{END}</p>",
    ],
)
def test_an_agency_that_a_report_is_about_is_not_its_source(end: str) -> None:
    assert read(paragraphs(FIRST, REST[0]) + end).provider_name is None


@pytest.mark.parametrize(("site", "line"), [
    ("CNN", "CNN Business"), ("AP News", "The Associated Press"), ("dpa", "dpa"),
])  # fmt: skip
def test_an_agency_is_not_the_source_of_what_it_publishes(site: str, line: str) -> None:
    body = paragraphs(FIRST, REST[0])
    assert read(body + f"<p>({line})</p>").provider_name == line
    assert read(body + f"<p>({line})</p>", site=site).provider_name is None


@pytest.mark.parametrize("opening", [
    "BREAKING: ", "UPDATE: ", "Opinion: ", "MIGRATION – ", "WATER: ", "BOARD: ", "CLIMATE - ", "ELECTION 2026: ",
])  # fmt: skip
def test_a_topic_is_not_a_dateline(opening: str) -> None:
    body = paragraphs(
        opening + FIRST,
        "Migration and water were not talked of. Water is for the summer, the Board says (Climate is another thing).",
        "Elections are in May, after which a debate on migration, climate and water is planned by the members.",
    )
    assert read(body).dateline is None


@pytest.mark.parametrize("path", [
    "/news/2024/tools/how-a-smith-makes-his-tools", "/golf/courses/the-links-reopen", "/local/plans/a-new-pier",
    "/careers-fair-draws-thousands", "/politics/council-cuts-services", "/wirtschaft/steigende-preise",
    "/departments/fire/crews-fight-a-blaze", "/business/jobs",
])  # fmt: skip
def test_the_address_of_a_report_may_have_the_words_of_an_offer(path: str) -> None:
    assert read(paragraphs(*LINES), path=path).page_type == "article"
