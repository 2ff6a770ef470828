"""Options that a file gives: newsmill.toml."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.options import Command, Option, all_commands
from schemas.errors import UsageError
from schemas.suggest import suggest
from transforms.parsers import parse_toml

VARIABLE = "NEWSMILL_CONFIG"
"""Environment variable that names the file where --config does not."""

BEAM = "beam"
"""The table of options that are Apache Beam's."""


class Given(NamedTuple):
    """An option that the file gives.

    Attributes:
        where: file and key, for messages.
        value: as TOML has it; a relative path is joined to the directory of the file.
    """

    where: str
    value: Any


class Config(NamedTuple):
    """What a file sets for one command.

    Attributes:
        options: by name.
        beam: the table of Beam's options.
    """

    options: Mapping[str, Given]
    beam: Mapping[str, Any]


def find_config(given: str | None) -> str | None:
    """Return the path of the file that --config or the environment names; None where neither does."""
    return given or os.environ.get(VARIABLE) or None


def read_config(path: str, name: str, command: Command) -> Config:
    """Read what a newsmill.toml sets for one command.

    Keys above all tables count for every command that has such an option. Those in a table such as ``[stream]`` count
    for that command alone, and win.

    Args:
        path: of the file.
        name: of the command; its verb is not part of it.
        command: the command, or its verb.

    Raises:
        UsageError: no such file, no TOML, or a key that no option has.
    """
    try:
        found = parse_toml(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"--config {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    tables = {key: value for key, value in found.items() if isinstance(value, dict)}
    plain = {key: value for key, value in found.items() if key not in tables}
    beam = tables.pop(BEAM, {})
    every = _file_options()
    for key, table in tables.items():
        if key not in all_commands():
            raise UsageError(f"{path}: there is no command {key!r}{_near(key, [*all_commands(), BEAM])}")
        for option in table:
            if option not in every.get(key, ()):
                owners = [f"'newsmill {owner}'" for owner, names in every.items() if option in names]
                others = f"; {owners[0]} has" if owners else _near(option, list(every.get(key, ())))
                raise UsageError(f"{path}: [{key}] {option}: 'newsmill {key}' has no such option{others}")
    for key in plain:
        if not any(key in names for names in every.values()):
            names = sorted({name for names in every.values() for name in names})
            raise UsageError(f"{path}: there is no option {key!r}{_near(key, names)}")
    own = {one.name: one for one in command.options if _may_be_in_file(one)}
    options = {key: Given(f"{path}: {key}", value) for key, value in plain.items() if key in own}
    for key, value in tables.get(name, {}).items():
        if key in own:
            options[key] = Given(f"{path}: [{name}] {key}", value)
    base = Path(path).parent
    joined = {key: Given(where, _located(own[key], value, base)) for key, (where, value) in options.items()}
    return Config(joined, beam if command.takes_beam_options else {})


def _near(word: str, names: list[str]) -> str:
    return f": {suggest(word.replace('-', '_'), names, 'see docs/options.md')}"


def _may_be_in_file(option: Option) -> bool:
    return not option.is_positional and option.name != "config"


def _file_options() -> dict[str, set[str]]:
    """Return the names of the options of each command and its verbs that a file may give."""
    return {
        name: {one.name for _, leaf in command.leaves() for one in leaf.options if _may_be_in_file(one)}
        for name, command in all_commands().items()
    }


def _located(option: Option, value: Any, base: Path) -> Any:
    if isinstance(value, list):
        return [_located(option, part, base) for part in value]
    path = option.setting.path
    if (
        not isinstance(value, str)
        or not (path and value)
        or "://" in value
        or (path == "with slash" and "/" not in value)
    ):
        return value
    return str(base / value)
