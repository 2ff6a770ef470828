"""Hostile strings for regular expressions, made of the expressions themselves."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, NamedTuple

ALPHABET = " aA1<>@.&\"'/-,:;=()[]{}|_#%!?\n\té…©\u4e00"
"""What a class is asked for, first what most of them hold."""

GENERIC = (
    " ", "\t ", "\n", "a", "A", "1", "a ", "A ", "Aa ", "a1", "<", "<a", "< ", ">", "<>", "<a ", "</", "<!--", "<![",
    "&", "&a", "&#1", "@", "a@", "@a.", ".", "a.", ". ", "..", '"', '""', "'", "''", '="', "='", "-", "--", "- ", " - ",
    " | ", "/", "//", "a/", "http://", "www.", "(", "((", ")", "()",
    "[", "[]", "{", "}", '{"', "\\", '\\"', ";", ",", ", ",
    ":", ": ", "=", "a=", "_", "é", "É ", "by ", "By ", " by", "on ", " in ", " and ", "the ", "the post ", "…", "1.",
    "1-", "1:", "1 ",
)  # fmt: skip

_BRANCHES = 6
_BODIES = 8


class Named(NamedTuple):
    """One regular expression of a module."""

    name: str
    """Module and variable; the line, where it is written inside a function."""
    pattern: re.Pattern[Any]
    methods: frozenset[str]
    """What it is called with, as far as its own module shows; empty where that does not."""


def modules_of(name: str) -> Iterator[ModuleType]:
    """A module, and all below it where it is a package."""
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
        yield importlib.import_module(found.name)


def patterns_of(module: ModuleType) -> Iterator[Named]:
    """The compiled expressions of a module, also in lists and dictionaries, and those written inside functions."""
    tree = ast.parse(inspect.getsource(module))
    own = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    for name in sorted(own):
        for key, pattern in _compiled(getattr(module, name, None)):
            yield Named(f"{module.__name__}.{name}{key}", pattern, frozenset() if key else _methods(tree, name))
    for call in ast.walk(tree):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                args=[ast.Constant(value=str() | bytes() as text), *_],
            ) if method not in ("compile", "escape"):
                flags = next((eval(ast.unparse(k.value), {"re": re}) for k in call.keywords if k.arg == "flags"), 0)
                at = {"sub": 3, "split": 2}.get(method, 2)
                if len(call.args) > at and method in ("search", "match", "fullmatch", "findall", "finditer"):
                    flags |= eval(ast.unparse(call.args[at]), {"re": re})
                yield Named(f"{module.__name__}:{method} {text!r}", re.compile(text, flags), frozenset([method]))


def _compiled(value: object) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield "", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            for _, pattern in _compiled(inner):
                yield f"[{key!r}]", pattern
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            for _, pattern in _compiled(inner):
                yield f"[{number}]", pattern


def _methods(tree: ast.Module, name: str) -> frozenset[str]:
    """Methods called on a name; empty where the name is also used in another way."""
    called = {
        id(node.value): node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    used = [node for node in names if isinstance(node.ctx, ast.Load)]
    return frozenset(called.values()) if all(id(node) in called for node in used) else frozenset()


def pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Beginnings and what to repeat after them, most of them made of the expression's own parts."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = sre_parser.parse(text, pattern.flags)
    found: dict[tuple[str, str], None] = {}
    for prefix, bodies in _repeats(list(tree), ""):
        for body in bodies:
            found["", body] = None
            if prefix:
                found[prefix, body] = None
                found["", prefix + body] = None
                found["", prefix] = None
        for one in bodies[:3]:
            for other in bodies[:3]:
                found[prefix, one + other] = None
    for whole in _samples(list(tree)):
        found["", whole] = None
        found["", whole[:-1]] = None
    found.update({("", body): None for body in GENERIC})
    return [(prefix, body) for prefix, body in found if body]


def _repeats(items: list[Any], before: str) -> Iterator[tuple[str, list[str]]]:
    """Of each repeat: a string that leads to it, and strings that its body matches."""
    prefix = before
    for number, (kind, value) in enumerate(items):
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > 4:
                yield prefix, _samples(list(body), _BODIES)
                # what the repeats beside it match, too: the two may share it
                for near in items[number + 1 : number + 4]:
                    yield prefix, _samples([near], _BODIES)
            yield from _repeats(list(body), prefix)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), prefix)
        elif kind is sre.SUBPATTERN:
            yield from _repeats(list(value[3]), prefix)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(list(value), prefix)
        prefix += next(iter(_samples([(kind, value)])), "")


def _samples(items: list[Any], most: int = _BRANCHES) -> list[str]:
    """Some strings that a sequence matches, or nearly: assertions are left out."""
    found = [""]
    for item in items:
        ways = _sample(item, most)
        if len(ways) == 1 or len(found) == 1:
            found = [one + way for one in found for way in ways][:most]
        else:
            found = [one + ways[number % len(ways)] for number, one in enumerate(found)]
    return list(dict.fromkeys(found))


def _sample(item: Any, most: int) -> list[str]:
    kind, value = item
    if kind is sre.LITERAL:
        return [chr(value)]
    if kind is sre.NOT_LITERAL:
        return [char for char in ALPHABET if ord(char) != value][:most]
    if kind is sre.ANY:
        return list(ALPHABET)[:most]
    if kind is sre.IN:
        return _class_samples(value, most)
    if kind is sre.BRANCH:
        each = [_samples(list(branch), 2) for branch in value[1]]
        return [way for ways in each for way in ways][:most] or [""]
    if kind is sre.SUBPATTERN:
        return _samples(list(value[3]), most)
    if kind is sre.ATOMIC_GROUP:
        return _samples(list(value), most)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, _, body = value
        return [one * min(max(1, least), 40) for one in _samples(list(body), most)]
    return [""]


def _class_samples(members: list[Any], most: int) -> list[str]:
    """Characters of a class, those of ALPHABET first."""

    def has(char: str) -> bool:
        negate = False
        for kind, value in members:
            if kind is sre.NEGATE:
                negate = True
            elif (
                (kind is sre.LITERAL and ord(char) == value)
                or (kind is sre.RANGE and value[0] <= ord(char) <= value[1])
                or (kind is sre.CATEGORY and _in_category(value, char))
            ):
                return not negate
        return negate

    own = [chr(value) for kind, value in members if kind is sre.LITERAL]
    own += [chr(value[0]) for kind, value in members if kind is sre.RANGE]
    return list(dict.fromkeys(char for char in [*ALPHABET, *own] if has(char)))[:most] or [""]


def _in_category(category: Any, char: str) -> bool:
    return {
        sre.CATEGORY_SPACE: char.isspace(),
        sre.CATEGORY_NOT_SPACE: not char.isspace(),
        sre.CATEGORY_DIGIT: char.isdigit(),
        sre.CATEGORY_NOT_DIGIT: not char.isdigit(),
        sre.CATEGORY_WORD: char.isalnum() or char == "_",
        sre.CATEGORY_NOT_WORD: not (char.isalnum() or char == "_"),
    }.get(category, False)
