"""Runs into an S3-compatible store: the same rows as on a disk, and no secret in anything that is written."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from apache_beam.io.filesystems import FileSystems

from pipeline.cli import main
from tests.support.corpus import make_corpus
from tests.support.lakes import compare_rows, find_strays, read_lake
from tests.support.s3 import KEY_ID, SECRET, Bucket
from transforms.lake.store_options import set_options

pytestmark = pytest.mark.slow(seconds=25)

QUIET = ("--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1", "--quiet", "--chunk_documents", "100")
"""Few chunks: each starts two workers anew."""

TWO_WORKERS = ("--direct_num_workers=2", "--direct_running_mode=multi_processing")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs") / "corpus"
    make_corpus(folder, 100, seed=7)
    return folder


@pytest.fixture(scope="module")
def on_disk(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The rows of a run into a directory."""
    output = tmp_path_factory.mktemp("disk") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["newsmill"])
        assert main(["run", "--input", str(corpus), "--output", str(output), *QUIET]) == 0
    return read_lake(output)


def copy_lake(store: Bucket, name: str, to: Path) -> Path:
    for key in store.keys(name + "/"):
        path = to / key.removeprefix(name + "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.read(key))
    return to


@pytest.mark.parametrize("more", [(), TWO_WORKERS], ids=["one worker", "two workers"])
def test_a_store_gets_the_rows_that_a_disk_gets(
    corpus: Path,
    on_disk: dict[str, list[dict[str, Any]]],
    tmp_path: Path,
    more: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Nothing that an earlier test told this process of file systems may help.
    FileSystems.set_options(None)
    set_options()
    with Bucket() as store:
        words = ["run", "--input", str(corpus), "--output", store.url("lake"), *QUIET, *store.options, *more]
        assert main(words) == 0, capsys.readouterr().err
        lake = copy_lake(store, "lake", tmp_path / "copy")
        found = read_lake(lake)
        assert list(compare_rows(found, on_disk)) == []
        assert list(find_strays(lake)) == []
        assert [key for key in store.keys("") if "_staging" in key or key.endswith("_lock")] == []
        assert store.uploads() == []
        for key in store.keys(""):
            data = store.read(key)
            for secret in (KEY_ID, SECRET, store.endpoint, store.endpoint.removeprefix("http://")):
                assert secret.encode() not in data, f"{key} holds {secret}"
        shown = capsys.readouterr()
        assert KEY_ID not in shown.out + shown.err
        assert SECRET not in shown.out + shown.err
        if more:
            return
        # The same inputs again are known: articles are read from the store's manifests and id columns.
        assert main(words) == 0, capsys.readouterr().err
        again = read_lake(copy_lake(store, "lake", tmp_path / "again"))
        assert again["articles"] == found["articles"]
        capsys.readouterr()
        assert main(["report", "--output", store.url("lake"), *store.options]) == 0
        assert "balances" in capsys.readouterr().out


def test_a_store_that_is_not_there_is_one_line(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    options = [f"--s3_access_key_id={KEY_ID}", f"--s3_secret_access_key={SECRET}", "--s3_region_name=us-east-1"]
    words = ["run", "--input", str(corpus), "--output", "s3://nowhere/lake", *QUIET, *options]
    assert main([*words, "--s3_endpoint_url=http://127.0.0.1:1"]) in (1, 2)
    shown = capsys.readouterr().err
    assert "s3://nowhere/lake" in shown
    assert "--s3_" in shown, "the remedy is named"
    assert not any(word in shown for word in ("Traceback", KEY_ID, SECRET))


def test_a_bucket_that_is_not_there_is_one_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Bucket() as store:
        words = ["run", "--input", str(corpus), "--output", "s3://no-such-bucket-41/lake", *QUIET, *store.options]
        assert main(words) in (1, 2)
    shown = capsys.readouterr().err
    assert "NoSuchBucket" in shown
    assert "Traceback" not in shown


def test_inputs_are_read_from_a_store(corpus: Path, tmp_path: Path) -> None:
    with Bucket() as store:
        for path in sorted(corpus.glob("texts/*"))[:5]:
            store.client.put_object(Bucket=store.bucket, Key=f"in/{path.name}", Body=path.read_bytes())
        words = ["run", "--input", store.url("in/*.txt"), "--output", str(tmp_path / "lake"), *QUIET, *store.options]
        assert main(words) == 0
    assert len(read_lake(tmp_path / "lake")["articles"]) == 5
    shutil.rmtree(tmp_path / "lake")
