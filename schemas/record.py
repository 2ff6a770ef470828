"""Records: dataclasses whose declaration gives the Arrow schema and the documentation of a table."""

import dataclasses
import functools
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

import pyarrow as pa

from schemas.userinfo import strip_userinfo

_T = TypeVar("_T")

_SCALARS: Mapping[Any, pa.DataType] = {
    str: pa.string(),
    bytes: pa.binary(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def column(
    doc: str, *, default: Any = dataclasses.MISSING, arrow: pa.DataType | None = None, is_stored: bool = True
) -> Any:
    """Declare one column of a record.

    Args:
        doc: what the value means, with its unit and what None says.
        default: the value when the maker of a row gives none.
        arrow: the Arrow type where it is not the one the annotation implies.
        is_stored: False for what goes along with a record inside a pipeline: schemas, rows and comparisons lack it.

    Raises:
        ValueError: an empty ``doc``.
    """
    if not doc.strip():
        raise ValueError("a column needs a description")
    return dataclasses.field(
        default=default, compare=is_stored, metadata={"doc": doc, "arrow": arrow, "is_stored": is_stored}
    )


_ADDRESSES = frozenset({"url", "uri", "address", "moved_to", "redirects_to"})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(column,))
def record(cls: type[_T]) -> type[_T]:
    """Make a class a frozen, slotted, keyword-only dataclass whose every field is documented.

    Strings named as addresses (``url``, ``uri``, ``address``, ``moved_to``, ``…_url``, ``…_uri``) lose the user name
    and password that they hold: no row, file or log that is made of records has any.

    Raises:
        TypeError: a field was declared without ``column(...)``.
    """
    addresses = tuple(name for name in cls.__annotations__ if name in _ADDRESSES or name.endswith(("_url", "_uri")))

    def bare_addresses(self: object) -> None:
        for name in addresses:
            value = getattr(self, name)
            if value is not None and "@" in value:
                object.__setattr__(self, name, strip_userinfo(value))

    if addresses:
        cls.__post_init__ = bare_addresses  # type: ignore[attr-defined]
    made = dataclasses.dataclass(frozen=True, kw_only=True, slots=True)(cls)
    for field in dataclasses.fields(made):  # type: ignore[arg-type]
        if "doc" not in field.metadata:
            raise TypeError(f"{cls.__name__}.{field.name} has no description: declare it with column(...)")
    _write_fast(made)
    return made


def _write_fast(cls: Any) -> None:
    """Let a record be made, pickled and read from a pickle in fewer steps.

    What dataclasses gives frozen classes with slots asks for the fields of a record whenever it is pickled, which a run
    does some seven times with an article and the tens of records that are part of it, and looks up by name where each
    value goes. The code is made as dataclasses makes ``__init__``.
    """
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields]
    if not names:
        return
    made: dict[str, Any] = {f"put_{name}": getattr(cls, name).__set__ for name in names}
    made |= {f"default_{field.name}": field.default for field in fields}
    wanted = (
        field.name if field.default is dataclasses.MISSING else f"{field.name}=default_{field.name}" for field in fields
    )
    lines = [
        f"def get_state(self): return ({' '.join(f'self.{name},' for name in names)})",
        "def set_state(self, state):",
        f"    ({' '.join(f'_{name},' for name in names)}) = state",
        *(f"    put_{name}(self, _{name})" for name in names),
        f"def __init__(self, *, {', '.join(wanted)}):",
        *(f"    put_{name}(self, {name})" for name in names),
        *(["    self.__post_init__()"] if hasattr(cls, "__post_init__") else []),
    ]
    exec("\n".join(lines), made)  # noqa: S102  names of fields alone
    made["__init__"].__annotations__ = cls.__init__.__annotations__
    made["__init__"].__qualname__ = cls.__init__.__qualname__
    cls.__getstate__, cls.__setstate__, cls.__init__ = made["get_state"], made["set_state"], made["__init__"]


if TYPE_CHECKING:
    # A type checker knows the names and types of the columns, then.
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def replace(row, /, **changes):
        """Return a copy of a record with other values in some columns.

        The same as dataclasses.replace, which asks for each field of an article: that takes three times as long.

        Raises:
            AttributeError: the record has no such column.
        """
        made = object.__new__(type(row))
        made.__setstate__(row.__getstate__())
        for name, value in changes.items():
            object.__setattr__(made, name, value)
        check = getattr(made, "__post_init__", None)
        if check is not None:
            check()
        return made


@functools.cache
def hints(cls: Any) -> dict[str, Any]:
    """Resolved annotations of a record, by field name."""
    return typing.get_type_hints(cls)


@functools.cache
def stored_fields(cls: Any) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields of a record that are columns of its table; those of a record that it extends come last."""
    records = [base for base in cls.__mro__[1:] if dataclasses.is_dataclass(base)]
    extended = {field.name for base in records for field in dataclasses.fields(base)}
    fields = sorted(dataclasses.fields(cls), key=lambda field: field.name in extended)
    return tuple(field for field in fields if field.metadata.get("is_stored", True))


def _strip_none(hint: Any) -> tuple[Any, bool]:
    if isinstance(hint, types.UnionType):
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"a column holds one type or None, not {hint}")
        return inner[0], True
    return hint, False


def arrow_type(hint: Any) -> pa.DataType:
    """Give the Arrow type of an annotation.

    >>> arrow_type(tuple[str, ...])
    ListType(list<element: string>)

    Raises:
        TypeError: an annotation that no column may have.
    """
    hint, _ = _strip_none(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if typing.get_origin(hint) is tuple:
        return pa.list_(pa.field("element", arrow_type(typing.get_args(hint)[0])))
    if dataclasses.is_dataclass(hint):
        return pa.struct(list(_fields(typing.cast(type, hint))))
    raise TypeError(f"no Arrow type for {hint}")


def _fields(cls: type) -> Iterable[pa.Field]:
    for field in stored_fields(cls):
        hint = hints(cls)[field.name]
        kind = field.metadata["arrow"] or arrow_type(hint)
        yield pa.field(field.name, kind, _strip_none(hint)[1], {"description": field.metadata["doc"]})


@functools.cache
def arrow_schema(cls: Any) -> pa.Schema:
    """Give the Arrow schema of a record: one field a column, descriptions as field metadata."""
    return pa.schema(list(_fields(cls)), {"record": cls.__name__})


_PLAIN = frozenset({str, int, float, bool, type(None), datetime, date})


@functools.cache
def _stored_names(cls: Any) -> tuple[str, ...] | None:
    """Return the names of the columns of a record; None for any other class."""
    is_record = dataclasses.is_dataclass(cls)
    return tuple(field.name for field in stored_fields(cls)) if is_record else None


def row(value: Any) -> Any:
    """Convert a record to plain dicts and lists, nested records included."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [row(item) for item in value]
    names = _stored_names(value.__class__)
    return value if names is None else {name: row(getattr(value, name)) for name in names}


def json_date(value: object) -> str:
    """Convert a date to text that :func:`from_row` reads; for ``json.dumps(default=…)``.

    Raises:
        TypeError: the value is not a date.
    """
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} does not go into JSON")


def rows_to_table(rows: Iterable[Any], cls: type) -> pa.Table:
    """Convert records of one class to an Arrow table.

    Raises:
        pyarrow.ArrowInvalid: a value that its column cannot hold, None in a required column included.
    """
    plain = [row(item) for item in rows]
    try:
        table = pa.Table.from_pylist(plain, schema=arrow_schema(cls))
    except UnicodeEncodeError:
        # A lone surrogate, which JSON can express, has no UTF-8 form; it must not cost the other rows.
        table = pa.Table.from_pylist(_without_surrogates(plain), schema=arrow_schema(cls))
    table.validate(full=True)
    for name, field in zip(table.column_names, table.schema, strict=True):
        if not field.nullable and table.column(name).null_count:
            raise pa.ArrowInvalid(f"column {name} is required but holds None")
    return table


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {name: _without_surrogates(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value


def from_row(cls: type[_T], values: Mapping[str, Any]) -> _T:
    """Restore the record that :func:`row` converted; columns that the mapping lacks take their default.

    Raises:
        TypeError: a column without default is missing.
    """
    return cls(**{name: _revive(hint, values[name]) for name, hint in hints(cls).items() if name in values})  # type: ignore[arg-type]


def _revive(hint: Any, value: Any) -> Any:
    hint, nullable = _strip_none(hint)
    if value is None:
        # The file is older than this list column: no value was ever written.
        return () if typing.get_origin(hint) is tuple and not nullable else None
    if typing.get_origin(hint) is tuple:
        return tuple(_revive(typing.get_args(hint)[0], item) for item in value)
    if dataclasses.is_dataclass(hint):
        return from_row(typing.cast(type, hint), value)
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    return value
