"""Hostile plain texts."""

from collections.abc import Callable

from tests.support.corpus import make_story
from tests.support.hostile.makers import MAKERS, MB, Making, add, add_pumps, fill
from tests.support.hostile.pages import noise, page


def text(making: Making, more: str) -> str:
    """A good text with something hostile behind its second paragraph."""
    headline, paragraphs = make_story(making.chance, making.chance.randrange(10**6))
    return "\n\n".join([f"{headline} {making.token}", *paragraphs[:2], more, paragraphs[2]]) + "\n"


add_pumps("text", ".txt", text)
add_pumps("text.first", ".txt", lambda m, pumped: pumped + "\n\n" + text(m, ""))
add(
    ".txt",
    text__lines=lambda m: text(m, "\n".join(f"This is line {n:06d} of a list." for n in range(m.size // 32))),
    text__heads=lambda m: text(m, "More news\n" * (m.size // 10)),
    text__blank_lines=lambda m: text(m, "\n \n" * (m.size // 3)),
    text__rules=lambda m: text(m, "---\n***\n" * (m.size // 8)),
    text__fields=lambda m: fill("From: a\nSubject: b\n", m.size) + text(m, ""),
    text__rss_pump=lambda m: f"words of {m.token} " + fill("<rss ", 65_000),
    text__channel_pump=lambda m: f"<channel>{m.token}" + fill("<item ", 65_000),
    text__html_pump=lambda m: f"words of {m.token} " + fill("<!DOCTYPE <html <", 65_000),
    text__json_pump=lambda m: f'{{"{m.token}"' + fill('{"a":[', 65_000),
    text__blank=lambda m: " \n\t\u00a0" * (m.size // 4),
    text__empty=lambda _: "",
    text__escapes=lambda m: text(m, "\x1b]0;pwned\x07\x1b[2J [/b][bold red]"),
    text__utf16=lambda m: text(m, "Größe").encode("utf-16"),
    text__utf32=lambda m: text(m, "Größe").encode("utf-32"),
    text__bad_bytes=lambda m: text(m, "#").encode().replace(b"#", b"\xff\xfe\xc3 " * (m.size // 8)),
    text__zero_bytes=lambda m: text(m, "\0" * m.size),
    text__noise=noise,
)
_SPACY: dict[str, Callable[[Making], str]] = {
    "one_paragraph": lambda m: fill("The minister of Norland said in Port Ellery that John Smith was there. ", m.size),
    "paragraphs": lambda m: "\n\n".join(
        f"The minister of Norland {n} said that John Smith{n} of Port Ellery Ltd paid $ {n} million."
        for n in range(m.size // 90)
    ),
    "short_paragraphs": lambda m: "\n\n".join(f"Mr A{n} said." for n in range(m.size // 14)),
    "one_token": lambda m: "A" * m.size,
    "long_tokens": lambda m: " ".join("Ab" * 5_000 for _ in range(max(1, m.size // 10_000))),
    "hyphens": lambda m: fill("a-b-", m.size),
    "dots": lambda m: fill("U.S.", m.size),
    "apostrophes": lambda m: fill("'s'", m.size),
    "currencies": lambda m: fill("$€£", m.size),
    "brackets": lambda m: fill("(((", m.size),
    "quotes": lambda m: fill("“John ‘Smith” ", m.size),
    "new_words": lambda m: " ".join(f"Xq{n}zv" for n in range(m.size // 8)),
    "capitals": lambda m: fill("JOHN SMITH OF NORLAND ", m.size),
    "addresses": lambda m: fill("http://a.example/b?c=d&e=f ", m.size),
    "emoji": lambda m: fill("😀👩‍👩‍👧 ", m.size),
    "no_spaces": lambda m: fill("John,Smith;Norland:Port/Ellery", m.size),
    "scripts": lambda m: fill("Порт 東京 ميناء John Smith ", m.size),
}


def _page_of(making: Making, body: str) -> str:
    return page(making, "", f"<p>{body.replace(chr(10) * 2, '</p><p>')}</p>")


for _name, _make in _SPACY.items():
    MAKERS[f"entities.{_name}"] = (".txt", lambda m, make=_make: text(m, make(m._replace(size=min(m.size, 3 * MB)))))  # type: ignore[misc]
    MAKERS[f"entities.page.{_name}"] = (
        ".html",
        lambda m, make=_make: _page_of(m, make(m._replace(size=min(m.size, 2 * MB)))),  # type: ignore[misc]
    )
