"""Options and commands as they are declared, and the parser that is made of them.

An option that sets a field of a policy is declared there, with ``setting(...)``; any other one in the module of its
command. The parser, the help, newsmill.toml, the ranges, the decision which interrupted run is resumed, and
docs/options.md are made of that.
"""

import argparse
import contextlib
import dataclasses
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pipeline.commands
from schemas import NEWSMILL_VERSION
from schemas.errors import ExitCode, UsageError, describe_exit_codes
from schemas.policy import Setting, settings_of

_T = TypeVar("_T")


class PolicyField(NamedTuple):
    """A field of a policy that an option sets."""

    policy: type
    field: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """An option, or a positional argument, of one or several commands.

    Attributes:
        name: without dashes; hyphens may stand for its underscores on the command line.
        setting: what it means and what it may be.
        is_required: a command cannot do without it.
        is_positional: it is given without its name; never in newsmill.toml.
        places: fields of policies that it sets.
    """

    name: str
    setting: Setting
    is_required: bool = False
    is_positional: bool = False
    places: tuple[PolicyField, ...] = ()

    @property
    def flag(self) -> str:
        """How it is written on the command line."""
        return self.metavar if self.is_positional else f"--{self.name}"

    @property
    def off_flag(self) -> str:
        """How a switch is turned off that newsmill.toml turns on."""
        return f"--{self.name.removeprefix('no_')}" if self.name.startswith("no_") else f"--no_{self.name}"

    @property
    def metavar(self) -> str:
        """What stands for its value in the help."""
        made = self.setting
        if made.choices and not made.metavar:
            return f"{{{','.join(map(str, made.choices))}}}"
        return made.metavar or made.unit.upper() or ("N" if made.kind is int else "X" if made.kind is float else "TEXT")

    @property
    def help(self) -> str:
        """Its line in the help."""
        words, default = self.setting.help or self.setting.doc, self.default_in_words
        if self.setting.choices and self.setting.metavar:
            words += f": {self.setting.range_in_words()}"
        return f"{words} (default: {default})" if default else words

    @property
    def default_in_words(self) -> str:
        """What holds when it is not given; empty where nothing does."""
        default = self.setting.default
        if self.setting.unset:
            return self.setting.unset
        if self.is_required or self.setting.kind is bool or default is None or default == ():
            return ""
        if isinstance(default, tuple):
            return ",".join(map(str, default))
        return f"{default:g}" if isinstance(default, float) else f"{default}"

    @property
    def default(self) -> Any:
        """Its value when it is not given."""
        setting = self.setting
        if setting.unset and setting.read is None:
            return () if setting.many else None
        if setting.kind is bool:
            return False if setting.default is None else setting.default
        return setting.value_of(f"--{self.name}", setting.default)


def option(name: str, doc: str, *, is_required: bool = False, is_positional: bool = False, **parts: Any) -> Option:
    """Declare an option that no policy has a field for.

    Args:
        name: without dashes.
        doc: what it means.
        is_required: a command cannot do without it.
        is_positional: it is given without its name.
        parts: of its :class:`~schemas.policy.Setting`.
    """
    unless_said = {"default": () if parts.get("many") else None, "shapes_rows": False}
    made = Setting(doc, **{**unless_said, **parts})
    return Option(name=name, setting=made, is_required=is_required, is_positional=is_positional)


class Group(NamedTuple):
    """Options that stand together in the help."""

    title: str
    options: tuple[Option, ...]


def policy_options(*policies: type) -> tuple[Option, ...]:
    """Collect the options that the fields of policies declare; one that several share is one option.

    Raises:
        ValueError: two different settings have one name.
    """
    found: dict[str, Option] = {}
    for policy in policies:
        for field, made in settings_of(policy).items():
            if made.no_option:
                continue
            name, place = made.option or field, PolicyField(policy, field)
            if name not in found:
                found[name] = Option(name=name, setting=made, places=(place,))
            elif found[name].setting == made:
                found[name] = dataclasses.replace(found[name], places=(*found[name].places, place))
            else:
                raise ValueError(f"two settings are named {name}: {found[name].places[0]} and {place}")
    return tuple(found.values())


def policy_groups(**policies: tuple[type, ...]) -> tuple[Group, ...]:
    """Group the options that policies declare; one that several share is in the group of the first.

    Args:
        policies: those of each group, by its title with underscores for spaces.
    """
    options = policy_options(*(policy for group in policies.values() for policy in group))
    return tuple(
        Group(title.replace("_", " "), tuple(one for one in options if one.places[0].policy in group))
        for title, group in policies.items()
    )


CONFIG = option(
    "config",
    "file of options, such as newsmill.toml; the command line wins over it. See docs/options.md",
    unset="what the environment variable NEWSMILL_CONFIG names, or no file",
    metavar="FILE",
    path="always",
)
OUTPUT = option(
    "output",
    "directory of the output, or its address in a store, such as s3://bucket/news",
    is_required=True,
    metavar="DIR",
    path="in a store",
)
JSON = option("json", "print JSON instead of a table", kind=bool)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command of ``newsmill``, or a verb of one.

    Attributes:
        name: its word on the command line; in the list of commands.
        summary: what it does; one line, in lower case.
        description: the same in one or two sentences; made of ``summary`` where it is empty.
        examples: lines below "examples:" in the help, and what else is to be said there.
        groups: its options.
        exit_codes: those that it has besides 0, 1, 2 and those of signals.
        verbs: commands below it.
        takes_beam_options: options of Apache Beam pass through, such as those that say where a store is.
    """

    name: str
    summary: str
    description: str = ""
    examples: str = ""
    groups: tuple[Group, ...] = ()
    exit_codes: tuple[ExitCode, ...] = ()
    verbs: tuple["Command", ...] = ()
    takes_beam_options: bool = True

    @property
    def options(self) -> tuple[Option, ...]:
        """All its options, positional arguments and --config too; not those of its verbs."""
        return (*(one for group in self.groups for one in group.options), *(() if self.verbs else (CONFIG,)))

    def verb(self, name: str | None) -> "Command":
        """Return the verb of that name; the command itself where it has none."""
        return next((verb for verb in self.verbs if verb.name == name), self)

    def leaves(self) -> Iterator[tuple[str, "Command"]]:
        """Yield each command that can be called, with its words."""
        if not self.verbs:
            yield self.name, self
        for verb in self.verbs:
            for words, leaf in verb.leaves():
                yield f"{self.name} {words}", leaf


@lru_cache(maxsize=1)
def all_commands() -> Mapping[str, Command]:
    """Return all commands by name: the ``COMMAND`` of each module of ``pipeline.commands``."""
    names = sorted(found.name for found in pkgutil.iter_modules(pipeline.commands.__path__))
    commands = [import_module(f"pipeline.commands.{name}").COMMAND for name in names]
    return {command.name: command for command in commands}


def make_policy(policy: type[_T], known: argparse.Namespace, **more: Any) -> _T:
    """Make a policy of the options of a command line.

    Args:
        policy: its class.
        known: what was parsed.
        more: fields that no option sets.

    Raises:
        UsageError: values that contradict each other.
    """
    try:
        return policy(**known.policies.get(policy, {}), **more)
    except ValueError as error:
        raise UsageError(str(error)) from error


class Parser(argparse.ArgumentParser):
    """A parser whose errors are UsageErrors; options cannot be abbreviated, and the help keeps its line breaks."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
            **parts,
        )

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise the message; where something is missing, with the command that says what there is."""
        if "required" in message:
            message += f": try '{self.prog} --help'"
        raise UsageError(message)


@lru_cache(maxsize=1)
def make_parser() -> Parser:
    """Make the parser of all commands. It returns strings, and only those of options that were given."""
    run = all_commands()["run"]
    parser = Parser(
        prog="newsmill",
        description="News from feeds, pages and files into clean, enriched, partitioned Parquet; nothing vanishes.",
        epilog=_epilog(run),
    )
    parser.add_argument("--version", action="version", version=f"newsmill {NEWSMILL_VERSION}")
    _add_commands(parser, list(all_commands().values()), "command", "COMMAND")
    return parser


def _epilog(command: Command) -> str:
    examples = f"examples:\n{command.examples.rstrip()}\n\n" if command.examples else ""
    return (examples + describe_exit_codes(*command.exit_codes)).replace("%", "%%")


def _add_commands(parser: Parser, commands: Sequence[Command], dest: str, metavar: str) -> None:
    below = parser.add_subparsers(dest=dest, metavar=metavar, required=True, parser_class=Parser)
    for command in commands:
        made = below.add_parser(
            command.name,
            help=command.summary,
            description=command.description or f"{command.summary[0].upper()}{command.summary[1:]}.",
            epilog=_epilog(command),
        )
        for group in command.groups:
            _add_options(made.add_argument_group(group.title), group.options)
        if command.verbs:
            _add_commands(made, command.verbs, "verb", "VERB")
        else:
            _add_options(made.add_argument_group("every command"), (CONFIG,))


_SHAPES: Mapping[str, dict[str, Any]] = {
    "": {},
    ",": {},
    "+": {"nargs": "+", "action": "extend"},
    "*": {"action": "append"},
}


def _add_options(group: argparse._ArgumentGroup, options: Iterable[Option]) -> None:
    for one in options:
        text = one.help.replace("%", "%%")
        if one.setting.kind is bool:
            group.add_argument(one.flag, dest=one.name, action="store_const", const=True, help=text)
            group.add_argument(one.off_flag, dest=one.name, action="store_const", const=False, help=argparse.SUPPRESS)
        elif one.is_positional:
            more = {"nargs": "+"} if one.setting.many else {}
            group.add_argument(one.name, metavar=one.metavar, help=text, **more)  # type: ignore[arg-type]
        else:
            group.add_argument(one.flag, dest=one.name, metavar=one.metavar, help=text, **_SHAPES[one.setting.many])


def print_help() -> None:
    """Print the help of ``newsmill`` on standard error."""
    make_parser().print_help(sys.stderr)


def check_local_output(output: str) -> None:
    """Check that a local output can be written to, and leave things as they are.

    Raises:
        UsageError: it is a file, or a directory cannot be made there.
    """
    if "://" in output:
        return
    path = Path(output)
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".newsmill-probe"
        probe.touch()
        probe.unlink()
        with contextlib.suppress(OSError):  # another process writes there by now
            for folder in missing:
                folder.rmdir()
    except FileExistsError as error:
        raise UsageError(f"--output {output} is a file: name a directory") from error
    except OSError as error:
        raise UsageError(f"cannot write to --output {output}: {error.strerror or error}") from error


def check_file_to_write(flag: str, path: str) -> None:
    """Check that an option names a file, which may be there or not.

    Args:
        flag: the option.
        path: its value.

    Raises:
        UsageError: it is a directory, or is to lie in a file.
    """
    if Path(path).is_dir():
        raise UsageError(f"{flag} {path} is a directory: name a file")
    above = next((folder for folder in Path(path).absolute().parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise UsageError(f"{flag} {path}: {above} is a file: name a directory there")
