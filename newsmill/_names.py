"""Lookup of newsmill's public names, and of the packages that they are imported from.

The packages ``schemas``, ``transforms`` and ``pipeline`` have names that other projects use, too. Python imports the
one that comes first in ``sys.path``; :func:`check_packages` makes sure that these are newsmill's own.
"""

import ast
import functools
import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = ("schemas", "transforms")
"""Packages that the public names are imported from."""


@functools.cache
def public_names() -> Mapping[str, str]:
    """Each public name with the module that defines it, in the order of ``__init__.pyi``."""
    tree = ast.parse((HERE / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def load(name: str) -> object:
    """Import a public name.

    Raises:
        ImportError: another project's package has the name of one of newsmill's.
    """
    check_packages(*LIBRARY)
    found: object = getattr(importlib.import_module(public_names()[name]), name)
    return found


def check_packages(*packages: str) -> None:
    """Check that the packages Python finds under these names are newsmill's own.

    Raises:
        ImportError: one of them is another project's, or none is found; names both paths and the remedy.
    """
    for package in packages:
        own = HERE.parent / package
        spec = importlib.util.find_spec(package)
        if spec is None:
            raise ImportError(f"newsmill's package {package!r} is not on sys.path: add {own.parent} to it")
        found = Path(spec.origin).resolve().parent if spec.origin else None
        if found != own:
            where = found or ", ".join(spec.submodule_search_locations or ())
            raise ImportError(
                f"newsmill needs its own package {package!r} ({own}), but Python finds {where} first: "
                f"rename that folder, or put {own.parent} before its parent in sys.path"
            )
