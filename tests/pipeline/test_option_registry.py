"""Every option that is declared is in the parser, the help, the docs and, where it shapes rows, in the plan."""

import dataclasses
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import pipeline.policies
import transforms
from pipeline.options import Command, Option, all_commands, make_parser
from pipeline.options_docs import render_options
from pipeline.parse import parse
from pipeline.settings import Settings, settings_from, shaping_text
from schemas.policy import POLICIES, policy, setting, settings_of
from tests.support.paths import ROOT


def commands() -> Iterator[tuple[str, Command]]:
    for command in all_commands().values():
        yield from command.leaves()


OPTIONS: list[tuple[str, Option]] = [(words, one) for words, command in commands() for one in command.options]

named = pytest.mark.parametrize(("words", "one"), OPTIONS, ids=[f"{words} {one.name}" for words, one in OPTIONS])


VALUES = {
    "contact": "you@example.org",
    "since": "2026-03-20",
    "before": "2026-03-20",
    "map": "text=body",
    "host_delay": "a.example=5",
    "languages": "en",
    "spacy_model": "none",
    "without": "topics",
    "partition_by": "in_language",
    "max_interval_s": "90000",
    "timeout_s": "30",
    "deadline_s": "90",
}
"""What a user may write where the declaration does not tell."""


def a_value(words: str, one: Option) -> str:
    """What a user may write for an option, other than the default."""
    made = one.setting
    if one.name in VALUES and (one.name != "since" or made.kind is not int):  # some take a day, some a number
        return VALUES[one.name]
    if (words, one.name) == ("replay", "reason"):
        return "fetch.timeout"
    if made.choices:
        return next((str(choice) for choice in made.choices if choice != made.default), str(made.choices[0]))
    if made.kind in (int, float):
        higher = 2 + (made.at_least if made.at_least is not None else 1)
        return str(made.kind(higher if made.at_most is None or higher <= made.at_most else made.at_most))
    return "words"


def given(words: str, one: Option) -> list[str]:
    """The words of a command line that give it."""
    if one.setting.kind is bool:
        return [one.flag]
    return [a_value(words, one)] if one.is_positional else [one.flag, a_value(words, one)]


def required(words: str, without: str) -> list[str]:
    found = []
    for one in dict(commands())[words].options:
        if one.name != without and (one.is_positional or one.is_required):
            found += ["word"] if one.is_positional else [one.flag, a_value(words, one)]
    return found


@named
def test_it_is_in_the_parser_of_its_command(words: str, one: Option) -> None:
    if one.name == "config":
        return
    known, rest = parse([*words.split(), *required(words, one.name), *given(words, one)])
    assert rest == []
    assert getattr(known, one.name) != one.default or one.is_positional or one.setting.choices
    for place in one.places:
        assert known.policies[place.policy][place.field] == getattr(known, one.name)


@named
def test_it_has_a_help_and_a_default_within_its_bounds(words: str, one: Option) -> None:
    assert one.help
    assert not one.help.endswith(".")
    assert one.setting.doc[0] == one.setting.doc[0].lower() or one.setting.doc.startswith("User-Agent")
    made = one.setting
    if not one.is_required and not made.unset and made.default is not None:
        made.check(one.name, made.default)


def test_the_help_of_every_command_names_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    for words, command in commands():
        with pytest.raises(SystemExit):
            make_parser().parse_args([*words.split(), "--help"])
        shown = capsys.readouterr().out
        for one in command.options:
            assert (one.metavar if one.is_positional else one.flag) in shown


def test_the_docs_are_those_of_the_declarations() -> None:
    docs = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    assert docs == render_options(), "write it again: ./run.sh options >docs/options.md"
    for _, one in OPTIONS:
        assert f"`{one.flag}" in docs


def test_numbers_are_refused_beyond_their_bounds() -> None:
    for words, one in OPTIONS:
        made = one.setting
        for bound, beyond in ((made.at_least, -1), (made.at_most, 1)):
            if bound is not None:
                wrong = [*words.split(), *required(words, one.name), one.flag, str(made.kind(bound + beyond))]
                with pytest.raises(Exception, match=f"{one.flag} is .*: give a.* number") as caught:
                    parse(wrong)
                assert type(caught.value).__name__ == "UsageError"


def all_policies() -> list[Any]:
    for module in pkgutil.walk_packages(transforms.__path__, "transforms."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert pipeline.policies.RunPolicy in POLICIES
    return [one for one in POLICIES if one.__module__.startswith(("transforms.", "pipeline."))]


def missing_settings() -> list[str]:
    """Fields of policies that are neither an option of any command nor say why not."""
    set_by = {place for _, one in OPTIONS for place in one.places}
    return [
        f"{one.__name__}.{field}"
        for one in all_policies()
        for field, made in settings_of(one).items()
        if not made.no_option and (one, field) not in set_by
    ]


def test_every_field_of_a_policy_is_an_option_or_says_why_not() -> None:
    assert missing_settings() == []


def test_a_field_without_a_declaration_is_refused() -> None:
    class Undeclared:
        number: int = 1

    with pytest.raises(TypeError, match=r"Undeclared\.number has no description"):
        policy(Undeclared)


def test_a_policy_that_no_command_takes_is_found() -> None:
    class Forgotten:
        """Nothing takes it."""

        number: int = setting("a number", default=1, shapes_rows=False)

    made = policy(Forgotten)
    try:
        made.__module__ = "transforms.forgotten"
        assert missing_settings() == ["Forgotten.number"]
    finally:
        POLICIES.remove(made)


def run_settings(*words: str) -> Settings:
    known, beam = parse(["run", "--input", "x", "--output", "out", "--run_id", "r", *words])
    return settings_from(known, beam)


def test_settings_hold_every_policy_of_a_run() -> None:
    held = {type(one) for one in run_settings().policies}
    in_run = {place.policy for words, one in OPTIONS if words == "run" for place in one.places}
    assert in_run == held


def test_what_shapes_rows_is_in_the_plan_and_nothing_else() -> None:
    plain = shaping_text(run_settings())
    for words, one in OPTIONS:
        if words != "run" or not one.places:
            continue
        changed = shaping_text(run_settings(*given(words, one)))
        assert (changed != plain) == one.setting.shapes_rows, one.name


def test_the_parser_is_made_without_beam_and_arrow() -> None:
    heavy = ("apache_beam", "pyarrow", "numpy", "spacy", "duckdb", "httpcore")
    script = f"import sys, pipeline.options as o; o.make_parser(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_option_is_added_to_a_parser_by_hand() -> None:
    for package in ("pipeline", "transforms", "schemas"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "options.py":
                assert not re.search(r"\badd_argument\(", path.read_text(encoding="utf-8")), path


def test_a_setting_is_one_kind_of_value() -> None:
    with pytest.raises(ValueError, match="needs a description"):
        setting(" ", default=1, shapes_rows=False)
    assert dataclasses.is_dataclass(all_policies()[0])
