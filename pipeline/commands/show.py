"""``newsmill show``: what newsmill makes of one page."""

import argparse
import sys
from pathlib import Path

from pipeline.options import Command, Group, make_policy, option, policy_groups
from schemas.errors import ExitCode, UsageError
from transforms.articles.policy import ExtractPolicy
from transforms.sources.limits import ReadLimits
from transforms.web.policy import FetchPolicy

COMMAND = Command(
    name="show",
    summary="show what is read of one page, and what is cut from it",
    description="Read one article of a file or an address, and show its text with blocks and cuts, and its metadata. "
    "Nothing is stored.",
    examples="""\
  newsmill show seeds/pages/border_mines.html
      the article in a saved page
  newsmill show https://news.example/story --contact you@example.org --html story.html
      fetch a page politely, and write what is shown as one HTML file
  newsmill show feed.xml --position 3
      the fourth entry of a feed
""",
    groups=(
        Group(
            "what is shown",
            (
                option("what", "file, or http(s) address", is_positional=True, metavar="FILE_OR_URL"),
                option("url", "address that a saved page is from", unset="what the page says", metavar="URL"),
                option(
                    "position",
                    "which article of a feed or container, from 0",
                    kind=int,
                    default=0,
                    at_least=0,
                    at_most=1_000_000,
                ),
                option("html", "write an HTML file that needs nothing else", metavar="FILE", path="always"),
            ),
        ),
        *policy_groups(reading=(ReadLimits, ExtractPolicy), fetching=(FetchPolicy,)),
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

    if known.html and Path(known.html).is_dir():
        raise UsageError(f"--html {known.html} is a directory: name a file")
    policies = ShowPolicies(
        fetch=make_policy(FetchPolicy, known),
        extract=make_policy(ExtractPolicy, known),
        limits=make_policy(ReadLimits, known),
    )
    article = read_shown(known.what, policies, url=known.url, position=known.position)
    if known.html:
        from pipeline.show_html import render_html  # noqa: PLC0415
        from transforms.lake import files  # noqa: PLC0415
        from transforms.printable import printable  # noqa: PLC0415

        files.replace_bytes(known.html, render_html(article).encode("utf-8", "replace"))
        sys.stdout.write(f"wrote {printable(known.html)}\n")
        return ExitCode.DONE
    from pipeline.show_text import render_text  # noqa: PLC0415

    sys.stdout.write(render_text(article, color=sys.stdout.isatty()))
    return ExitCode.DONE
