"""Binary formats are known by their first bytes, and no text is taken for one."""

import io
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.signatures import _FORMATS, binary_format


def made() -> dict[str, bytes]:
    tar, archive, parquet = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as file:
        file.addfile(tarfile.TarInfo("note.txt"))
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("note.txt", "x")
    pq.write_table(pa.table({"n": [1]}), parquet)
    return {
        "a tar archive": tar.getvalue(),
        "a zip archive or office document": archive.getvalue(),
        "a Parquet file": parquet.getvalue(),
    }


@pytest.mark.parametrize(("name", "data"), made().items())
def test_real_files(name: str, data: bytes) -> None:
    assert binary_format(data) == name


def test_every_format_is_named() -> None:
    names = [name for name, _ in _FORMATS]
    assert len(set(names)) == len(names)
    assert binary_format(b"\n\n%PDF-1.7") == "a PDF"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"MZ Wallace Nutting sold his chairs.",
        b"ID3 tags, explained",
        b"RIFF raff, said the mayor.",
        b"PK subway closes",
        b"BZh, a name",
        b"PAR1S",
        b"<!doctype html>",
        "Grüße".encode("utf-16"),
        "MZ, die Zeitung".encode("utf-16-le"),
    ],
)
def test_texts_are_not_binary(text: bytes) -> None:
    assert binary_format(text) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc", "Cs"])))
def test_printable_text_is_hardly_ever_binary(text: str) -> None:
    assert binary_format(f"The {text}".encode()) is None or "ftyp" in text or "ustar" in text
