"""``newsmill feeds``: a list of feeds, and what may be done with it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.console import complain
from schemas.errors import ExitCode, UsageError, describe_exit_codes
from schemas.userinfo import mask_userinfo
from transforms.printable import printable

EXAMPLES = """\
examples:
  newsmill feeds add news.example https://post.example/feed.xml --tags ports,north
      find the feed of a site, or take that of an address, and add it to feeds.toml
  newsmill feeds list --output lake
      what is subscribed to, and how the last poll of each went
  newsmill feeds check https://post.example/feed.xml --contact you@example.org
      is it well, does it cost more than it must, when is it polled next
  newsmill feeds import reader.opml
  newsmill feeds export --to reader.opml
      from and to any feed reader

""" + describe_exit_codes(ExitCode.NO_FEED)


def add_parser(commands: Any) -> None:
    """Add ``feeds`` and what is below it to the commands."""
    parser = commands.add_parser(
        "feeds",
        help="add, list, check, import and export subscriptions",
        description="Look after a list of feeds: a feeds.toml, to which this adds and which you edit as you like.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)

    def add(name: str, words: str, *, writes: bool = True) -> Any:
        verb = verbs.add_parser(name, help=words, description=words, allow_abbrev=False)
        if writes:
            verb.add_argument("--file", default="feeds.toml", metavar="LIST", help="the list (default: %(default)s)")
        return verb

    verb = add("add", "add feeds, or the feeds of sites, to the list")
    verb.add_argument("urls", nargs="+", metavar="URL", help="address of a feed, or of a page of the site")
    verb.add_argument("--tags", default="", metavar="A,B", help="tags of what is added, comma-separated")
    verb.add_argument("--no_check", action="store_true", help="request nothing: each address is that of a feed")
    _add_fetch_options(verb)
    verb = add("list", "show the list, and with --output how the last poll of each feed went")
    verb.add_argument("--output", metavar="DIR", help="output of the runs that poll it")
    verb.add_argument("--json", action="store_true", help="print JSON instead of a table")
    verb = add("check", "ask for one feed, at most three times, and say what is well and what is not", writes=False)
    verb.add_argument("url", metavar="URL", help="address of the feed")
    verb.add_argument("--json", action="store_true", help="print JSON instead of words")
    _add_fetch_options(verb)
    verb = add("import", "add the feeds of an OPML file to the list")
    verb.add_argument("opml", metavar="OPML", help="path or address of the OPML file")
    _add_fetch_options(verb)
    verb = add("export", "write the list as OPML")
    verb.add_argument("--to", metavar="OPML", help="file to write (default: standard output)")


def _add_fetch_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--contact", metavar="MAIL_OR_URL", help="whom a site may turn to; part of the User-Agent")
    verb.add_argument("--timeout_s", type=float, default=20.0, metavar="S", help="longest silence of a server")
    verb.add_argument("--delay_s", type=float, default=1.0, metavar="S", help="least time between two requests")
    verb.add_argument("--allow_private", action="store_true", help="permit private and loopback addresses")
    verb.add_argument("--ignore_robots", action="store_true", help="do not ask for robots.txt; for your own hosts")


def carry_out(known: argparse.Namespace) -> int:
    """Do what the verb says.

    Returns:
        Exit code; NO_FEED where a feed was not found or is not usable.

    Raises:
        UsageError: a wrong value, or a list that is not right.
    """
    # Of these words 'list' alone reads an output, which may be in a store that Beam's options describe.
    if getattr(known, "beam_args", None) and known.verb != "list":
        raise UsageError(f"{known.beam_args[0]} is not an option of 'newsmill feeds': see 'newsmill feeds --help'")
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


def _policy(known: argparse.Namespace, credentials: Sequence[Any] = ()) -> Any:
    from transforms.web.policy import FetchPolicy, make_user_agent  # noqa: PLC0415  heavy modules load when needed

    return FetchPolicy(
        user_agent=make_user_agent(known.contact),
        timeout_s=known.timeout_s,
        deadline_s=max(60.0, known.timeout_s),
        delay_s=known.delay_s,
        allow_private=known.allow_private,
        respect_robots=not known.ignore_robots,
        credentials=tuple(credentials),
    )


def _add(known: argparse.Namespace) -> int:
    from transforms.subscriptions.additions import split_listed, typed_address  # noqa: PLC0415
    from transforms.subscriptions.lists import Subscription, add_feeds, read_subscriptions  # noqa: PLC0415
    from transforms.web.credentials import split_credentials  # noqa: PLC0415

    addresses = list(dict.fromkeys(typed_address(text) for text in known.urls))
    for address in addresses:
        if split_credentials(address)[1] is not None:
            raise UsageError(f"{mask_userinfo(address)}: write a user name and password into {known.file} yourself")
    tags = tuple(dict.fromkeys(tag.strip() for tag in known.tags.split(",") if tag.strip()))
    before = read_subscriptions(known.file, is_list=True, is_new=True).feeds
    wanted, unknown = split_listed(addresses, before)
    if known.no_check:
        wanted += [Subscription(url, None, tags) for url in unknown]
    else:
        wanted += [Subscription(url, title, tags) for url, title in _find(unknown, known)]
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
    from transforms.web.polite_client import fetch_url, open_client  # noqa: PLC0415

    if not addresses:
        return []
    web = open_client(_policy(known))
    limit = web.client.policy.max_input_bytes
    feeds: list[tuple[str, str | None]] = []
    try:
        for address in addresses:
            try:
                found = discover(
                    address, lambda url: fetch_url(web, url, accept="any", max_bytes=limit, purpose="feed")
                )
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
    finally:
        web.client.close()
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
        from transforms.lake.lake import read_manifests  # noqa: PLC0415

        output = require_output(known.output)
        states = load_states(output, list(read_manifests(output)))
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
    web = open_client(_policy(known, [secret] if secret else []))
    try:
        found = diagnose(web, address)
    finally:
        web.client.close()
    now = datetime.now(UTC)
    shown = diagnosis_to_json(found) if known.json else render_diagnosis(found, now, color=sys.stdout.isatty())
    sys.stdout.write(shown)
    return ExitCode.DONE if found.is_usable else ExitCode.NO_FEED


def _import(known: argparse.Namespace) -> int:
    from transforms.subscriptions.lists import add_feeds, read_subscriptions  # noqa: PLC0415
    from transforms.web.credentials import split_credentials  # noqa: PLC0415
    from transforms.web.polite_client import fetch_url, open_client  # noqa: PLC0415

    def get(url: str) -> bytes:
        web = open_client(_policy(known, [secret] if secret else []))
        try:
            return fetch_url(web, url, accept="any", max_bytes=web.client.policy.max_input_bytes).body
        finally:
            web.client.close()

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

    listed = read_subscriptions(known.file, is_list=True)
    _warn(listed.warnings)
    if listed.host_delays or any(feed.min_interval_s or feed.max_interval_s for feed in listed.feeds):
        _warn(["intervals and delays of hosts have no place in OPML: they stay in the list alone"])
    data = write_opml(listed)
    if known.to is None:
        sys.stdout.write(data.decode("utf-8"))
        return 0
    from transforms.lake import files  # noqa: PLC0415

    files.replace_bytes(known.to, data)
    sys.stdout.write(f"wrote {len(listed.feeds):,} feeds to {printable(known.to)}\n")
    return 0


def _warn(warnings: Any) -> None:
    for warning in warnings:
        complain(warning)
