"""``newsmill dictionary``: print the data dictionary."""

import argparse
import sys

from pipeline.options import Command

COMMAND = Command(name="dictionary", summary="print the data dictionary (Markdown)", takes_beam_options=False)


def carry_out(known: argparse.Namespace) -> int:
    """Print it."""
    del known
    from pipeline.dictionary import render_dictionary  # noqa: PLC0415  heavy modules load when needed

    sys.stdout.write(render_dictionary())
    return 0
