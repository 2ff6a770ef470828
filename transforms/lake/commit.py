"""A manifest and its staged files go in; they are committed, or the next run completes what was begun.

The order of a commit: all files are staged; the intent (the whole manifest, with staged names) is written
beside them; files are moved to their final names; the manifest is written, with its sequence number; what it
removes is deleted; the staging directory is removed. A crash before the intent leaves only staged files, which the
next run removes. A crash after it is carried on by the next run, so a moved file is never without a manifest for
longer than that.
"""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime

from schemas.errors import CorruptManifest
from transforms.lake import files
from transforms.lake.lake import next_sequence, read_manifest
from transforms.lake.manifest import Manifest, manifest_from_json, manifest_path, manifest_to_json

INTENT = "commit.json"
STAGING = "_staging"


def intent_to_json(manifest: Manifest) -> bytes:
    """A manifest with the staged names of its files."""
    body = json.loads(manifest_to_json(manifest))
    body["staged"] = {file.path: file.staged for file in manifest.files}
    return json.dumps(body, ensure_ascii=False).encode()


def intent_from_json(data: bytes) -> Manifest:
    """What :func:`intent_to_json` wrote.

    Raises:
        ValueError: cut off, or not an intent.
    """
    body = json.loads(data)
    if not isinstance(body, dict) or not isinstance(staged := body.pop("staged", None), dict):
        raise ValueError("not the intent of a commit")
    manifest = manifest_from_json(json.dumps(body).encode())
    named = tuple(dataclasses.replace(file, staged=staged.get(file.path, "")) for file in manifest.files)
    return dataclasses.replace(manifest, files=named)


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)  # as it is stored


def commit_manifest(output: str, staging: str, manifest: Manifest, *, clock: Callable[[], datetime] = _now) -> Manifest:
    """Carry a commit through; harmless to repeat.

    Only for the one writer of the output: who holds its lock, or the one worker that commits for an unbounded job.

    Args:
        output: directory or bucket path of the lake.
        staging: directory of the staged files, below ``output``; it is removed at the end.
        manifest: with the staged name of each file.
        clock: UTC.

    Returns:
        The manifest with its sequence number.

    Raises:
        CorruptManifest: a manifest cannot be read, so that the next number is not known.
        OSError: a write or a move failed; the next run carries on, or cleans up where no intent was written.
    """
    files.replace_bytes(files.join(staging, INTENT), intent_to_json(manifest))
    return finish_commit(output, staging, manifest, clock=clock)


def finish_commit(output: str, staging: str, manifest: Manifest, *, clock: Callable[[], datetime] = _now) -> Manifest:
    """Do everything that comes after the intent.

    The sequence number is given here, right before the manifest is written: so a commit that a crash interrupted
    gets the number of when it is completed, and a reader that has seen a number never sees a smaller one later.
    One whose manifest is there already keeps its number and time.

    Returns and raises:
        As :func:`commit_manifest`.
    """
    for file in sorted(manifest.files, key=lambda file: file.path):
        files.move(file.staged, files.join(output, file.path))
    path = files.join(output, manifest_path(manifest.run_id, manifest.chunk))
    try:
        before = read_manifest(path)
        sequence, committed_at = before.sequence, before.committed_at
    except (FileNotFoundError, CorruptManifest):
        sequence, committed_at = next_sequence(output, path), clock()
    done = dataclasses.replace(manifest, sequence=sequence, committed_at=committed_at)
    files.replace_bytes(path, manifest_to_json(done))
    for removed in sorted(manifest.removes):
        files.remove_file(files.join(output, removed))
    files.remove_tree(staging)
    return done


def recover(output: str) -> list[str]:
    """Complete the commits that a crash interrupted and remove what was staged for others.

    Only for one who holds the lock of the output.

    Returns:
        What was done, in words; empty when there was nothing to do.
    """
    done = []
    base = files.join(output, STAGING)
    for name in files.list_names(base):
        staging = files.join(base, name)
        try:
            manifest = intent_from_json(files.read_bytes(files.join(staging, INTENT)))
        except (FileNotFoundError, ValueError):
            files.remove_tree(staging)
            done.append(f"removed what {name} had staged: it was not yet to be committed")
            continue
        finish_commit(output, staging, manifest)
        done.append(f"completed the commit {name}: {len(manifest.files)} files")
    return done
