"""A SAX driver for feedparser: the standard library's, with neighbouring pieces of text put together.

xml.sax hands each line and each reference over as a piece of its own, 400 a feed entry, and feedparser does for
each what it does for a whole text.
"""

from xml.sax.expatreader import ExpatParser

_TEXT_BYTES = 1 << 16


class _Buffered(ExpatParser):
    def reset(self) -> None:
        super().reset()
        parser = self._parser  # type: ignore[attr-defined]
        parser.buffer_text = True
        parser.buffer_size = _TEXT_BYTES


def create_parser() -> ExpatParser:
    """Make a parser that delivers text in large pieces."""
    return _Buffered()
