"""The taxonomy is whole and consistent."""

import json
import re
from importlib.resources import files

import pytest

from transforms.enrich.topics import taxonomy
from transforms.enrich.topics.taxonomy import (
    broader,
    children,
    code_named,
    concepts,
    descendants,
    label,
    level,
    path,
    top,
    top_codes,
    wikidata_id,
)


def test_there_are_17_top_level_topics() -> None:
    assert len(top_codes()) == 17
    assert all(top(code) == code and level(code) == 1 for code in top_codes())


def test_every_live_concept_is_reached_once_from_the_top() -> None:
    reached = [code for start in top_codes() for code in (start, *descendants(start))]
    live = {code for code, it in concepts().items() if not it.is_retired}
    assert len(reached) == len(set(reached))
    assert set(reached) == live
    assert len(live) == 1099


def test_chains_agree_with_each_other() -> None:
    for code, it in concepts().items():
        assert all(above in concepts() for above in it.broader)
        if it.broader:
            assert broader(it.broader[-1]) == it.broader[:-1]
            assert top(code) == it.broader[0]
        assert it.is_retired or not any(concepts()[above].is_retired for above in it.broader)


def test_names_lead_back_to_codes() -> None:
    assert all(code_named(label(code)) == code for code, it in concepts().items() if not it.is_retired)


@pytest.mark.parametrize("ask", [label, top, broader, children, level, path, wikidata_id])
def test_an_unknown_code_is_an_error(ask: object) -> None:
    with pytest.raises(KeyError):
        ask("medtop:99999999")  # type: ignore[operator]


def test_the_file_names_its_source_and_holds_no_definitions() -> None:
    stored = json.loads(files(taxonomy.__package__).joinpath("media_topics.json").read_text(encoding="utf-8"))
    assert "CC BY 4.0" in stored["about"]["license"]
    assert "IPTC" in stored["about"]["attribution"]
    assert all(set(it) - {"wikidata"} == {"name", "broader", "retired"} for it in stored["topics"].values())


def test_paths_and_wikidata_items() -> None:
    assert all(path(code) == (*broader(code), code) for code in concepts())
    items = [wikidata_id(code) for code, it in concepts().items() if not it.is_retired]
    assert sum(item is not None for item in items) > 1000
    assert all(item is None or re.fullmatch(r"Q[1-9][0-9]*", item) for item in items)
