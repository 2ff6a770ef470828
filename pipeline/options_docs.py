"""docs/options.md, made of the declarations of all commands and options."""

from collections.abc import Iterable
from typing import Any

from pipeline.options import CONFIG, Option, all_commands
from schemas.errors import ExitCode

EXAMPLE = """\
# Every command has these, where it has the option at all.
output = "lake"
contact = "you@example.org"
max_page_bytes = 8_000_000
languages = ["en", "de"]

# Each of these counts for one command, and wins over the above.
[run]
feeds = ["feeds.toml"]
workers = 2

[stream]
feeds = ["feeds.toml"]
tick_s = 30

# Options of Apache Beam, for all commands that take them.
[beam]
direct_running_mode = "in_memory"
"""

_INTRO = f"""\
# Options

This file is made of the declarations in the code: `./run.sh options >docs/options.md`.

Names may be written with hyphens (`--min-chars`). A switch that a file turns on is turned off by `--no_` before its
name (`--no_archive`). Options of Apache Beam pass through all commands but `dictionary`, `options`, `sql` and most of
`feeds`.

## newsmill.toml

Every option can stand in a file under its name, without the dashes:

```toml
{EXAMPLE}```

```text
newsmill run --config newsmill.toml
NEWSMILL_CONFIG=newsmill.toml newsmill verify
```

- The file is the one that `--config` names, or else the environment variable `NEWSMILL_CONFIG`. A `newsmill.toml` in
  the working directory is not read by itself: a crontab starts in another directory than you do, and a file that came
  with somebody else's data must not decide where rows are written or which addresses are requested.
- The command line wins over the table of a command, such as `[run]`; that wins over the keys above all tables.
- A list replaces a list; a switch is `true` or `false`. A name that no option has is an error, and so is a value
  out of its range: the message names file and key, and the exit code is 2, as for any wrong command line.
- Relative paths are relative to the directory of the file. Those of `[beam]` are passed on as they are.
- Positional arguments, such as the query of `sql`, are given on the command line alone.
- User names and passwords in addresses are sent to their host alone and are masked in messages, logs and reports, as
  those on the command line are. Let nobody else read a file that holds some (`chmod 600`). Reports list the
  options that a file gave among the arguments of the run.
"""

_SHAPES = """\
An interrupted run is resumed by the next one with the same inputs and the same values of all options marked with •;
other values make it another run.
"""


def render_options() -> str:
    """Render all commands with their options, and the exit codes, as Markdown."""
    parts = [_INTRO, "## Commands\n", _table(("command", "does"), _commands()), "## Options of commands\n", _SHAPES]
    for title, options in _grouped():
        parts += [f"### {title[0].upper()}{title[1:]}\n", _table(_COLUMNS, map(_line, options))]
    codes = ((str(code.value), code.meaning) for code in ExitCode)
    parts += ["## Exit codes\n", "Each code has one meaning in all commands.\n", _table(("code", "meaning"), codes)]
    return "\n".join(parts)


def _commands() -> Iterable[tuple[str, str]]:
    for command in all_commands().values():
        for words, leaf in command.leaves():
            positional = "".join(f" {one.metavar}" for one in leaf.options if one.is_positional)
            yield f"`newsmill {words}{positional}`", leaf.summary


_COLUMNS = ("option", "default", "may be", "meaning", "commands")


def _grouped() -> list[tuple[str, list[tuple[Option, list[str]]]]]:
    """List each option once, with the commands that have it, in the first group that has it."""
    owners: dict[Any, list[str]] = {}
    titles: dict[str, list[Option]] = {}
    commands = sorted(all_commands().values(), key=lambda command: command.name != "run")
    for command in commands:
        for words, leaf in command.leaves():
            for group in leaf.groups:
                for one in group.options:
                    if _key(one) not in owners:
                        titles.setdefault(group.title, []).append(one)
                    owners.setdefault(_key(one), []).append(words)
    titles["every command"] = [CONFIG]
    owners[_key(CONFIG)] = ["all"]
    return [(title, [(one, owners[_key(one)]) for one in options]) for title, options in titles.items()]


def _key(one: Option) -> tuple[Any, ...]:
    """Return what makes it the same option in two commands; the policies that it sets may differ."""
    return one.name, one.setting, one.is_required


def _line(pair: tuple[Option, list[str]]) -> tuple[str, ...]:
    one, owners = pair
    made = one.setting
    mark = " •" if made.shapes_rows else ""
    may_be = "" if made.kind is bool or (made.kind is str and not made.choices) else made.range_in_words()
    if made.unit and may_be:
        may_be += f", {made.unit}"
    default = "required" if one.is_required else one.default_in_words
    name = one.flag if made.kind is bool or one.is_positional else f"{one.flag} {made.metavar or one.metavar}"
    return f"`{name}`{mark}", default, may_be, made.help or made.doc, ", ".join(owners)


def _table(titles: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = [titles, ("---",) * len(titles), *lines]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)
