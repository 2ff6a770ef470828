"""Policies: frozen values that configure a stage, declared once with what users see of them."""

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ParamSpec, TypeVar, dataclass_transform

from schemas.suggest import suggest

_T = TypeVar("_T")
_P = ParamSpec("_P")

LARGEST = 10**9
"""Number above which a user may write none where a setting has no bound of its own: timers take no more seconds."""

_KINDS = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text"}


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One value that can be set: a field of a policy, or an option of a command.

    Attributes:
        doc: what it means; begins in lower case, ends without a full stop.
        kind: bool, int, float or str; that of the parts where there are ``many``.
        help: what it means as an option, where that differs.
        default: as a user writes it, before ``read``.
        shapes_rows: rows differ with it, so a run that differs in it does not resume another.
        option: its name on the command line and in newsmill.toml; None for the name of the field.
        no_option: why it is not an option; empty for one that is.
        at_least: smallest number.
        at_most: largest number; with None a user may write none above LARGEST.
        choices: all the values it may have.
        unit: unit of a number, such as "seconds".
        metavar: what stands for its value in the help; by default made of ``unit``.
        unset: what holds when it is not given, in words; the default is None then.
        many: "" for one value, "," for several in one word, "+" for several words, "*" for an option that is repeated.
        path: "always" for a path or an address, "in a store" for a path or an address in a store, "with slash" for a
            name or a path; in newsmill.toml relative paths are relative to the file.
        read: makes the value out of what the user wrote; raises ValueError.
    """

    doc: str
    _: dataclasses.KW_ONLY
    default: Any
    shapes_rows: bool
    help: str = ""
    kind: type = str
    option: str | None = None
    no_option: str = ""
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[Any, ...] = ()
    unit: str = ""
    metavar: str = ""
    unset: str = ""
    many: str = ""
    path: str = ""
    read: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if not self.doc.strip():
            raise ValueError("a setting needs a description")
        if self.kind not in _KINDS or self.many not in ("", ",", "+", "*"):
            raise ValueError(f"no user can write a {self.kind.__name__} with many={self.many!r}")

    def check(self, where: str, value: Any) -> None:
        """Check that a value is one of the choices and within the bounds. None always is.

        Args:
            where: how the message names it.
            value: as the user wrote it, converted to ``kind``; a tuple where there are ``many``.

        Raises:
            ValueError: it is not; names the value and the remedy.
        """
        for part in value if isinstance(value, tuple) else (value,):
            if part is None:
                continue
            if self.choices and part not in self.choices:
                choices = [*map(str, self.choices)]
                remedy = suggest(str(part), choices, f"choose from {', '.join(choices)}")
                raise ValueError(f"{where} is {part!r}: {remedy}")
            if self.kind in (int, float) and not self._is_within(part):
                raise ValueError(f"{where} is {part}: give {self.range_in_words()}")
            if isinstance(part, str):
                self._check_text(where, part)

    def _check_text(self, where: str, text: str) -> None:
        if "\0" in text:
            raise ValueError(f"{where} is {text!r}: a NUL character cannot stand in it")
        if self.path and not text:
            raise ValueError(f"{where} is empty: give a path")
        # Only what names a file of the user may be in another encoding; all else is stored, or part of an address.
        if self.path != "always" and text != text.encode("utf-8", "replace").decode():
            raise ValueError(f"{where} is {text!r}: give it in UTF-8")

    def _is_within(self, value: float) -> bool:
        least = -math.inf if self.at_least is None else self.at_least
        return least <= value < math.inf if self.at_most is None else least <= value <= self.at_most

    def range_in_words(self) -> str:
        """Describe what may be given: "a whole number from 1 to 10", or "all or never"; of many, what each may be."""
        if self.choices:
            *first, last = map(str, self.choices)
            return f"{', '.join(first)} or {last}" if first else last
        words = _KINDS[self.kind]
        if self.at_least is not None and self.at_most is not None:
            return f"{words} from {self.at_least} to {self.at_most}"
        return words if self.at_least is None else f"{words} of at least {self.at_least}"

    def from_text(self, where: str, given: Any) -> Any:
        """Convert what the command line gives: True or False for a switch, a string, or a list of strings.

        Raises:
            ValueError: no value, no number, out of range, or not what ``read`` takes.
        """
        words = given if isinstance(given, list) else [given]
        if not (words or self.many) or [] in words:  # argparse makes an empty list of --option=--
            raise ValueError(f"{where} has no value")
        if self.many == ",":
            words = [part.strip() for word in words for part in word.split(",") if part.strip()]
        return self._finish(where, [word if self.kind is bool else self._number(where, word) for word in words])

    def _number(self, where: str, word: str) -> Any:
        if self.kind is str:
            return word
        try:
            return self.kind(word)
        except ValueError:
            raise ValueError(f"{where} is {word!r}: give {self.range_in_words()}") from None

    def from_toml(self, where: str, given: Any) -> Any:
        """Convert what newsmill.toml gives: a boolean, number or string, or a list of these.

        Raises:
            ValueError: of another type, out of range, or not what ``read`` takes.
        """
        if self.many and isinstance(given, list):
            parts = given
        elif self.many == "," and isinstance(given, str):
            return self.from_text(where, given)
        else:
            parts = [given]
        day = self.kind is str and not self.many and isinstance(given, date)
        parts = [given.isoformat()] if day else parts
        for part in parts:
            fits = isinstance(part, self.kind) or (self.kind is float and isinstance(part, int))
            if not fits or (isinstance(part, bool) and self.kind is not bool):
                what = {bool: "true or false", str: "a string"}.get(self.kind, self.range_in_words())
                raise ValueError(f"{where} is {part!r}: give {what}{', or a list of such' if self.many else ''}")
        return self._finish(where, [self.kind(part) for part in parts])

    def _finish(self, where: str, parts: list[Any]) -> Any:
        for part in parts:
            if self.kind in (int, float) and abs(part) > LARGEST and self.at_most is None:
                raise ValueError(f"{where} is {part!s:.40}: give {self.range_in_words()}, up to {LARGEST}")
        value = tuple(parts) if self.many else parts[-1]
        if self.kind is bool and self.default is True:
            value = not value  # a switch that turns off what is on
        self.check(where, value)
        return self.value_of(where, value)

    def value_of(self, where: str, written: Any) -> Any:
        """Make the value of what a user wrote, or of the default.

        Raises:
            ValueError: it is not what ``read`` takes.
        """
        if self.read is None:
            return written
        try:
            return self.read(written)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error


def field_of(made: Setting, *, default: Any) -> Any:
    """Declare a field of a policy whose setting is declared elsewhere, since several policies share it.

    Args:
        default: that of the setting again; type checkers ask for it.
    """
    assert default == made.default, "a setting has one default"
    metadata = {"setting": made}
    if made.read is None:
        return dataclasses.field(default=made.default, metadata=metadata)
    return dataclasses.field(default_factory=lambda: made.value_of("default", made.default), metadata=metadata)


def _declaring(make: Callable[_P, Setting]) -> Callable[_P, Any]:
    """Make what declares a field out of what makes its setting."""

    @functools.wraps(make)
    def declare(*args: _P.args, **kwargs: _P.kwargs) -> Any:
        made = make(*args, **kwargs)
        return field_of(made, default=made.default)

    return declare


setting = _declaring(Setting)
"""Declare one field of a policy, by what a :class:`Setting` is made of.

It is an option of every command that takes the policy, unless ``no_option`` says why not. The type of the field is its
``kind``, unless ``read`` makes the value of something else.
"""


POLICIES: list[type] = []
"""All policies that were imported."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting, field_of))
def policy(cls: type[_T]) -> type[_T]:
    """Make a class a frozen, keyword-only dataclass that checks its values when it is made.

    A ``__post_init__`` of its own is called afterwards, for what concerns several fields. The fields are described in
    the docstring.

    Raises:
        TypeError: a field was declared without ``setting(...)``.
    """
    check_more = cls.__dict__.get("__post_init__")

    def check(self: Any) -> None:
        for name, found in settings_of(type(self)).items():
            if found.read is None:
                found.check(name, getattr(self, name))
        if check_more is not None:
            check_more(self)

    cls.__post_init__ = check  # type: ignore[attr-defined]
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    for field in dataclasses.fields(made):  # type: ignore[arg-type]
        if "setting" not in field.metadata:
            raise TypeError(f"{cls.__name__}.{field.name} has no description: declare it with setting(...)")
    described = "".join(f"\n        {name}: {_described(found)}." for name, found in settings_of(made).items())
    made.__doc__ = f"{(made.__doc__ or '').rstrip()}\n\n    Attributes:{described}\n    "
    POLICIES.append(made)
    return made


def _described(found: Setting) -> str:
    return f"{found.doc}, {found.unit}" if found.unit else found.doc


def settings_of(cls: type) -> dict[str, Setting]:
    """Return the settings of a policy by field, each with the kind of its annotation."""
    found = _SETTINGS.get(cls)
    if found is None:
        hints = typing.get_type_hints(cls)
        found = _SETTINGS[cls] = {
            field.name: _of_kind(field.metadata["setting"], hints[field.name])
            for field in dataclasses.fields(cls)  # type: ignore[arg-type]
            if "setting" in field.metadata
        }
    return found


_SETTINGS: dict[type, dict[str, Setting]] = {}


def _of_kind(found: Setting, hint: Any) -> Setting:
    if found.read is not None:
        return found
    if isinstance(hint, types.UnionType):
        (hint,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
    if typing.get_origin(hint) is tuple:
        hint = typing.get_args(hint)[0]
    return dataclasses.replace(found, kind=hint) if hint in _KINDS else found


def shaping_values(policies: Iterable[Any]) -> list[tuple[str, str, str]]:
    """List class, field and value of all that shapes the rows; equal for a run and the one that resumes it."""
    return [
        (type(one).__name__, name, repr(getattr(one, name)))
        for one in policies
        for name, found in settings_of(type(one)).items()
        if found.shapes_rows
    ]
