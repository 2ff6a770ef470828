"""``newsmill options``: print all options."""

import argparse
import sys

from pipeline.options import Command

COMMAND = Command(name="options", summary="print all commands and options (Markdown)", takes_beam_options=False)


def carry_out(known: argparse.Namespace) -> int:
    """Print them."""
    del known
    from pipeline.options_docs import render_options  # noqa: PLC0415  only this command needs it

    sys.stdout.write(render_options())
    return 0
