"""The plan of a run, and the batches of bounded size that it is cut into: the same ones however often it is begun."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from schemas.documents import Link, Source
from schemas.record import from_row, json_date, row
from transforms.lake import files
from transforms.lake.manifest import CommitKind, Manifest
from transforms.lake.run_directory import PLAN, REPORT, RUNS, run_file
from transforms.parsers import parse_json
from transforms.urls import is_web_url

Element = Source | Link
"""What a run can begin with."""

BYTES_A_DOCUMENT = 16_384
"""How much of a file counts as one document when work is weighed: it bounds bytes as well as numbers."""
WEB_WEIGHT = 20
"""Documents that an address is taken for, before it is known: a feed has about so many entries."""

FEED_WEIGHT, NEW_FEED_WEIGHT = 1, 5
"""The same for a subscription, polled before or not: after the first poll, almost all that a feed has is known."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run set out to do; written first, so that another process can carry on.

    Attributes:
        fingerprint: of the arguments that shape the rows.
        kind: 'run', 'replay' or 'reprocess'.
        work: elements and their weights, in documents.
    """

    run_id: str
    started_at: datetime
    fingerprint: str
    kind: CommitKind
    work: tuple[tuple[Element, int], ...]


def weigh(element: Element, size: int | None, chunk_documents: int) -> int:
    """Estimate how many documents an element holds, at most a chunk.

    Args:
        size: bytes of the file; None for what is not a file.
    """
    if isinstance(element, Link):
        return 1
    if element.feed is not None:
        return min(chunk_documents, FEED_WEIGHT if element.feed.poll_count else NEW_FEED_WEIGHT)
    if size is None or is_web_url(element.uri):
        return min(chunk_documents, WEB_WEIGHT)
    return min(chunk_documents, 1 + size // BYTES_A_DOCUMENT)


def next_batch(
    queue: Sequence[tuple[Element, int]], chunk_documents: int
) -> tuple[list[tuple[Element, int]], list[tuple[Element, int]]]:
    """Split off the work of one chunk, at least one element.

    >>> a, b, c = (Source(uri=name) for name in "abc")
    >>> batch, rest = next_batch([(a, 3), (b, 1), (c, 1)], 4)
    >>> [element.uri for element, _ in batch], [element.uri for element, _ in rest]
    (['a', 'b'], ['c'])
    """
    total, count = 0, 0
    for _, weight in queue:
        if count and total + weight > chunk_documents:
            break
        total, count = total + weight, count + 1
    return list(queue[:count]), list(queue[count:])


def remaining(plan: Plan, manifests: Iterable[Manifest], chunk_documents: int) -> list[tuple[Element, int]]:
    """List what is left of a plan after the chunks that were committed.

    Args:
        manifests: of the plan's run.
    """
    queue = list(plan.work)
    for manifest in sorted(manifests, key=lambda manifest: manifest.chunk):
        batch, _ = next_batch(queue, chunk_documents)
        queue = queue[len(batch) if manifest.took is None else manifest.took :]
        queue = [(from_row(Source, values), chunk_documents) for values in manifest.continues] + queue
    return queue


def plan_path(output: str, run_id: str) -> str:
    """Return the path of the plan of a run."""
    return run_file(output, run_id, PLAN)


def plan_to_json(plan: Plan) -> bytes:
    """Encode a plan as it is stored."""
    body = {
        "run_id": plan.run_id,
        "started_at": plan.started_at.isoformat(),
        "fingerprint": plan.fingerprint,
        "kind": plan.kind,
        "work": [[type(element).__name__, row(element), weight] for element, weight in plan.work],
    }
    return json.dumps(body, ensure_ascii=False, default=json_date).encode("utf-8", "surrogatepass")


def plan_from_json(data: bytes) -> Plan:
    """Decode a stored plan.

    Raises:
        ValueError: cut off, or not a plan.
    """
    classes: Mapping[str, Any] = {"Source": Source, "Link": Link}
    try:
        body = parse_json(data)
        return Plan(
            run_id=body["run_id"],
            started_at=datetime.fromisoformat(body["started_at"]),
            fingerprint=body["fingerprint"],
            kind=body["kind"],
            work=tuple((from_row(classes[name], values), weight) for name, values, weight in body["work"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a plan: {error}") from error


def find_interrupted(output: str, fingerprint: str) -> Plan | None:
    """Find the latest run of the same arguments that was begun and has no report.

    A plan that was being written when its run died is cleared away. Call it where this run alone has the output.
    """
    runs = files.join(output, RUNS)
    # One listing for all: a year of hourly runs is too many to ask for one by one.
    there = {tuple(path.replace("\\", "/").rsplit("/", 2)[1:]) for path in files.list_files(runs, "")}
    for run_id in {run_id for run_id, name in there if name == PLAN + files.STAGED}:
        files.remove_file(plan_path(output, run_id) + files.STAGED)
    begun = {run_id for run_id, name in there if name == PLAN} - {run_id for run_id, name in there if name == REPORT}
    for run_id in sorted(begun, reverse=True):
        try:
            plan = plan_from_json(files.read_bytes(plan_path(output, run_id)))
        except (OSError, ValueError):
            continue  # it died before its plan was whole: nothing was done
        if plan.fingerprint == fingerprint:
            return plan
    return None
