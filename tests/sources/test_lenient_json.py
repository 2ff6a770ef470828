"""JSON as its writers leave it, in time that grows with its size alone."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.costs import is_linear
from transforms.sources.lenient_json import charset_of, load_lenient, split_array


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Порт снова открыт для судов. " * 9, "cp1251"),
        ("港は月曜日に再開した。" * 20, "shift_jis"),
        ("Le port a été rouvert, a déclaré la mairie. " * 9, "cp1252"),
    ],
)
def test_charset_of_an_older_file(text: str, charset: str) -> None:
    data = f'{{"text": "{text}"}}\n'.encode(charset)
    assert data.decode(charset_of(data)) == data.decode(charset)
    assert charset_of(f'{{"text": "{text}"}}\n'.encode() + b"\xe9 \xff") == "utf-8"


def _values(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text('k",]', max_size=3), inner, max_size=3)


@given(st.recursive(st.none() | st.integers(0, 9) | st.text("a\"\\,[]{}'", max_size=5), _values, max_leaves=9))
def test_an_array_is_split_where_its_elements_end(value: object) -> None:
    elements, is_closed = split_array(json.dumps([value, value]))
    assert is_closed
    assert [json.loads(element) for element in elements] == [value, value]


GROWING = ['"' + '\\"', '{"a":', "[,", ",  ", '"', '{"a":"\\', "[9", '{"a":1}{', "\\ud83d", "[" + "[]" + ","]


@pytest.mark.parametrize("unit", GROWING)
def test_time_grows_with_the_size_alone(unit: str) -> None:
    def cpu(count: int) -> float:
        text = "[" + unit * count
        start = time.process_time()
        try:
            load_lenient(text)
        except ValueError:
            split_array(text)
        return time.process_time() - start

    cpu(100)
    assert is_linear(cpu, (20_000, 80_000), most=12, floor_s=0.05)
