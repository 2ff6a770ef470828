"""Where the repository is, and what stands in it or beside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

PACKAGES = ("newsmill", "pipeline", "schemas", "transforms")
"""What is installed."""

DATA = ROOT / "tests" / "data"
"""Inputs of tests and golden files."""

TRUTH = ROOT / "benchmarks" / "truth"
"""What is right, by hand, of pages that benchmarks read: ids of the pages and offsets, no text."""

PUBLIC = ROOT.parent / "shared" / "data"
"""Public sets that benchmarks measure with; not part of the repository."""
