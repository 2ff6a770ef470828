"""What the publisher declares and what the classifier finds, in one article, and the stage around it."""

import pytest

from schemas.articles import Article, Topic
from tests.support.collect import collect
from tests.support.samples import make_article
from transforms.enrich.topics.assign import NO_MODEL, assign_topics
from transforms.enrich.topics.classify import EXPERIMENTAL, MODEL
from transforms.enrich.topics.stage import AssignTopics
from transforms.enrich.topics.taxonomy import code_named

MATCH = (
    "The striker scored in stoppage time after the goalkeeper had saved a penalty. The coach praised the midfielder "
    "and said the team would now play the champions in the semi-final of the tournament."
)
TRANSFER_FRAUD = (
    "Prosecutors charged the owner of a football club with fraud. Police arrested the suspect, and a court will hear "
    "the trial in May. The striker and the goalkeeper, whose transfer the indictment names, play in the premier league."
)


def names(article: Article) -> list[tuple[str, str]]:
    return [(topic.label, topic.source) for topic in article.topics]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("sport", "classifier")]),
        ({"article_section": "Sports"}, [("sport", "publisher")]),
        # A finer topic of the publisher stands for its top level, which the classifier does not repeat.
        ({"article_section": "Soccer"}, [("soccer", "publisher")]),
        ({"article_section": "World"}, [("sport", "classifier")]),
        ({"article_section": "Politics"}, [("politics", "publisher"), ("sport", "classifier")]),
        ({"keywords": ("Oakhaven", "Sport")}, [("sport", "publisher")]),
        # A keyword's topic that the text is not about is left out, unless the text is about nothing clear.
        ({"keywords": ("Health",)}, [("sport", "classifier")]),
        ({"keywords": ("Health",), "headline": None, "text": "More of this tomorrow."}, [("health", "publisher")]),
    ],
)
def test_the_publisher_comes_first(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    article = assign_topics(make_article(**{"headline": "Late goal", "text": MATCH, **changes}))
    assert names(article)[: len(expected)] == expected
    assert [label for label, _ in names(article)].count("sport") <= 1
    assert ("health", "publisher") in expected or "health" not in [label for label, _ in names(article)]
    assert article.topic_model == MODEL
    assert article.not_run == ()


def test_several_topics_are_given_best_first() -> None:
    article = assign_topics(make_article(headline="Club owner charged with fraud", text=TRANSFER_FRAUD))
    tops = [topic.label for topic in article.topics if topic.path == topic.code]
    assert tops[:2] == ["crime, law and justice", "sport"]
    scores = [topic.score for topic in article.topics]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("language", ["ja", None])
def test_other_languages_have_the_publishers_topics_only(language: str | None) -> None:
    article = make_article(in_language=language, article_section="Wirtschaft", not_run=("entities.no_model",))
    article = assign_topics(article)
    code = code_named("economy, business and finance")
    topic = Topic(code=code, label="economy, business and finance", score=1.0, source="publisher", path=code)
    assert article.topics == (topic,)
    assert article.topic_model is None
    assert article.not_run == ("entities.no_model", NO_MODEL)


def test_other_languages_of_the_taxonomy_are_experimental() -> None:
    text = "Der Stürmer schoss zwei Tore, die Mannschaft gewann das Spiel gegen den Meister der Bundesliga."
    article = assign_topics(
        make_article(headline="Zwei Tore im Spiel", text=text, in_language="de", not_run=(NO_MODEL,))
    )
    assert names(article)[0] == ("sport", "classifier")
    assert article.topics[0].wikidata_id == "Q349"
    assert (article.topic_model, article.not_run) == (EXPERIMENTAL, ())


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_doing_it_again_changes_nothing(language: str) -> None:
    once = assign_topics(make_article(text=MATCH, in_language=language, article_section="Politik"))
    assert assign_topics(once) == once


def test_every_article_leaves_once() -> None:
    articles = [
        make_article(url=f"https://news.example/{n}", text=text, in_language=language)
        for n, (text, language) in enumerate([(MATCH, "en"), (TRANSFER_FRAUD, "en"), (MATCH, "ja"), ("x", "en")])
    ]
    found = collect(articles, AssignTopics())
    assert {it.url for it in found.articles} == {it.url for it in articles}
    assert found.dead == found.dropped == []
    assert {name: found.counters[f"topics.{name}"] for name in ("in", "done")} == {"in": 4, "done": 4}
    assert sorted(found.articles, key=lambda it: it.url) == [assign_topics(it) for it in articles]
