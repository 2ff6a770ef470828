"""The steps of a commit, and how the next run completes one after a crash.

The order of a commit: all files are staged; the intent (the whole manifest, with staged names) is written
beside them; files are moved to their final names; the manifest is written, with its sequence number; what it
removes is deleted; the staging directory is removed. A crash before the intent leaves only staged files, which the
next run removes. After a crash later than that the next run completes the commit, so a moved file is without a
manifest only until then.
"""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime

from schemas.errors import CorruptManifest
from transforms.lake.lease import check_lease
from transforms.lake.manifest import Manifest, manifest_from_json, manifest_path, manifest_to_json
from transforms.lake.manifests import next_sequence, read_manifest
from transforms.lake.store import Store
from transforms.parsers import parse_json

INTENT = "commit.json"
STAGING = "_staging"
"""Directory below an output of all files that are not committed yet."""


def staging_key(run_id: str, chunk: int) -> str:
    """Directory of the staged files of one commit, below the output."""
    return f"{STAGING}/{run_id}-{chunk:05d}"


def intent_to_json(manifest: Manifest) -> bytes:
    """Return a manifest with the staged names of its files."""
    body = json.loads(manifest_to_json(manifest))
    body["staged"] = {file.path: file.staged for file in manifest.files}
    return json.dumps(body, ensure_ascii=False).encode()


def intent_from_json(data: bytes) -> Manifest:
    """Read what :func:`intent_to_json` wrote.

    Raises:
        ValueError: cut off, or not an intent.
    """
    body = parse_json(data)
    if not isinstance(body, dict) or not isinstance(staged := body.pop("staged", None), dict):
        raise ValueError("not the intent of a commit")
    manifest = manifest_from_json(json.dumps(body).encode())
    named = tuple(dataclasses.replace(file, staged=staged.get(file.path, "")) for file in manifest.files)
    return dataclasses.replace(manifest, files=named)


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)  # as it is stored


def commit_manifest(store: Store, manifest: Manifest, *, clock: Callable[[], datetime] = _now) -> Manifest:
    """Make a commit; harmless to repeat.

    Only for the one writer of the output: the holder of its lock, or the one worker that commits for an unbounded job.

    Args:
        store: of the output.
        manifest: with the staged name of each file.
        clock: UTC.

    Returns:
        The manifest with its sequence number.

    Raises:
        LockLost: another run has taken over the lock of the output.
        CorruptManifest: a manifest cannot be read, so that the next number is not known.
        OSError: a write or a move failed; the next run carries on, or cleans up where no intent was written.
    """
    check_lease(store)
    staging = staging_key(manifest.run_id, manifest.chunk)
    store.replace(f"{staging}/{INTENT}", intent_to_json(manifest))
    return finish_commit(store, staging, manifest, clock=clock)


def staged_key(path: str) -> str:
    """Key of a staged file, from the path it was staged under: the output may have another name now."""
    return f"{STAGING}/{path.rpartition(f'{STAGING}/')[2]}"


def finish_commit(store: Store, staging: str, manifest: Manifest, *, clock: Callable[[], datetime] = _now) -> Manifest:
    """Do everything that comes after the intent.

    The sequence number is given here, right before the manifest is written: so a commit that a crash interrupted
    gets the number of when it is completed, and a reader that has seen a number never sees a smaller one later.
    A commit whose manifest is there already keeps its number and time.

    Args:
        store: of the output.
        staging: key of the staging directory; it is removed at the end.
        manifest: as in the intent.
        clock: UTC.

    Returns and raises:
        As :func:`commit_manifest`.
    """
    for file in sorted(manifest.files, key=lambda file: file.path):
        store.move(staged_key(file.staged), file.path)
    key = manifest_path(manifest.run_id, manifest.chunk)
    try:
        before = read_manifest(store, key)
        sequence, committed_at = before.sequence, before.committed_at
    except (FileNotFoundError, CorruptManifest):
        sequence, committed_at = next_sequence(store, key), clock()
    check_lease(store)  # where moves took long: the run that has taken it over completes the commit
    done = dataclasses.replace(manifest, sequence=sequence, committed_at=committed_at)
    store.replace(key, manifest_to_json(done))
    for removed in sorted(manifest.removes):
        store.remove(removed)
    store.remove_tree(staging)
    return done


def is_begun(store: Store, run_id: str, chunk: int) -> bool:
    """Return whether an earlier try of a commit came as far as its intent, so that it is that which counts."""
    return store.exists(manifest_path(run_id, chunk)) or store.exists(f"{staging_key(run_id, chunk)}/{INTENT}")


def commit_once(store: Store, manifest: Manifest) -> Manifest:
    """Commit, unless an earlier try of the same run and chunk has.

    The first try that came as far as its intent counts, and is completed; what a later one staged is removed. So
    an engine that goes back to a checkpoint and works on a window again changes nothing that was read meanwhile.

    Returns and raises:
        As :func:`commit_manifest`.
    """
    key, staging = manifest_path(manifest.run_id, manifest.chunk), staging_key(manifest.run_id, manifest.chunk)
    if store.exists(key):
        store.remove_tree(staging)
        return read_manifest(store, key)
    if store.exists(f"{staging}/{INTENT}"):
        return finish_commit(store, staging, intent_from_json(store.read(f"{staging}/{INTENT}")))
    return commit_manifest(store, manifest)


def recover(store: Store) -> list[str]:
    """Complete the commits that a crash interrupted and remove what was staged for others.

    The caller holds the lock of the output.

    Returns:
        One line for each commit that was found; empty when there was nothing to do.
    """
    done = []
    for name in store.list_names(STAGING):
        staging = f"{STAGING}/{name}"
        try:
            manifest = intent_from_json(store.read(f"{staging}/{INTENT}"))
        except (FileNotFoundError, ValueError):
            store.remove_tree(staging)
            done.append(f"removed what {name} had staged: it was not yet to be committed")
            continue
        finish_commit(store, staging, manifest)
        done.append(f"completed the commit {name}: {len(manifest.files)} files")
    return done
