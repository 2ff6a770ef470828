"""The public names of newsmill: records, policies, transforms, and reading of what was stored.

``__init__.pyi`` lists them, for type checkers and for this module. Each is imported when it is first used, so that
``import newsmill`` imports neither Apache Beam nor any model.
"""

from newsmill import _names

__all__ = list(_names.public_names())


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = _names.load(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
