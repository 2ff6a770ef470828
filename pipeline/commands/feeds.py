"""``newsmill feeds``: a list of feeds, and what may be done with it."""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pipeline.console import complain
from pipeline.options import (
    JSON,
    OUTPUT,
    Command,
    Group,
    Option,
    check_file_to_write,
    make_policy,
    option,
    policy_options,
)
from schemas.errors import ExitCode, UsageError
from schemas.userinfo import mask_userinfo
from transforms.printable import printable
from transforms.web.credentials import Credentials
from transforms.web.policy import FetchPolicy

_LIST = option("file", "the list", default="feeds.toml", metavar="LIST", path="always")
_FETCHING = Group("fetching", policy_options(FetchPolicy))


def _split_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


def _verb(name: str, summary: str, *options: Option, fetches: bool = False, reads_output: bool = False) -> Command:
    groups = (Group("what and where", options), *((_FETCHING,) if fetches else ()))
    return Command(
        name=name,
        summary=summary,
        groups=groups,
        exit_codes=(ExitCode.NO_FEED,) if name in ("add", "check") else (),
        takes_beam_options=reads_output,  # only an output can be in a store that Beam has to be told about
    )


COMMAND = Command(
    name="feeds",
    summary="add, list, check, import and export subscriptions",
    description="Look after a list of feeds: a feeds.toml, to which this adds and which you edit as you like.",
    examples="""\
  newsmill feeds add news.example https://post.example/feed.xml --tags ports,north
      find the feed of a site, or take that of an address, and add it to feeds.toml
  newsmill feeds list --output lake
      what is subscribed to, and how the last poll of each went
  newsmill feeds check https://post.example/feed.xml --contact you@example.org
      is it well, does it cost more than it must, when is it polled next
  newsmill feeds import reader.opml
  newsmill feeds export --to reader.opml
      from and to any feed reader
""",
    exit_codes=(ExitCode.NO_FEED,),
    verbs=(
        _verb(
            "add",
            "add feeds, or the feeds of sites, to the list",
            option("urls", "address of a feed, or of a page of the site", is_positional=True, many="+", metavar="URL"),
            _LIST,
            option("tags", "tags of what is added", many=",", metavar="TAG,...", read=_split_tags),
            option("no_check", "request nothing: each address is that of a feed", kind=bool),
            fetches=True,
        ),
        _verb(
            "list",
            "show the list, and with --output how the last poll of each feed went",
            _LIST,
            dataclasses.replace(OUTPUT, is_required=False),
            JSON,
            reads_output=True,
        ),
        _verb(
            "check",
            "request one feed, at most three times, and report what is well and what is not",
            option("url", "address of the feed", is_positional=True, metavar="URL"),
            JSON,
            fetches=True,
        ),
        _verb(
            "import",
            "add the feeds of an OPML file to the list",
            option("opml", "path or address of the OPML file", is_positional=True, metavar="OPML", path="always"),
            _LIST,
            fetches=True,
        ),
        _verb(
            "export",
            "write the list as OPML",
            _LIST,
            option("to", "file to write", unset="standard output", metavar="OPML", path="always"),
        ),
    ),
)


def carry_out(known: argparse.Namespace) -> int:
    """Do what the verb says.

    Returns:
        Exit code; NO_FEED where a feed was not found or is not usable.

    Raises:
        UsageError: a wrong value, or a list that is not right.
    """
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "add": _add,
        "list": _list,
        "check": _check,
        "import": _import,
        "export": _export,
    }
    try:
        return verbs[known.verb](known)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _policy(known: argparse.Namespace, credentials: Sequence[Credentials] = ()) -> FetchPolicy:
    return make_policy(FetchPolicy, known, credentials=tuple(credentials))


def _add(known: argparse.Namespace) -> int:
    from transforms.subscriptions.additions import split_listed, typed_address  # noqa: PLC0415
    from transforms.subscriptions.lists import Subscription, add_feeds, read_subscriptions  # noqa: PLC0415
    from transforms.web.credentials import split_credentials  # noqa: PLC0415

    addresses = list(dict.fromkeys(typed_address(text) for text in known.urls))
    for address in addresses:
        if split_credentials(address)[1] is not None:
            raise UsageError(f"{mask_userinfo(address)}: write a user name and password into {known.file} yourself")
    before = read_subscriptions(known.file, is_list=True, is_new=True).feeds
    wanted, unknown = split_listed(addresses, before)
    if known.no_check:
        wanted += [Subscription(url, None, known.tags) for url in unknown]
    else:
        wanted += [Subscription(url, title, known.tags) for url, title in _find(unknown, known)]
    added = set(add_feeds(known.file, wanted))
    for feed in wanted:
        what = _named(feed.url, feed.title)
        file = printable(known.file)
        sys.stdout.write(f"added {what} to {file}\n" if feed in added else f"{file} has {what} already\n")
        added.discard(feed)
    return ExitCode.DONE if len(wanted) == len(addresses) else ExitCode.NO_FEED


def _find(addresses: list[str], known: argparse.Namespace) -> list[tuple[str, str | None]]:
    """Find the feed of each site; print a message for each that is not found."""
    from schemas.stages import CODES  # noqa: PLC0415
    from schemas.trouble import Trouble  # noqa: PLC0415
    from transforms.subscriptions.discovery import discover  # noqa: PLC0415
    from transforms.web.polite_client import fetch_source, open_client  # noqa: PLC0415

    if not addresses:
        return []
    feeds: list[tuple[str, str | None]] = []
    with open_client(_policy(known)) as web:
        for address in addresses:
            try:
                found = discover(address, partial(fetch_source, web))
            except Trouble as why:
                complain(f"{address} was not added: {why.message}: {CODES[why.code]}")
                continue
            if found.feed is None:
                complain(f"no feed found for {address}; requested were")
                sys.stderr.writelines(f"  {printable(f'{url}: {what}')}\n" for url, what in found.tried)
                sys.stderr.write("  give the address of the feed itself, or of a page that names it\n")
                continue
            feeds.append((found.feed.url, found.feed.title))
            for other in found.others:
                sys.stdout.write(f"also named there: {_named(other.url, other.title)}\n")
    return feeds


def _named(url: str, title: str | None) -> str:
    return printable(f"{url} ({title})" if title else url)


def _list(known: argparse.Namespace) -> int:
    from pipeline.feed_report import feeds_to_json, render_feeds  # noqa: PLC0415
    from transforms.subscriptions.lists import read_subscriptions  # noqa: PLC0415

    subscriptions = read_subscriptions(known.file, is_list=True)
    states = None
    if known.output:
        from pipeline.maintenance import require_output  # noqa: PLC0415
        from transforms.feeds.state import load_states  # noqa: PLC0415
        from transforms.lake.lake import Lake  # noqa: PLC0415

        output = require_output(known.output)
        states = load_states(Lake(output), Lake(output).manifests())
    now = datetime.now(UTC)
    if known.json:
        sys.stdout.write(feeds_to_json(subscriptions, states, now))
        return 0
    _warn(subscriptions.warnings)
    sys.stdout.write(render_feeds(subscriptions, states, now, color=sys.stdout.isatty()))
    return 0


def _check(known: argparse.Namespace) -> int:
    from pipeline.feed_report import diagnosis_to_json, render_diagnosis  # noqa: PLC0415
    from transforms.subscriptions.additions import typed_address  # noqa: PLC0415
    from transforms.subscriptions.diagnose import diagnose  # noqa: PLC0415
    from transforms.web.credentials import split_credentials  # noqa: PLC0415
    from transforms.web.polite_client import open_client  # noqa: PLC0415

    address, secret = split_credentials(typed_address(known.url))
    with open_client(_policy(known, [secret] if secret else [])) as web:
        found = diagnose(web, address)
    now = datetime.now(UTC)
    shown = diagnosis_to_json(found) if known.json else render_diagnosis(found, now, color=sys.stdout.isatty())
    sys.stdout.write(shown)
    return ExitCode.DONE if found.is_usable else ExitCode.NO_FEED


def _import(known: argparse.Namespace) -> int:
    from transforms.subscriptions.lists import add_feeds, read_subscriptions  # noqa: PLC0415
    from transforms.web.credentials import split_credentials  # noqa: PLC0415
    from transforms.web.polite_client import fetch_source, open_client  # noqa: PLC0415

    def get(url: str) -> bytes:
        with open_client(_policy(known, [secret] if secret else [])) as web:
            return fetch_source(web, url).body

    place, secret = split_credentials(known.opml)
    listed = read_subscriptions(place, get=get, is_list=True)
    _warn(listed.warnings)
    _warn(
        f"the user name and password for {one.origin} were not added: write them in yourself"
        for one in listed.credentials
    )
    added = add_feeds(known.file, listed.feeds)
    there = len(listed.feeds) - len(added)
    sys.stdout.write(f"added {len(added):,} of {len(listed.feeds):,} feeds to {printable(known.file)}")
    sys.stdout.write(f"; {there:,} were there already\n" if there else "\n")
    return 0


def _export(known: argparse.Namespace) -> int:
    from transforms.subscriptions.lists import read_subscriptions, write_opml  # noqa: PLC0415

    if known.to is not None:
        check_file_to_write("--to", known.to)
    listed = read_subscriptions(known.file, is_list=True)
    _warn(listed.warnings)
    if listed.host_delays or any(feed.min_interval_s or feed.max_interval_s for feed in listed.feeds):
        _warn(["intervals and delays of hosts have no place in OPML: they stay in the list alone"])
    data = write_opml(listed)
    if known.to is None:
        sys.stdout.write(data.decode("utf-8"))
        return 0
    from transforms.lake import files  # noqa: PLC0415

    files.save_bytes(known.to, data)
    sys.stdout.write(f"wrote {len(listed.feeds):,} feeds to {printable(known.to)}\n")
    return 0


def _warn(warnings: Any) -> None:
    for warning in warnings:
        complain(warning)
