"""``newsmill show``: what newsmill makes of one page."""

import argparse
import sys
from typing import TYPE_CHECKING

from pipeline.options import Command, Group, check_file_to_write, make_policy, option, policy_groups
from schemas.errors import ExitCode
from transforms.articles.policy import ExtractPolicy
from transforms.enrich.policies import enrichment_policies
from transforms.sources.limits import ReadLimits
from transforms.web.policy import FetchPolicy

if TYPE_CHECKING:
    from schemas.articles import Article

COMMAND = Command(
    name="show",
    summary="show what is made of one page: text, cuts, metadata and all enrichments",
    description="Read one article of a file or an address, enrich it, and show its text with blocks, cuts and what was "
    "found in it, and its metadata. Nothing is stored.",
    examples="""\
  newsmill show seeds/pages/border_mines.html
      the article in a saved page
  newsmill show https://news.example/story --contact you@example.org --html story.html
      fetch a page politely, and write what is shown as one HTML file
  newsmill show --format json - <story.html
      read a page from standard input, and print the row that a run would write
  newsmill show feed.xml --position 3
      the fourth entry of a feed
""",
    groups=(
        Group(
            "what is shown",
            (
                option(
                    "what",
                    "file, http(s) address, or - for standard input",
                    is_positional=True,
                    metavar="FILE_OR_URL",
                    path="always",
                ),
                option("url", "address that a saved page is from", unset="what the page says", metavar="URL"),
                option(
                    "position",
                    "which article of a feed or container, from 0",
                    kind=int,
                    default=0,
                    at_least=0,
                    at_most=1_000_000,
                ),
                option(
                    "format",
                    "what is printed: a layout for people, the row as JSON, or a page for a browser",
                    default="text",
                    choices=("text", "json", "html"),
                ),
                option("html", "write an HTML file that needs nothing else", metavar="FILE", path="always"),
            ),
        ),
        *policy_groups(
            reading_and_enriching=(ReadLimits, ExtractPolicy, *enrichment_policies()), fetching=(FetchPolicy,)
        ),
    ),
    takes_beam_options=False,
)


def carry_out(known: argparse.Namespace) -> int:
    """Read the article and show it.

    Raises:
        UsageError: the file does not exist, or an option has a wrong value.
        NewsmillError: it cannot be fetched, or holds no article.
    """
    from pipeline.show import ShowPolicies, read_shown  # noqa: PLC0415  heavy modules load when needed

    if known.html:
        check_file_to_write("--html", known.html)
    policies = ShowPolicies(
        fetch=make_policy(FetchPolicy, known),
        extract=make_policy(ExtractPolicy, known),
        limits=make_policy(ReadLimits, known),
        enrich={policy: make_policy(policy, known) for policy in enrichment_policies()},
    )
    article = read_shown(known.what, policies, url=known.url, position=known.position)
    if known.html:
        from pipeline.show_html import render_html  # noqa: PLC0415
        from transforms.lake import files  # noqa: PLC0415
        from transforms.printable import printable  # noqa: PLC0415

        files.save_bytes(known.html, render_html(article).encode("utf-8", "replace"))
        sys.stdout.write(f"wrote {printable(known.html)}\n")
        return ExitCode.DONE
    sys.stdout.write(_render(article, known.format))
    return ExitCode.DONE


def _render(article: "Article", form: str) -> str:
    if form == "html":
        from pipeline.show_html import render_html  # noqa: PLC0415

        return render_html(article).encode("utf-8", "replace").decode()
    if form == "json":
        from schemas.record import json_date, row  # noqa: PLC0415
        from transforms.printable import printable_json  # noqa: PLC0415

        return printable_json(row(article), indent=2, default=json_date) + "\n"
    from rich.console import Console  # noqa: PLC0415

    from pipeline.show_text import WIDTH, render_text  # noqa: PLC0415

    if not sys.stdout.isatty():
        return render_text(article)
    return render_text(article, width=min(WIDTH, Console().width), color=True)
