"""Destinations that follow an output through real runs, replays, reprocessings, compactions and takedowns."""

from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.destinations import address, held_tables
from tests.support.histories import expected_rows
from tests.support.postgres import PostgresServer, postgres
from tests.support.servers import Reply, Server
from transforms.lake.lake import Lake
from transforms.lake.read import open_table

__all__ = ["postgres"]

CALM = ("--quiet", "--allow_private", "--delay_s", "0", "--max_dead_ratio", "1")
COMPACT = ("compact", "--before", "2999-01-01")


def page(headline: str, text: str) -> Reply:
    body = "".join(f"<p>{text} It was said {n} times at Port Ellery that evening.</p>" for n in range(5))
    return Reply(
        f"<html lang=en><title>{headline}</title><body><article><h1>{headline}</h1>{body}</article></body></html>"
    )


ROUTES = {
    "/robots.txt": Reply(status=404),
    "/pier": page("Pier rebuilt", "The eastern pier was rebuilt, said Dana Whitlock, mayor of London."),
    "/otters": page("Otters are back", "Nine otters were counted in the river Thames, said Ronald Marsh."),
    "/keys": page("Clerk and keys", "A fictitious clerk, Ines Calder, mislaid the keys of the lighthouse."),
}
WELL = page("Well again", "The server of the harbour is well again, said Dana Whitlock in London.")


def carry_out(output: Path, server: Server, to: str) -> list[int]:
    """Carry out every command that writes rows; after each, load and compare.

    Returns:
        The number of articles after each.
    """
    links = output.parent / "links.txt"
    links.write_text("".join(server.url(path) + "\n" for path in ("/pier", "/otters", "/ill", "/keys")))
    counts = []
    for command, *words in (
        ("run", "--input", str(links), "--archive", "--spacy_model", "none", *CALM),
        ("replay", "--reason", "fetch.http_404", "--spacy_model", "none", *CALM),
        ("reprocess", "--quiet"),
        COMPACT,
        ("retract", server.url("/keys")),
        ("run", "--input", str(links), *CALM),
        COMPACT,
    ):
        assert main([command, "--output", str(output), *words]) == 0, command
        assert main(["load", "--output", str(output), "--to", to]) == 0
        for name, rows in held_tables(to).items():
            assert rows == expected_rows(Lake(str(output)), name), (command, name)
        counts.append(open_table(str(output)).count_rows())
    return counts


@pytest.mark.slow(20)
@pytest.mark.parametrize("kind", ["duckdb", "postgres", "sqlite"])
def test_destinations_follow_the_commands(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        to = server.new_schema()
    else:
        to = address(tmp_path, kind)
    with Server(ROUTES | {"/ill": [Reply(status=404), WELL]}) as site:
        counts = carry_out(tmp_path / "lake", site, to)
    assert counts == [3, 4, 7, 7, 5, 5, 5]
