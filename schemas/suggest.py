"""The name that a user may have meant, for the message about one that does not exist."""

import difflib
from collections.abc import Iterable


def suggest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Ask whether a name that is like the one given was meant; where there is none, return what else helps.

    >>> suggest("shwo", ("run", "show"), "try --help"), suggest("x", ("run", "show"), "try --help")
    ('did you mean show?', 'try --help')

    Args:
        name: as it was given.
        known: names that exist.
        otherwise: the remedy where no name is like it.
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise
