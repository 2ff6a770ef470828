"""The sources of a page's metadata: what each of them says, and which cannot be read."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from transforms.articles.facts import Facts
from transforms.articles.visible import Visible

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Sources:
    """Sources of metadata, each read by itself: a failure in one affects neither the others nor the article."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def read(self, name: str, read: Callable[[], _T], otherwise: _T) -> _T:
        """Read a source, or return ``otherwise`` where it cannot be read."""
        try:
            return read()
        except Exception as error:  # libraries may raise anything on what strangers wrote
            _log.debug("metadata.%s: %s: %.200s", name, type(error).__name__, error)
            self.failed.append(f"metadata.{name}")
            return otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What each source says: JSON-LD, meta tags, microdata, and what readers see around the text."""

    ld: Facts
    meta: Facts
    micro: Facts
    seen: Visible
