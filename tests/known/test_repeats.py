"""DropRepeats: one of each id, one of each text, whatever the order."""

import itertools
from datetime import UTC, datetime

from tests.support.collect import collect
from tests.support.samples import TEXT, make_article
from transforms.identity import text_hash
from transforms.known.repeats import DropRepeats, pick_original

PAGE = make_article()
FEED = make_article(text_source="feed_content", text=TEXT + " More.", source_uri="seeds/feed.xml", source_position=3)
SYNDICATED = make_article(
    url="https://wire.example/copy", headline="Pier to rise again", syndicated_from="harbourtimes.example"
)
SHORT_A = make_article(url="https://a.example/1", headline="Road closed", text="Road closed until noon.")
SHORT_B = make_article(url="https://b.example/1", headline="Way shut", text="Road closed until noon.")
OTHER = make_article(url="https://c.example/1", headline="Else", text="Something else entirely happened. " * 8)


def test_each_id_and_each_text_stays_once() -> None:
    articles = [SYNDICATED, FEED, PAGE, SHORT_A, SHORT_B, OTHER]
    found = collect(articles, DropRepeats())
    assert {article.url for article in found.articles} == {PAGE.url, SHORT_A.url, SHORT_B.url, OTHER.url}
    assert PAGE in found.articles
    assert {(row.reason, row.url, row.duplicate_of) for row in found.dropped} == {
        ("repeats.same_id", FEED.url, PAGE.article_id),
        ("repeats.same_text", SYNDICATED.url, PAGE.article_id),
    }
    counted = {name: found.counters.get(f"repeats.{name}", 0) for name in ("in", "done", "duplicate")}
    assert counted == {"in": 6, "done": 4, "duplicate": 2}


def test_the_message_says_what_copies_of_one_id_have_in_common() -> None:
    alone = make_article(url=None, id_scheme="text1", article_id="0" * 32)
    found = collect([PAGE, FEED, alone, alone], DropRepeats())
    said = {row.message for row in found.dropped if row.reason == "repeats.same_id"}
    assert said == {"same canonical address", "same headline and text"}


def test_the_choice_does_not_depend_on_order() -> None:
    early = make_article(url="https://d.example/1", date_published=datetime(2025, 1, 1, tzinfo=UTC))
    for order in itertools.permutations([PAGE, SYNDICATED, early]):
        kept, others = pick_original(order)
        assert kept is early
        assert others == [PAGE, SYNDICATED]


def test_text_hash_is_blind_to_white_space_and_headline() -> None:
    assert text_hash("Pier", TEXT) == text_hash("Else", TEXT.replace(". ", ".\n").upper())
    assert text_hash(SHORT_A.headline, SHORT_A.text) != text_hash(SHORT_B.headline, SHORT_B.text)
