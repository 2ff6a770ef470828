"""Paths, bytes and moves mean the same on a local disk and in an S3-compatible store."""

import errno
import os
import threading
import uuid
from pathlib import Path

import pytest

from tests.support.s3 import KEY_ID, SECRET, Bucket, store
from transforms.lake import files
from transforms.lake.local import LocalStore
from transforms.lake.store_options import set_options

__all__ = ["store"]


@pytest.fixture(params=["disk", "s3"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place whose name holds what patterns take for wildcards."""
    if request.param == "disk":
        return str(tmp_path / "lake [1]*?")
    running: Bucket = request.getfixturevalue("store")
    return running.url(f"{uuid.uuid4().hex}/lake [1]*?")


def test_what_is_written_is_read(base: str) -> None:
    for n, data in enumerate((b"", b"abc", bytes(range(256)) * 40_000)):
        path = files.join(base, "in_language=de", f"ü {n} %2F +&.bin")
        assert not files.exists(path)
        files.write_bytes(path, data)
        assert files.exists(path)
        assert files.read_bytes(path) == data
        files.replace_bytes(path, data + b"!")
        assert files.read_bytes(path) == data + b"!"
        files.replace_bytes(path, b"")
        assert files.read_bytes(path) == b""


def test_join_takes_slashes_as_they_come(base: str) -> None:
    expected = base + "/a/b/c.json"
    assert files.join(base, "a", "b", "c.json") == expected
    assert files.join(base, "/a//b/", "c.json") == expected
    assert files.join(base + "/", "a/b/c.json") == expected
    files.write_bytes(expected, b"1")
    assert files.list_files(base, ".json") == [expected]


def test_names_and_files_below(base: str) -> None:
    assert files.list_names(base) == []
    assert files.list_files(base, "") == []
    names = ["runs/1/manifest-00000.json", "runs/1/report.txt", "runs-of-others/2.json", "a.json", "z/y/x/w.json"]
    for name in names:
        files.write_bytes(files.join(base, name), b"1")
    assert files.list_names(base) == ["a.json", "runs", "runs-of-others", "z"]
    assert files.list_names(base + "/") == ["a.json", "runs", "runs-of-others", "z"]
    assert files.list_names(files.join(base, "runs")) == ["1"], "not what only begins like it"
    found = [files.join(base, name) for name in names if name.endswith(".json")]
    assert files.list_files(base, ".json") == sorted(found)
    assert files.list_files(files.join(base, "runs"), ".json") == [files.join(base, names[0])]
    assert files.list_files(files.join(base, "nothing"), ".json") == []
    assert files.list_names(files.join(base, "nothing")) == []


def test_directories_are_no_files(base: str) -> None:
    files.write_bytes(files.join(base, "a", "b.txt"), b"1")
    assert not files.exists(files.join(base, "a"))
    assert not files.exists(files.join(base, "a", "b"))
    with pytest.raises(OSError):
        files.read_bytes(files.join(base, "a"))


def test_a_move_may_be_repeated(base: str) -> None:
    staged, final = files.join(base, "_staging/x/1.staged"), files.join(base, "articles/d=1/ü.parquet")
    files.write_bytes(staged, b"rows")
    for _ in range(2):
        files.move(staged, final)
        assert files.read_bytes(final) == b"rows"
        assert not files.exists(staged)
    # A crash between the copy and the delete of a store leaves both.
    files.write_bytes(staged, b"rows")
    files.move(staged, final)
    assert files.list_files(base, "") == [final]
    with pytest.raises(FileNotFoundError, match="went away"):
        files.move(staged, files.join(base, "articles/other.parquet"))


def test_what_is_not_there(base: str) -> None:
    path = files.join(base, "nothing.json")
    with pytest.raises(FileNotFoundError) as caught:
        files.read_bytes(path)
    assert caught.value.errno == errno.ENOENT
    assert caught.value.filename == path
    files.remove_file(path)
    files.remove_tree(files.join(base, "nothing"))


def test_removing_takes_what_is_named_and_no_more(base: str) -> None:
    kept = [files.join(base, name) for name in ("run-1.json", "run-10/a.json", "run/kept.txt")]
    gone = [files.join(base, f"run-1/{name}") for name in ("a.json", "b/c.json", "b/d/e.json")]
    for path in kept + gone:
        files.write_bytes(path, b"1")
    files.remove_tree(files.join(base, "run-1"))
    assert files.list_files(base, "") == sorted(kept)
    files.remove_file(kept[0])
    assert files.list_files(base, "") == sorted(kept[1:])


def test_removing_the_last_tree_takes_its_empty_parent(tmp_path: Path) -> None:
    (tmp_path / "_staging" / "a").mkdir(parents=True)
    files.remove_tree(str(tmp_path / "_staging" / "a"))
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_create_one_succeeds(base: str) -> None:
    path = files.join(base, "_lock")
    start = threading.Barrier(4)
    won: list[int] = []

    def create(n: int) -> None:
        start.wait()
        if files.create_bytes(path, f"{n}".encode()):
            won.append(n)

    threads = [threading.Thread(target=create, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert files.read_bytes(path) == f"{won[0]}".encode()
    assert not files.create_bytes(path, b"late")
    assert files.read_bytes(path) == f"{won[0]}".encode()


def test_a_write_that_fails_leaves_the_old_content_and_no_stray(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    files.replace_bytes(str(path), b"old")
    (tmp_path / ("state.json" + files.STAGED)).mkdir()
    with pytest.raises(OSError):
        files.replace_bytes(str(path), b"new")
    (tmp_path / ("state.json" + files.STAGED)).rmdir()
    assert path.read_bytes() == b"old"
    (tmp_path / ("state.json" + files.STAGED)).write_bytes(b"half of what a killed run wro")
    files.replace_bytes(str(path), b"new")
    assert [name.name for name in tmp_path.iterdir()] == ["state.json"], "the next write clears a crash's stray away"


def test_threads_that_replace_one_file_at_once_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "round.json"
    texts = [f"{n}".encode() * 5_000 for n in range(8)]
    files.replace_bytes(str(path), texts[0])
    start = threading.Barrier(len(texts))
    failures: list[BaseException] = []
    seen: set[bytes] = set()

    def replace(text: bytes) -> None:
        start.wait()
        try:
            for _ in range(25):
                files.replace_bytes(str(path), text)
                seen.add(path.read_bytes())
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=replace, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert seen <= {*texts}, "a reader sees whole files only"
    assert [name.name for name in tmp_path.iterdir()] == ["round.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_directory_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(PermissionError):
        files.list_files(str(tmp_path), ".json")


@pytest.mark.slow
def test_more_objects_than_one_request_takes(store: Bucket) -> None:
    base = store.url("many")
    for n in range(1001):
        store.client.put_object(Bucket=store.bucket, Key=f"many/{n:04d}", Body=b"1")
    assert len(files.list_files(base, "")) == 1001
    files.remove_tree(base)
    assert store.keys("many/") == []
    assert store.uploads() == [], "nothing that is paid for stays invisible"


def test_failures_of_a_store_are_named_without_server_or_key(store: Bucket) -> None:
    with pytest.raises(FileNotFoundError, match="NoSuchBucket"):
        files.read_bytes("s3://no-such-bucket-5521/a.json")
    with pytest.raises(FileNotFoundError, match="NoSuchBucket"):
        files.list_names("s3://no-such-bucket-5521/a")
    options = [*store.options[1:], "--s3_endpoint_url=http://127.0.0.1:1"]
    set_options(*options)
    os.environ["AWS_MAX_ATTEMPTS"] = "1"
    try:
        with pytest.raises(OSError, match="see the --s3_ options") as caught:
            files.read_bytes(store.url("a.json"))
    finally:
        set_options(*store.options)
        del os.environ["AWS_MAX_ATTEMPTS"]
    shown = str(caught.value)
    assert caught.value.__suppress_context__, "a traceback would show the address"
    assert not any(word in shown for word in (KEY_ID, SECRET, "127.0.0.1"))
    assert store.url("a.json") in shown


def test_a_file_that_a_user_named_stays_what_it_is(tmp_path: Path) -> None:
    """A link stays a link, and a pipe, as /dev/stdout may be, is written to and not replaced."""
    (tmp_path / "kept").write_bytes(b"old")
    (tmp_path / "link").symlink_to("kept")
    files.save_bytes(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept").read_bytes() == b"new"
    files.save_bytes(str(tmp_path / "made"), b"new")
    assert (tmp_path / "made").read_bytes() == b"new"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR)
    try:
        files.save_bytes(str(pipe), b"through")
        assert os.read(end, 100) == b"through"
    finally:
        os.close(end)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_named_by_the_file_that_did_not_fit(tmp_path: Path) -> None:
    (tmp_path / "rows").symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"No space left on device: '.*rows'"):
        LocalStore(str(tmp_path)).write("rows", b"x")
