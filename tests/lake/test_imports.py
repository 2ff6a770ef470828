"""The nouns of a lake are read without Beam."""

import subprocess
import sys

import pytest

NOUNS = (
    "transforms.lake.manifest",
    "transforms.lake.sequence",
    "transforms.lake.store",
    "transforms.lake.local",
    "transforms.lake.objects",
    "transforms.lake.manifests",
    "transforms.lake.lease",
    "transforms.lake.lock",
    "transforms.lake.lake",
    "transforms.lake.stage",
    "transforms.lake.read",
    "transforms.lake.evolve",
    "transforms.lake.commit_steps",
    "transforms.lake.commits",
    "transforms.lake.compact",
    "transforms.lake.rewrite",
)


@pytest.mark.parametrize("loaded", ["apache_beam", "boto3"])
def test_nouns_load_no_engine(loaded: str) -> None:
    code = f"import sys; import {', '.join(NOUNS)}; print({loaded!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_manifest_is_read_without_the_client_of_buckets() -> None:
    code = "import sys; import transforms.lake.lake; print('obstore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
