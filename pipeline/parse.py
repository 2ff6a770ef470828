"""The command line, newsmill.toml and the defaults as one namespace of checked values."""

import argparse
import re
from collections.abc import Sequence
from typing import Any

from pipeline.beam_options import beam_words, check_beam_words, unknown_option
from pipeline.config import Config, Given, find_config, read_config
from pipeline.options import Command, Option, all_commands, make_parser, print_help
from schemas.errors import UsageError
from schemas.suggest import suggest

_OPTION = re.compile(r"--[A-Za-z][\w-]*(?:=|$)")


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read the command line, and the file of options that it or the environment names.

    Returns:
        A namespace with the value of each option of the command by its name; ``command`` and ``verb``; ``policies``,
        the values of fields by policy; and ``from_file``, what the file gave, as words of a command line. And the words
        that are Beam's.

    Raises:
        UsageError: an unknown or misspelt option, a missing or bad value, a file that is wrong.
        SystemExit: after ``--help`` or ``--version``.
    """
    words = [_underscored(word) for word in argv]
    if not words:
        print_help()
        raise UsageError("a command is missing: try 'newsmill run --help'")
    _check_command(words[0])
    given, rest = make_parser().parse_known_args(words)
    command = all_commands()[given.command].verb(getattr(given, "verb", None))
    name = " ".join(("newsmill", given.command, *([given.verb] if "verb" in given else [])))
    path = find_config(getattr(given, "config", None))
    config = Config({}, {}) if path is None else read_config(path, given.command, command)
    beam = [*beam_words(config.beam), *rest]
    if beam:
        flags = [one.flag for one in command.options if not one.is_positional]
        if not command.takes_beam_options:
            raise UsageError(unknown_option(rest[0].partition("=")[0], flags, name))
        check_beam_words(beam, flags, name)
    return _filled(given, command, config, name), beam


def _filled(given: argparse.Namespace, command: Command, config: Config, name: str) -> argparse.Namespace:
    known = argparse.Namespace(
        command=given.command,
        verb=getattr(given, "verb", None),
        policies={},
        from_file=_as_words(command, config, given),
    )
    for one in command.options:
        try:
            is_given, value = _value(one, given, config.options.get(one.name))
        except ValueError as error:
            raise UsageError(str(error)) from error
        if not is_given and one.is_required:
            raise UsageError(f"'{name}' needs {one.flag}{'' if one.is_positional else f' {one.metavar}'}")
        setattr(known, one.name, value)
        if is_given:
            for policy, field in one.places:
                known.policies.setdefault(policy, {})[field] = value
    return known


def _value(one: Option, given: argparse.Namespace, in_file: Given | None) -> tuple[bool, Any]:
    """Return whether an option was given, and its value or default."""
    if hasattr(given, one.name):
        written = getattr(given, one.name)
        return True, one.setting.from_text(one.flag, written)
    if in_file is not None:
        return True, one.setting.from_toml(in_file.where, in_file.value)
    return False, one.default


def _as_words(command: Command, config: Config, given: argparse.Namespace) -> list[str]:
    """Write what the file gave, and the command line did not, as words of a command line."""
    names = [one.name for one in command.options if one.name in config.options and not hasattr(given, one.name)]
    return beam_words({name: config.options[name].value for name in names}) + beam_words(config.beam)


def _underscored(word: str) -> str:
    """Replace the hyphens of an option's name by underscores; values stay as they are."""
    if not _OPTION.match(word):
        return word
    name, equals, value = word.partition("=")
    return "--" + name[2:].replace("-", "_") + equals + value


def _check_command(word: str) -> None:
    names = list(all_commands())
    if word not in names and not word.startswith("-"):
        raise UsageError(f"unknown command {word}: {suggest(word, names, 'try newsmill --help')}")
