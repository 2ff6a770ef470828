"""How buckets are reached: what a command line gives for this process, or what an engine gives its workers."""

import sys
from collections.abc import Mapping
from typing import Any

_given: dict[str, str] = {}
"""What :func:`set_options` was given."""


def set_options(*words: str) -> None:
    """Set how buckets are reached, for this process and those that are forked from it.

    Args:
        words: of a command line, such as ``--s3_endpoint_url=https://store.example``; others are ignored.
    """
    _given.clear()
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, has_value, value = word.partition("=")
        if name.startswith("--s3_"):
            is_flag = not has_value and (not following or following.startswith("--"))
            _given[name[2:]] = value if has_value else "true" if is_flag else following


def process_options() -> Mapping[str, Any]:
    """Return the options of :func:`set_options`, or else those that Beam was given in this process.

    An engine gives its own options to its workers, which load Beam and call nothing of ours first.
    """
    if _given:
        return _given
    filesystems = sys.modules.get("apache_beam.io.filesystems")
    given = getattr(getattr(filesystems, "FileSystems", None), "_pipeline_options", None)
    values = given.get_all_options() if given is not None else {}
    return {name: value for name, value in values.items() if name.startswith("s3_")}
