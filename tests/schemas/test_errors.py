"""The tree of errors and the exit codes: each is declared once, and the drawing shows what is declared."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import pipeline
import schemas
import schemas.errors
import transforms
from pipeline.cli import to_newsmill_error
from schemas.errors import ExitCode, InputError, NewsmillError, UsageError, describe_exit_codes
from tests.support.paths import ROOT

_LINE = re.compile(r"^    (?P<branches>[│├└─ ]*)(?P<name>[A-Z]\w+)\s+(?P<code>\d+)?", re.MULTILINE)


def _drawn() -> dict[str, tuple[str, int | None]]:
    """Parent and exit code of each error, as the docstring draws them."""
    found: dict[str, tuple[str, int | None]] = {}
    above: list[str] = []
    for line in _LINE.finditer(schemas.errors.__doc__ or ""):
        depth = len(line["branches"]) // 4
        above[depth:] = [line["name"]]
        found[line["name"]] = (above[depth - 1] if depth else "Exception", int(line["code"]) if line["code"] else None)
    return found


def _declared(error: type[NewsmillError]) -> Iterator[type[NewsmillError]]:
    yield error
    for below in error.__subclasses__():
        yield from _declared(below)


def test_the_tree_is_drawn_as_it_is() -> None:
    for package in (schemas, transforms, pipeline):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    declared = {
        error.__name__: (error.__bases__[0].__name__, None if issubclass(error, InputError) else int(error.exit_code))
        for error in _declared(NewsmillError)
        if error.__module__.startswith("schemas.")  # a package may refine one for itself
    }
    assert _drawn() == declared


def test_the_readme_lists_the_exit_codes_of_a_run() -> None:
    block = describe_exit_codes(ExitCode.TOO_MANY_DEAD, ExitCode.UNBALANCED, ExitCode.LOCKED)
    assert block in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ModuleNotFoundError("No module named 'x'")])
def test_errors_of_the_system_end_a_command_in_one_line(error: Exception) -> None:
    own = to_newsmill_error(error)
    assert own is not None
    assert own.exit_code == ExitCode.FAILED
    assert "\n" not in str(own)


def test_errors_of_libraries_end_a_command_in_one_line() -> None:
    import pyarrow as pa

    own = to_newsmill_error(pa.ArrowInvalid("Parquet magic bytes\nnot found"))
    assert str(own).startswith("Parquet magic bytes not found: restore the file")


def test_a_defect_keeps_its_traceback() -> None:
    assert to_newsmill_error(ValueError("a defect")) is None
    usage = UsageError("--shards 0")
    assert to_newsmill_error(usage) is usage
