"""The parser of a benchmark's options."""

import argparse


def make_parser(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser whose help shows the docstring of the benchmark as it is written."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
