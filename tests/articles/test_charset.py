"""Who decides about the encoding of a page is recorded, and bytes are believed before words."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Origin, Response
from transforms.articles import double_utf8
from transforms.articles.charsets import codec_for_label, decode_bytes, standard_name
from transforms.articles.read import read_document

URL = "https://harbourtimes.example/2024/pier"
TEXT = "<html{}><head>{}</head><body><p>Grüße aus Köln – „schön“</p></body></html>"
PLAIN = "<html><head>{}</head><body><p>Words in ASCII alone</p></body></html>"
META = TEXT.format("", '<meta charset="{}">')


@pytest.mark.parametrize(
    ("body", "header", "charset", "source"),
    [
        (TEXT.encode("utf-8-sig"), None, "utf-8", "bom"),
        (TEXT.encode("utf-8-sig"), "latin-1", "utf-8", "bom"),
        (TEXT.encode("utf-16"), None, "utf-16-le", "bom"),
        (TEXT.encode(), "UTF-8", "utf-8", "header"),
        (TEXT.encode(), None, "utf-8", "detected"),
        (TEXT.encode(), "iso-8859-1", "utf-8", "detected"),
        (META.format("utf-8").encode(), None, "utf-8", "meta"),
        (META.format("utf-8").encode(), "iso-8859-1", "utf-8", "meta"),
        (META.format("iso-8859-1").encode(), None, "utf-8", "detected"),
        (TEXT.encode("cp1252"), "ISO-8859-1", "windows-1252", "header"),
        (META.format("latin1").encode("cp1252"), None, "windows-1252", "meta"),
        (META.format("latin1").encode("cp1252"), "utf-8", "windows-1252", "meta"),
        (TEXT.format(" lang='de'", "").encode("cp1252"), None, "windows-1252", "detected"),
        (TEXT.format(" lang='de'", "").encode("cp1252"), "utf-8", "windows-1252", "detected"),
        (TEXT.format(" lang='de'", "").encode("cp1252"), "no-such-charset", "windows-1252", "detected"),
        (TEXT.encode() + b"\xff", "utf-8", "utf-8", "header"),
        (TEXT.encode("utf-16-le"), "utf-16le", "utf-16-le", "header"),
        (PLAIN.encode(), None, "utf-8", "default"),
        (PLAIN.encode(), "iso-8859-1", "windows-1252", "header"),
        (PLAIN.format('<meta charset="euc-jp">').encode(), "utf-16", "euc-jp", "meta"),
        ("<html><head>{}</head><p>日本語の新聞".encode("shift_jis"), "Shift_JIS", "shift_jis", "header"),
        ("<html><head>{}</head><p>日本語の新聞".encode("iso2022_jp"), "iso-2022-jp", "iso-2022-jp", "header"),
        ('<?xml version="1.0" encoding="iso-8859-2"?><p>Łódź'.encode("iso8859-2"), None, "iso-8859-2", "meta"),
        (b"", None, "utf-8", "default"),
    ],
)  # fmt: skip
def test_who_decides_is_recorded(body: bytes, header: str | None, charset: str, source: str) -> None:
    found = decode_bytes(body, charset=header)
    assert (found.charset, found.source) == (charset, source)
    assert "\ufffd" not in found.text.rstrip("\ufffd")


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "cp932", "iso8859_15", "koi8_r", "gb18030", "euc_kr", "big5"])
def test_names_are_those_of_the_web_and_python_knows_them(codec: str) -> None:
    name = standard_name(codec)
    assert name == name.lower()
    assert "x".encode(name) == b"x"


def test_what_looking_at_the_bytes_gave_is_no_header() -> None:
    body = TEXT.encode("utf-16-le")
    assert decode_bytes(body, charset="utf-16", charset_is_header=False).source == "detected"


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "big5", "iso-2022-jp", "x"]))
def test_all_bytes_decode(body: bytes, header: str | None) -> None:
    found = decode_bytes(body, charset=header)
    assert found.source in ("bom", "header", "meta", "detected", "default")
    assert found.charset == found.charset.lower()


@pytest.mark.parametrize(
    ("media", "content_type", "charset", "source"),
    [
        ("html", "text/html; charset=ISO-8859-1", "windows-1252", "header"),
        ("text", "text/plain; charset=ISO-8859-1", "windows-1252", "header"),
        ("html", "text/html", "windows-1252", "detected"),
    ],
)
def test_an_article_knows_how_it_was_read(media: str, content_type: str, charset: str, source: str) -> None:
    told = "Die Fähre über die Süderau fährt wieder, wie die Gemeinde Großenbrück am Freitag mitteilte."
    body = f"<html lang='de'><body><article><p>{told}</p></article></body></html>" if media == "html" else told
    article = read_document(
        Document(
            media=media,
            origin=Origin(uri="list.txt", kind="url_list"),
            body=body.encode("cp1252"),
            charset="ISO-8859-1" if "charset" in content_type else None,
            url=URL,
            response=Response(url=URL, status=200, content_type=content_type),
        )
    )
    assert article.text == told
    assert (article.charset, article.charset_source) == (charset, source)


JAPANESE = "港の理事会は月曜日、防波堤を四百万マルクで再建することに同意した。"


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "cp932", f"①{JAPANESE}髙橋と﨑本"),
        ("x-sjis", "cp932", f"①{JAPANESE}"),
        ("windows-31j", "cp932", f"①{JAPANESE}"),
        ("EUC-KR", "cp949", "똠방각하 항만 이사회는 방파제를 재건하기로 했다"),
        ("ks_c_5601-1989", "cp949", "펲시 항만 이사회"),
        ("gb2312", "gb18030", "镕基 港口委员会決定重建防波堤"),
        ("x-gbk", "gb18030", "港口委员会決定重建"),
        ("Big5", "big5hkscs", "港口委員會嘅決定"),
        ("x-x-big5", "big5hkscs", "港口委員會決定"),
        ("iso-8859-11", "cp874", "คณะกรรมการท่าเรือ “กำแพง”"),
        ("windows-874", "cp874", "คณะกรรมการท่าเรือ…"),
        ("iso-8859-8-i", "iso8859-8", "מועצת הנמל החליטה לבנות"),
        ("iso-8859-9", "cp1254", "Liman “meclisi” dalgakıranı yeniden yapıyor"),
        ("x-cp1251", "cp1251", "Порт восстановит волнолом"),
        ("x-mac-cyrillic", "mac-cyrillic", "Порт восстановит волнолом"),
        ("iso88592", "iso8859-2", "Łódź odbudowuje falochron"),
    ],
)
def test_labels_mean_what_browsers_read(label: str, codec: str, text: str) -> None:
    found = decode_bytes(text.encode(codec), charset=label)
    assert (found.text, found.source) == (text, "header")
    declared = decode_bytes(f'<?xml version="1.0" encoding="{label}"?><a>{text}</a>'.encode(codec), is_xml=True)
    assert (text in declared.text, declared.source) == (True, "meta")


@pytest.mark.parametrize(
    "label",
    ["utf-7", "hex", "idna", "unicode_escape", "undefined", "rot13", "x-user-defined", "no-such", "", "a" * 10_000],
)
def test_labels_that_no_browser_knows(label: str) -> None:
    assert codec_for_label(label) is None


@pytest.mark.parametrize(
    ("label", "body"),
    [("euc-jp", b"\xad\xa1\xb9\xc1"), ("iso-2022-jp", b"\x1b$B-!9A\x1b(B"), ("shift_jis", b"\x87\x40\x8d\x60")],
)
def test_rows_that_vendors_added_to_the_japanese_standard(label: str, body: bytes) -> None:
    assert decode_bytes(body, charset=label).text == "①港"


@pytest.mark.parametrize("label", ["utf-8", None, "windows-1251"])
def test_a_cut_letter_costs_one_letter(label: str | None) -> None:
    text = "Совет порта решил восстановить восточный волнолом"
    found = decode_bytes(text.encode()[:-1] + b", 1", charset=label)
    assert (found.text, found.charset) == (f"{text[:-1]}\ufffd, 1", "utf-8")


def test_a_wrong_byte_in_a_declared_encoding_costs_one_letter() -> None:
    found = decode_bytes(JAPANESE.encode("cp932") + b"\xff.", charset="shift_jis")
    assert (found.text.rstrip(".\ufffd\uf8f3"), found.charset) == (JAPANESE, "shift_jis")


@pytest.mark.parametrize("text", ["Grüße aus Köln – „schön“", "It’s the harbour’s café", JAPANESE, "Порт восстановит"])
def test_what_was_encoded_twice_is_decoded_twice(text: str) -> None:
    for codec in ("latin-1", "cp1252", "cp1251"):
        try:
            wrong = text.encode().decode(codec)
        except UnicodeDecodeError:
            continue
        if codec == "cp1251" and "ü" in text:
            continue  # too few marks to be sure
        assert decode_bytes(f"<p>{wrong}</p>".encode(), charset="utf-8").text == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "text",
    ["NÃO, À «vista»", "He wrote Ã© for é", "Ä…", "ALOÏ…", "Порт «Восток» – №5", "Вёрстка, Їжак, «Ґанок»", "Â", "Ã"],
)
def test_letters_that_are_meant_stay(text: str) -> None:
    assert decode_bytes(text.encode()).text == text


def test_an_article_of_a_feed_knows_how_the_feed_was_read() -> None:
    entry = Entry(title="Pier", summary_html=f"<p>{JAPANESE * 2}</p>", charset="shift_jis", charset_source="meta")
    article = read_document(Document(media="entry", origin=Origin(uri="feed.xml", kind="rss", position=0), entry=entry))
    assert (article.charset, article.charset_source) == ("shift_jis", "meta")


def _sequences(text: str, byte_of: Mapping[str, int]) -> list[str]:
    """The runs of whole sequences of UTF-8 in a text taken for bytes, character by character."""
    found, run, place = [], "", 0
    while place < len(text):
        lead = byte_of.get(text[place], 0)
        count = 1 if 0xC2 <= lead <= 0xDF else 2 if 0xE0 <= lead <= 0xEF else 3 if 0xF0 <= lead <= 0xF4 else 0
        rest = text[place + 1 : place + 1 + count]
        if count and len(rest) == count and all(0x80 <= byte_of.get(char, 0) <= 0xBF for char in rest):
            run += text[place : place + 1 + count]
            place += 1 + count
            continue
        found += [run] if run else []
        run = ""
        place += 1
    return found + ([run] if run else [])


@pytest.mark.parametrize("reading", double_utf8._READINGS)
@given(data=st.data())
def test_sequences_of_utf8_are_found_among_other_characters(reading: double_utf8._Reading, data: st.DataObject) -> None:
    chars = st.one_of(st.sampled_from([*reading.byte_of, "a", "\n"]), st.characters())
    text = data.draw(st.text(chars, max_size=30))
    assert [match.group() for match in reading.run.finditer(text)] == _sequences(text, reading.byte_of)


@pytest.mark.parametrize(
    ("language", "text", "codec"),
    [
        ("zh-TW", "港口委員會決定重建防波堤，工程將於五月開工。", "big5"),
        ("ru", "Совет порта решил восстановить мол.", "koi8_r"),
        ("pl", "Rada portu postanowiła odbudować falochron, więc się cieszą.", "iso8859_2"),
        ("pl", "Rada portu postanowiła odbudować falochron, więc się cieszą.", "cp1250"),
        (
            "",
            "Il consiglio comunale ha approvato martedì il restauro, perché la città lo chiedeva già da più anni.",
            "cp1252",
        ),
    ],
)
def test_encodings_that_are_easily_confused_are_told_apart(language: str, text: str, codec: str) -> None:
    body = f"<html lang='{language}'><body>{''.join(f'<p>{text}</p>' for _ in range(5))}</body></html>".encode(codec)
    assert decode_bytes(body).text == body.decode(codec)
