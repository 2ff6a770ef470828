"""The documents name what is declared: modules, layers, tables, columns, views; and terms in order."""

import re
import tomllib

from pipeline.commands.load import TO
from schemas.tables import TABLES, Table
from tests.support.paths import PACKAGES, ROOT
from transforms.enrich.registry import ENRICHMENTS
from transforms.export.flattened import FLATTENED
from transforms.export.loads.load import DESTINATIONS
from transforms.export.warehouses import WAREHOUSES


def read(name: str) -> str:
    """The text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


ARCHITECTURE = read("docs/architecture.md")
GLOSSARY = read("docs/glossary.md")
WAREHOUSE = read("docs/warehouse.md")


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


def test_all_tables_are_shown_in_the_output() -> None:
    (shown,) = re.findall(r"```text\nout/\n(.*?)```", read("README.md"), re.DOTALL)
    assert {*re.findall(r"([a-z_]+)/(?:…|ingest_date)", shown)} == {*TABLES}


def test_all_enrichments_are_listed_with_their_columns() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*) \| (.*) \|$", read("docs/enrichment.md").partition("\n## ")[0], re.MULTILINE
    )
    assert [name for name, _, _ in rows] == [one.name for one in ENRICHMENTS]
    for one, (_, _, named) in zip(ENRICHMENTS, rows, strict=True):
        columns, _, tables = named.partition("; table")
        assert re.findall(r"`(\w+)`", columns) == [*one.columns]
        assert {*one.tables} <= {*re.findall(r"`(\w+)`", tables)} <= {*TABLES}


def test_ids_of_rows_are_explained_for_every_table() -> None:
    def kind(table: Table) -> int:
        return 1 if table.has_only_newest else 0 if table.unique else 2

    rows = re.findall(r"^\| (`.*?`) \|", WAREHOUSE.partition("### Ids of rows")[2].partition("\n### ")[0], re.MULTILINE)
    assert [{*re.findall(r"`(\w+)`", row)} for row in rows] == [
        {name for name, table in TABLES.items() if kind(table) == number} for number in range(3)
    ]


def test_all_views_of_lists_are_named() -> None:
    named = WAREHOUSE.partition("a view for each list of structs")[2].partition(")")[0]
    assert re.findall(r"`(\w+)`", named) == [*FLATTENED]


def test_all_destinations_are_named() -> None:
    for text in (WAREHOUSE.partition("## Destinations")[2].partition("\n## ")[0], TO.help):
        named = {DESTINATIONS.get(scheme) for scheme in re.findall(r"(\w+)://", text)}
        assert {*DESTINATIONS.values()} <= named  # of two schemes for one destination, one
        assert [name for name in WAREHOUSES if not re.search(rf"\b{name}\b", text)] == []


def test_every_dependency_has_its_reason() -> None:
    lines = "\n".join(map(read, ("requirements.in", "requirements-dev.in")))
    names = re.findall(r"^[\w-]+", lines, re.MULTILINE)
    assert len(names) > 40
    reasons = read("docs/dependencies.md")
    assert [name for name in names if name != "-r" and not re.search(rf"\b{name}\b", reasons)] == []
