"""The documents name modules that exist, layers that are checked, and terms in order."""

import re
import tomllib

from tests.support.paths import ROOT

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PACKAGES = ("newsmill", "pipeline", "schemas", "transforms")


def test_every_module_named_exists() -> None:
    named = re.findall(rf"`((?:{'|'.join(PACKAGES)}|tests)/[\w./]+)`", ARCHITECTURE)
    assert len(named) > 50
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_layers_drawn_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    packages, inner = (contract["layers"] for contract in contracts["contracts"][:2])
    picture = ARCHITECTURE[ARCHITECTURE.index("```text\n") + 8 :].partition("\n```")[0].splitlines()
    drawn = [re.split(r" {3,}", line.rstrip())[0] if line[0] != " " else None for line in picture]
    assert [line for line in drawn if line is not None] == packages
    below = [re.split(r" {3,}", line.strip())[0] for line in picture if line[0] == " "]
    assert [sorted(line.split(" | ")) for line in below] == [sorted(line.split(" | ")) for line in inner]


def test_terms_are_in_order_and_each_has_one_line() -> None:
    rows = re.findall(r"^\| (?!term |---)([^|]+) \| ([^|]+) \|$", GLOSSARY, re.MULTILINE)
    terms = [term for term, _ in rows]
    assert len(terms) > 50
    assert terms == sorted(set(terms), key=str.lower)
    assert len(terms) == len([line for line in GLOSSARY.splitlines() if line.startswith("| ")]) - 2
    assert all(meaning.endswith(".") for _, meaning in rows)
