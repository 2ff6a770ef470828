"""Lines on standard error, in which text from outside cannot steer the terminal."""

import sys

from transforms.printable import mask_user, printable


def complain(message: object) -> None:
    """Say in one line on standard error what is wrong."""
    sys.stderr.write(f"newsmill: {printable(mask_user(str(message)))}\n")
