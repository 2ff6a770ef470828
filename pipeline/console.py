"""Lines on standard error, in which text from outside cannot steer the terminal."""

import sys

from transforms.printable import mask_user, printable, printable_lines


def complain(message: object) -> None:
    """Say in one line on standard error what is wrong."""
    sys.stderr.write(f"newsmill: {printable(mask_user(str(message)))}\n")


def complain_lines(text: str) -> None:
    """Say on standard error what is wrong, in the lines in which it was said."""
    sys.stderr.write(f"newsmill: {printable_lines(mask_user(text).rstrip())}\n")
