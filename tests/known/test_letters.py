"""Failures for which there is an open dead letter already."""

import dataclasses

from pipeline.balance import find_imbalance
from schemas.articles import DeadLetter, Replay
from schemas.documents import Link, Origin
from schemas.trouble import Trouble
from transforms.letters.known import KnownLetter, decide_letter, message_hash
from transforms.letters.make import make_dead_letter

LETTER = make_dead_letter(
    Link(url="https://post.example/a", origin=Origin(uri="f", kind="rss")),
    "fetch",
    Trouble("fetch.http_404", "it answers 404"),
)
KNOWN = {LETTER.letter_id: KnownLetter(message_hash("it answers 404"), 3)}


def test_the_same_failure_of_the_same_input_is_one_more_try() -> None:
    decided = decide_letter(LETTER, KNOWN)
    assert isinstance(decided, Replay)
    assert (decided.letter_id, decided.outcome, decided.attempts) == (LETTER.letter_id, "dead_letter", 4)


def test_anything_else_is_a_letter() -> None:
    others = [
        dataclasses.replace(LETTER, message="it answers 404 today"),
        dataclasses.replace(LETTER, letter_id="0" * 32),
    ]
    assert [decide_letter(other, KNOWN) for other in others] == others
    assert isinstance(decide_letter(LETTER, {}), DeadLetter)


def test_known_letters_balance() -> None:
    counters = {"read.in": 2, "read.done": 0, "read.dead": 2, "letters.known": 1}
    assert find_imbalance(counters, {"dead_letters": 1, "replays": 1}) == []
    assert find_imbalance(counters, {"dead_letters": 2, "replays": 0}) != []
