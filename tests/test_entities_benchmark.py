"""How names and groups are read out of GUM, and what B-cubed says of them."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.entities import Gold, print_grouping, read_world
from benchmarks.measures.gum import read_gum
from tests.support.paths import TRUTH

ROWS = """\
1	Mayor	Mayor	PROPN	NNP	_	2	compound	_	Entity=(1-person-new-cf1-1-1,2,3-coref
2	Ana	Ana	PROPN	NNP	_	4	nsubj	_	_
3	Torv	Torv	PROPN	NNP	_	2	flat	_	Entity=1)
4	left	leave	VERB	VBD	_	0	root	_	_
5	the	the	DET	DT	_	7	det	_	Entity=(2-organization-new-cf2-1-2,3-coref-Marle_Board
6	Marle	Marle	PROPN	NNP	_	7	compound	_	Entity=(3-place-new-cf3-1-1-coref)
7	Board	Board	PROPN	NNP	_	4	obj	_	Entity=2)|SpaceAfter=No
8	.	.	PUNCT	.	_	4	punct	_	_

# newpar
1	The	the	DET	DT	_	2	det	_	Entity=(4-organization-new-cf1-1-2-coref-Marle_Board
2	Board	Board	PROPN	NNP	_	3	nsubj	_	Entity=4)
3	thanked	thank	VERB	VBD	_	0	root	_	_
4	Torv	Torv	PROPN	NNP	_	3	obj	_	Entity=(1-person-giv-cf2-1-1-coref)
5	and	and	CCONJ	CC	_	7	cc	_	_
6	her	her	PRON	PRP$	_	7	nmod	_	Entity=(5-person-new-cf4-1-2-coref
7	friends	friend	NOUN	NNS	_	4	conj	_	Entity=5)|SpaceAfter=No
8	.	.	PUNCT	.	_	3	punct	_	_
"""


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    path = tmp_path / "GUM_news_marle.conllu"
    path.write_text(ROWS, encoding="utf-8")
    text, names = read_gum(path)
    return Gold(
        text,
        frozenset((name.start, name.end, name.kind) for name in names),
        {(name.start, name.end): name.cluster for name in names},
    )


def test_names_are_read(gold: Gold) -> None:
    assert gold.text == "Mayor Ana Torv left the Marle Board.\nThe Board thanked Torv and her friends."
    found = [(gold.text[a:b], kind, gold.clusters[a, b]) for a, b, kind in sorted(gold.spans)]
    assert found == [("Ana Torv", "PER", "1"), ("Marle Board", "ORG", "2"), ("Board", "ORG", "2"), ("Torv", "PER", "1")]


def test_groups_are_scored(gold: Gold, capsys: pytest.CaptureFixture[str]) -> None:
    print_grouping([gold])
    assert "grouping of 4 names: B-cubed P 1.000  R 1.000" in capsys.readouterr().out
    print_grouping([gold._replace(clusters={at: str(n) for n, at in enumerate(gold.clusters)})])
    assert "B-cubed P 0.500  R 1.000" in capsys.readouterr().out


def test_names_grow_over_the_proper_nouns_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "GUM_news_short.conllu"
    path.write_text(ROWS.replace("new-cf2-1-2,3-coref", "new-cf2-1-3-coref"), encoding="utf-8")
    text, names = read_gum(path)
    assert "Marle Board" in {text[name.start : name.end] for name in names}


def test_the_sample_is_read_by_page(tmp_path: Path) -> None:
    stored = json.loads((TRUTH / "entities.json").read_text(encoding="utf-8"))
    wanted = stored[0]
    folder, ident = wanted["page"].split("/", 1)
    (tmp_path / folder).mkdir()
    row = {"id": ident, "text": "x" * (wanted["until"] + 10)}
    (tmp_path / folder / "truth.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    ((name, (gold,)),) = read_world(tmp_path).items()
    assert name == "world" and len(gold.text) == wanted["until"] and len(gold.spans) == len(wanted["names"])
    assert read_world(tmp_path / "nowhere") == {}


def test_the_sample_has_names_in_order_that_do_not_overlap() -> None:
    for page in json.loads((TRUTH / "entities.json").read_text(encoding="utf-8")):
        spans = [(start, end) for start, end, kind in page["names"] if kind in ("PER", "ORG", "LOC")]
        assert len(spans) == len(page["names"])
        assert all(start < end <= page["until"] for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
