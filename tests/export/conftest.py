"""Fixtures of tests that ask databases about one lake, and a PostgreSQL server."""

from pathlib import Path

import pytest

from tests.support.news_lake import make_news_lake
from tests.support.postgres import postgres

__all__ = ["postgres"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def news_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds and what they lack, made once for all tests of a process; only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr("sys.argv", ["newsmill"])
        patch.delenv("NEWSMILL_CONFIG", raising=False)
        return make_news_lake(tmp_path_factory.mktemp("news") / "lake")
