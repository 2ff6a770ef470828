"""Which subscriptions of a run are due, each with what its last poll left behind."""

import dataclasses
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.chunks import Element
from pipeline.settings import Settings
from schemas.documents import Source
from schemas.errors import ListError, UsageError
from transforms.feeds.state import attach_states, load_states, pick_due
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest
from transforms.subscriptions.lists import Subscription, Subscriptions, read_subscriptions, subscriptions_to_sources
from transforms.urls import canonical_url
from transforms.web.credentials import Credentials, merge_credentials

_log = logging.getLogger("newsmill")


class Due(NamedTuple):
    """Subscriptions sorted by whether they are to be polled now.

    Attributes:
        now: to be polled, each with its state, in the order of the list.
        waiting: how many are not yet due, or gone for good.
    """

    now: list[Source]
    waiting: int


def gather(places: Sequence[str]) -> Subscriptions:
    """Return all subscriptions of several lists as one.

    Raises:
        UsageError: a list that cannot be read.
    """
    feeds: dict[str, Subscription] = {}
    delays: dict[str, float] = {}
    secrets: list[Credentials] = []
    try:
        for place in places:
            found = read_subscriptions(place)
            for warning in found.warnings:
                _log.warning("%s", warning)
            for feed in found.feeds:
                feeds.setdefault(canonical_url(feed.url), feed)
            delays.update(found.host_delays)
            secrets += found.credentials
        credentials = merge_credentials(secrets)
    except (OSError, ValueError, ListError) as error:
        raise UsageError(f"--feeds: {error}") from error
    return Subscriptions(tuple(feeds.values()), tuple(sorted(delays.items())), credentials=credentials)


class FeedSchedule:
    """When each feed is due and what its last poll left behind, kept up to date with every commit of a run.

    Args:
        output: of the run.
        manifests: what is committed already.
        asks_again: feeds are asked for whether they have changed or not, and read.
    """

    def __init__(self, output: str, manifests: Iterable[Manifest], *, asks_again: bool = False) -> None:
        self._output = output
        self._asks_again = asks_again
        self._states = load_states(Lake(output), list(manifests))

    def learn(self, manifest: Manifest) -> None:
        """Know what a commit says of the feeds that were polled."""
        self._states.learn(load_states(Lake(self._output), [manifest]))

    def sort(self, subscriptions: Iterable[Source], now: datetime, *, everything: bool = False) -> Due:
        """Tell what is to be polled.

        Args:
            now: UTC instant.
            everything: whatever is not retired is due.
        """
        due, waiting = pick_due(subscriptions, self._states, now)
        if everything:
            attached = attach_states(waiting, self._states)
            due += [source for source in attached if source.feed and source.feed.status != "retired"]
            return Due(due, sum(source.feed is not None and source.feed.status == "retired" for source in attached))
        return Due(due, len(waiting))

    def attach(self, elements: Iterable[Element]) -> list[Element]:
        """Return the elements, each subscription with its state."""
        return [self._attach(element) if isinstance(element, Source) else element for element in elements]

    def _attach(self, source: Source) -> Source:
        attached = attach_states([source], self._states)[0]
        if attached.feed is None or not self._asks_again:
            return attached
        blank = dataclasses.replace(attached.feed, etag=None, last_modified=None, content_hash=None)
        return dataclasses.replace(attached, feed=blank)


def find_subscriptions(places: Sequence[str]) -> list[Source]:
    """Return the subscriptions of all lists, as sources.

    Raises:
        UsageError: a list that cannot be read, or is empty.
    """
    return _sources(gather(places), places)


def find_again(places: Sequence[str], before: list[Source]) -> list[Source]:
    """Return the subscriptions of all lists while a job runs; as they were before where a list cannot be read now."""
    try:
        return find_subscriptions(places)
    except UsageError as error:
        _log.warning("%s; the stream continues with what was read before", error)
        return before


def subscribe(settings: Settings) -> tuple[Settings, list[Source]]:
    """Return the settings with the delays and credentials that their lists name, and the subscriptions of these.

    Each list is read once.

    Raises:
        UsageError: a list that cannot be read, or is empty.
    """
    found = gather(settings.feeds)
    try:
        secrets = merge_credentials([*settings.fetch_policy.credentials, *found.credentials])
    except ValueError as error:
        raise UsageError(f"--feeds: {error}") from error
    policy = dataclasses.replace(settings.fetch_policy, host_delays=found.host_delays, credentials=secrets)
    return dataclasses.replace(settings, fetch_policy=policy), _sources(found, settings.feeds)


def _sources(found: Subscriptions, places: Sequence[str]) -> list[Source]:
    sources = subscriptions_to_sources(found)
    if places and not sources:
        raise UsageError(f"--feeds {' '.join(places)}: no feed in it: 'newsmill feeds add URL' adds one")
    return sources
