"""The order in which commits were made, and the numbers of commits that were made before commits had one."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from transforms.lake.manifest import Manifest
from transforms.lake.partitions import parse_partition
from transforms.lake.run_ids import time_of_run

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def derive_committed_at(manifest: Manifest) -> datetime:
    """Say when a commit was made that does not record it, from what its manifest holds.

    The time at the beginning of its run id, or else the latest ``ingest_date`` of its files at midnight, or else
    the beginning of 1970.

    >>> derive_committed_at(Manifest(run_id="20260102T030405Z-1a2b3c", chunk=0, files=())).isoformat()
    '2026-01-02T03:04:05+00:00'
    """
    if (begun := time_of_run(manifest.run_id)) is not None:
        return begun
    days = []
    for file in manifest.files:
        try:
            days.append(datetime.fromisoformat(parse_partition(file.path).get("ingest_date") or "").replace(tzinfo=UTC))
        except ValueError:
            continue
    return max(days, default=_EPOCH)


def number_manifests(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Give a sequence number and a time to the manifests of commits that record none.

    Such commits come before all that record a number: ordered by :func:`derive_committed_at`, run id and chunk,
    they have the numbers that end right before the first recorded one (from 1 where none is recorded). So a number
    does not change later, as long as no older newsmill commits to the output.

    Args:
        manifests: all of an output. Of a part of them the numbers may be others, in the same order.

    Returns:
        The manifests in the order given.
    """
    found = list(manifests)
    old = [manifest for manifest in found if not manifest.sequence]
    if not old:
        return found
    times = {(manifest.run_id, manifest.chunk): derive_committed_at(manifest) for manifest in old}
    first = min((manifest.sequence for manifest in found if manifest.sequence), default=len(old) + 1)
    ordered = sorted(times, key=lambda commit: (times[commit], commit))
    numbers = {commit: number for number, commit in enumerate(ordered, start=first - len(ordered))}
    return [
        manifest
        if manifest.sequence
        else dataclasses.replace(
            manifest,
            sequence=numbers[manifest.run_id, manifest.chunk],
            committed_at=manifest.committed_at or times[manifest.run_id, manifest.chunk],
        )
        for manifest in found
    ]


def run_order(manifests: Iterable[Manifest]) -> Mapping[str, int]:
    """Say in which order runs were made: each run's number is that of its last commit.

    A row names its run, also after a compaction has moved it to another file; so this orders rows by when they were
    committed, which neither run ids (two may begin within one second) nor ``ingest_date`` do.
    """
    found: dict[str, int] = {}
    for manifest in number_manifests(manifests):
        found[manifest.run_id] = max(found.get(manifest.run_id, manifest.sequence), manifest.sequence)
    return found
