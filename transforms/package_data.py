"""Word lists, tables and models: files that stand beside the modules that use them."""

import json
import tomllib
from importlib.resources import files
from typing import Any


def read_text(package: str, name: str) -> str:
    """Read a file of a package.

    Args:
        package: where it stands, which a module of the package itself calls ``__package__``.
        name: of the file.
    """
    return files(package).joinpath(name).read_text(encoding="utf-8")


def load_json(package: str, name: str) -> Any:
    """Load a JSON file of a package."""
    return json.loads(read_text(package, name))


def load_toml(package: str, name: str) -> dict[str, Any]:
    """Load a TOML file of a package."""
    return tomllib.loads(read_text(package, name))
