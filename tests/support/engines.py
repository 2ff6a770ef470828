"""The engines that ``./run.sh runners`` fetches for tests, and the options that name them."""

import os
import shutil
from pathlib import Path

import pytest

RUNNERS = Path(os.environ.get("NEWSMILL_RUNNERS_DIR", Path.home() / ".apache_beam/cache"))
PRISM = RUNNERS / "prism/bin/prism-v2.77.0"
FLINK_JARS = sorted(RUNNERS.glob("flink/job-server-*/flink-job-server.jar"))

needs_prism = pytest.mark.skipif(not PRISM.exists(), reason=f"Prism is not at {PRISM}: ./run.sh runners fetches it")
needs_flink = pytest.mark.skipif(
    not FLINK_JARS or shutil.which("java") is None,
    reason=f"no java, or no Flink job server below {RUNNERS}/flink: ./run.sh runners makes it",
)

SPARKS = sorted(path.parent for path in RUNNERS.glob("spark/*/jars"))
"""Directories with a Python that has pyspark, and the libraries for Delta and Iceberg tables."""

needs_spark = pytest.mark.skipif(
    not SPARKS or shutil.which("java") is None,
    reason=f"no java, or no Spark below {RUNNERS}/spark: ./run.sh runners spark fetches it",
)

ON_PRISM = ("--runner", "PrismRunner", "--prism_location", str(PRISM), "--environment_type", "LOOPBACK")


def on_flink() -> tuple[str, ...]:
    """Options for a bounded job on a Flink of its own."""
    jar = f"--flink_job_server_jar={FLINK_JARS[-1]}"
    return ("--runner=FlinkRunner", "--flink_master=[local]", jar, "--environment_type=LOOPBACK", "--parallelism=1")
