"""Modules load without garbage collection, which is afterwards as it was."""

import gc
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from transforms.loading import loading


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*threshold)


@pytest.mark.parametrize("is_enabled", [True, False])
def test_collection_is_afterwards_as_it_was(is_enabled: bool) -> None:
    if not is_enabled:
        gc.disable()
    with pytest.raises(ImportError), loading():
        assert not gc.isenabled()
        import_module("newsmill_has_no_such_module")
    assert gc.isenabled() == is_enabled


def test_what_is_loaded_is_left_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "newsmill_sample_module.py").write_text("KEPT = [[] for _ in range(1000)]")
    monkeypatch.syspath_prepend(tmp_path)
    before = gc.get_freeze_count()
    with loading():
        kept = import_module("newsmill_sample_module").KEPT
    frozen = gc.get_freeze_count()
    assert frozen >= before + len(kept)
    with loading():
        import_module("newsmill_sample_module")
    assert gc.get_freeze_count() <= frozen, "a command that is called again freezes nothing"


def test_all_that_is_kept_is_left_out_before_workers_are_forked() -> None:
    with loading(before_fork=True):
        kept: list[list[int]] = [[] for _ in range(1000)]
    assert not {id(item) for item in kept} & {id(item) for item in gc.get_objects()}


def test_workers_collect_less_often() -> None:
    before, *older = gc.get_threshold()
    with loading():
        pass
    assert gc.get_threshold() == (before, *older)
    with loading(before_fork=True):
        pass
    assert gc.get_threshold()[0] > before
    assert gc.get_threshold()[1:] == tuple(older)
