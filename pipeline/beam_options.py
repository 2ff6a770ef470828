"""Options of Apache Beam and its runners, which pass through newsmill's command line."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.checks import check_python
from schemas.errors import UsageError
from schemas.suggest import suggest

_OF_FLINK = (
    *("checkpoint_timeout_millis", "checkpointing_interval", "checkpointing_mode", "execution_retry_delay"),
    *("externalized_checkpoints_enabled", "fail_on_checkpointing_errors", "flink_conf_dir", "max_bundle_size"),
    "finish_bundle_before_checkpointing",
    *("max_bundle_time_mills", "max_parallelism", "number_of_execution_retries", "object_reuse", "parallelism"),
    *("retain_externalized_checkpoints_on_cancellation", "savepoint_path", "shutdown_sources_after_idle_ms"),
    *("state_backend", "state_backend_storage_path", "unaligned_checkpoints_enabled"),
)
"""Options that Flink's job server knows and announces to Beam only when it runs (Beam's FlinkPipelineOptions)."""

_SWITCHES = ("finish_bundle_before_checkpointing",)
"""Those of them that take no value."""


def beam_option_names() -> dict[str, bool]:
    """Find the names of all options of the installed Beam and its runners, and whether each takes a value.

    Raises:
        UsageError: Beam cannot be imported.
    """
    check_python()
    from apache_beam.options.pipeline_options import PipelineOptions  # noqa: PLC0415  costs a second: only when needed

    names: dict[str, bool] = {"--runner": True, **{f"--{name}": name not in _SWITCHES for name in _OF_FLINK}}
    waiting = list(PipelineOptions.__subclasses__())
    while waiting:
        options = waiting.pop()
        waiting.extend(options.__subclasses__())
        if "_add_argparse_args" not in vars(options):
            continue
        parser = argparse.ArgumentParser(add_help=False, conflict_handler="resolve")
        options._add_argparse_args(parser)
        for action in parser._actions:
            names.update(dict.fromkeys(action.option_strings, action.nargs != 0))
    return names


def check_beam_words(words: Sequence[str], own: Iterable[str], command: str) -> None:
    """Check that each word that is not newsmill's is an option of Beam or its value.

    Args:
        words: what newsmill's own parser left over.
        own: names of the options of the command, for what a misspelt one may have meant.
        command: what to call for help, such as "newsmill run".

    Raises:
        UsageError: one is not; names the nearest option.
    """
    known = beam_option_names()
    takes_value = False
    for word in words:
        name = word.partition("=")[0]
        if not word.startswith("-"):
            if not takes_value:
                raise UsageError(f"{word!r} does not belong to an option: see '{command} --help'")
            takes_value = False
            continue
        if name not in known:
            raise UsageError(unknown_option(name, [*own, *known], command))
        takes_value = known[name] and "=" not in word


def unknown_option(name: str, known: Iterable[str], command: str) -> str:
    """Describe an option that does not exist, with the nearest one that does."""
    remedy = suggest(name, known, f"see '{command} --help'")
    return f"unknown option {name}: {remedy}"


def beam_words(table: Mapping[str, Any]) -> list[str]:
    """Convert the table ``[beam]`` of newsmill.toml to words of a command line.

    >>> beam_words({"runner": "FlinkRunner", "streaming": True, "experiments": ["a", "b"]})
    ['--runner=FlinkRunner', '--streaming', '--experiments=a', '--experiments=b']
    """
    pairs = [(name, part) for name, given in table.items() for part in (given if isinstance(given, list) else [given])]
    return [f"--{name}" if part is True else f"--{name}={part}" for name, part in pairs if part is not False]
