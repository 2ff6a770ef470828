"""Published tables of a lake in a bucket."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import UsageError
from tests.export.published import counted
from tests.support.commits import article, commit_rows
from tests.support.s3 import KEY_ID, REGION, SECRET, Bucket, store
from transforms.check.verify import verify
from transforms.export.publish.iceberg import open_catalog
from transforms.export.publish.publish import Publisher, publish, published_formats
from transforms.lake.lake import Lake
from transforms.lake.read import open_table
from transforms.lake.store_options import set_options
from transforms.takedown.retract import retract

__all__ = ["store"]


def test_delta_and_iceberg_in_a_bucket(store: Bucket, tmp_path: Path) -> None:
    """In a process of its own: deltalake waits for the server and keeps other threads, its server, from running."""
    code = f"from {__name__} import publish_there; publish_there(*__import__('sys').argv[1:])"
    words = [sys.executable, "-c", code, store.url("lake"), store.endpoint, *store.options]
    catalog = {"PYICEBERG_CATALOG__SHOP__TYPE": "sql", "PYICEBERG_CATALOG__SHOP__URI": f"sqlite:///{tmp_path}/c.db"}
    done = subprocess.run(words, env=os.environ | catalog, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "lake/articles/_delta_log/00000000000000000004.json" in store.keys("lake/articles/_delta_log/")
    assert store.keys("lake/_iceberg/articles/metadata/")


def publish_there(url: str, endpoint: str, *options: str) -> None:
    """Publish commit by commit, with the keys of the lake and a catalog of pyiceberg's configuration."""
    from deltalake import DeltaTable

    set_options(*options)
    lake = Lake(url)
    publisher = Publisher(lake, ["delta", "iceberg"], catalog="shop", namespace="media", tables=["articles"])
    for number in range(3):
        commit_rows(lake.output, f"r{number}", [article(number)])
        publisher.publish()
    retract(lake, [str(article(1).url)], run_id="t")
    publisher.publish()
    wanted = counted(open_table(lake).to_table(), "articles")
    assert wanted.total() == 2
    keys = {"access_key_id": KEY_ID, "secret_access_key": SECRET, "region": REGION}
    delta = DeltaTable(f"{url}/articles", storage_options={**keys, "endpoint": endpoint, "allow_http": "true"})
    assert delta.version() == 4
    assert counted(delta.to_pyarrow_table(), "articles") == wanted
    rows: Any = open_catalog(lake, "shop").load_table("media.articles").scan().to_arrow()
    assert counted(rows, "articles") == wanted
    assert verify(lake) == []
    assert published_formats(lake) == ("delta",)
    # Another writer that is faster, when columns change.
    lake.store.create("articles/_delta_log/00000000000000000005.json", b"{}\n")
    (target,) = (one for (form, _), one in publisher._targets.items() if form == "delta")
    with pytest.raises(UsageError, match="was altered by another writer, version 5"):
        target.evolve(open_table(lake).schema.remove(0))


def test_a_catalog_must_be_named(store: Bucket) -> None:
    lake = Lake(store.url("other"))
    commit_rows(lake.output, "r1", [article(1)])
    with pytest.raises(UsageError, match="is in a bucket, where no SQLite catalog can be: name a catalog"):
        publish(lake, ["iceberg"])
    with pytest.raises(UsageError, match=r"--iceberg_catalog nowhere: .* describe it in .pyiceberg.yaml"):
        publish(lake, ["iceberg"], catalog="nowhere")


def test_a_namespace_that_a_catalog_cannot_have(tmp_path: Path) -> None:
    commit_rows(tmp_path, "r1", [article(1)])
    with pytest.raises(UsageError, match=r"media.news.articles: .*hierarchical.*: choose another --iceberg_namespace"):
        publish(str(tmp_path), ["iceberg"], namespace="media.news")
