"""Hostile pages."""

import json
from collections.abc import Callable

from tests.support.corpus import story_page
from tests.support.hostile.makers import KB, MAKERS, Maker, Making, add, add_pumps, fill, maker

_PAGE_SITES: dict[str, Callable[[str], tuple[str, str]]] = {
    "author": lambda x: (f'<meta name="author" content="{x}">', ""),
    "article_author": lambda x: (f'<meta property="article:author" content="{x}">', ""),
    "published": lambda x: (f'<meta property="article:published_time" content="{x}">', ""),
    "published_2024": lambda x: (f'<meta property="article:published_time" content="2024-05-03 {x}">', ""),
    "title": lambda x: (f'<meta property="og:site_name" content="Site"><title>Port {x}</title>', ""),
    "og_title": lambda x: (f'<meta property="og:title" content="Port {x} | Site">', ""),
    "description": lambda x: (f'<meta name="description" content="{x}">', ""),
    "keywords": lambda x: (f'<meta name="keywords" content="{x}">', ""),
    "robots": lambda x: (f'<meta name="robots" content="{x}">', ""),
    "canonical": lambda x: (f'<link rel="canonical" href="http://c.example/{x}">', ""),
    "canonical_host": lambda x: (f'<link rel="canonical" href="http://{x}/">', ""),
    "refresh": lambda x: (f'<meta http-equiv="refresh" content="9;url={x}">', ""),
    "charset": lambda x: (f'<meta http-equiv="Content-Type" content="text/html; charset={x}">', ""),
    "language": lambda x: (f'<meta http-equiv="content-language" content="{x}">', ""),
    "ld_author": lambda x: (_ld({"@type": "NewsArticle", "author": x}), ""),
    "ld_date": lambda x: (_ld({"@type": "NewsArticle", "datePublished": x}), ""),
    "ld_headline": lambda x: (_ld({"@type": "NewsArticle", "headline": x}), ""),
    "ld_body": lambda x: (_ld({"@type": "NewsArticle", "articleBody": x}), ""),
    "ld_type": lambda x: ('<script type="application/ld+json">{"@type":' + x + "</script>", ""),
    "ld_raw": lambda x: ('<script type="application/ld+json">{"@type":"NewsArticle",' + x + "</script>", ""),
    "ld_comment": lambda x: ('<script type="application/ld+json"><!-- /* ' + x + "</script>", ""),
    "byline": lambda x: ("", f'<p class="byline">By {x}</p>'),
    "dateline": lambda x: ("", f"<p>NEW HARROW, {x} (Wire) - The harbour is open again.</p>"),
    "time": lambda x: ("", f'<time datetime="{x}">{x}</time>'),
    "class": lambda x: ("", f'<div class="{x}"><p>Behind a class of many names.</p></div>'),
    "id": lambda x: ("", f'<p id="{x}">Behind a name.</p>'),
    "style": lambda x: ("", f'<p style="display:{x}">Behind a style.</p>'),
    "paragraph": lambda x: ("", f"<p>{x}</p>"),
    "heading": lambda x: ("", f"<h2>{x}</h2>"),
    "caption": lambda x: ("", f'<figure><img src="x" alt="{x}"><figcaption>Photo: {x}</figcaption></figure>'),
    "source_set": lambda x: ("", f'<img srcset="{x}">'),
    "link": lambda x: ("", f'<p><a href="{x}">A link</a> to follow.</p>'),
    "licence": lambda x: ("", f'<p>Copyright © {x}</p><a rel="license" href="{x}">Licence</a>'),
    "quote": lambda x: ("", f"<blockquote>{x}</blockquote>"),
    "preformatted": lambda x: ("", f"<pre>{x}</pre>"),
    "itemprop": lambda x: ("", f'<span itemprop="author">{x}</span><span itemprop="datePublished">{x}</span>'),
    "comment": lambda x: ("", f"<!-- {x} -->"),
    "tag_name": lambda x: ("", f"<{x}>"),
    "unquoted": lambda x: ("", f"<p {x}>An attribute without quotes.</p>"),
    "doctype": lambda x: (f"<!DOCTYPE {x}>", ""),
}


def _ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def page(making: Making, head: str = "", body: str = "", *, title: str | None = None) -> str:
    """A good page with something hostile in its head or between its paragraphs."""
    title = f"Harbour of {making.token} opens again" if title is None else title
    told = "".join(f"<p>{paragraph}</p>" for paragraph in making.paragraphs())
    address = f'<link rel="canonical" href="{making.host()}/story">' if "canonical" not in head else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}<title>{title}</title>{address}</head>'
        f"<body><article><h1>{title}</h1>{told}{body}</article></body></html>"
    )


def _page_site(site: str) -> Callable[[Making, str], str]:
    def make(making: Making, text: str) -> str:
        if site == "tag_name":
            text = text.replace("<", "").replace(">", "")
        return page(making, *_PAGE_SITES[site](text))

    return make


for _site in _PAGE_SITES:
    add_pumps(f"page.{_site}", ".html", _page_site(_site))


def many(piece: str, each: int, most: int = 30_000) -> Callable[[Making], str]:
    return lambda making: "".join(piece.replace("#", str(n)) for n in range(min(most, making.size // each)))


def _in_body(piece: str, each: int, most: int = 29_000) -> Maker:
    repeated = many(piece, each, most)
    return lambda making: page(making, "", repeated(making))


def _in_head(piece: str, each: int, most: int = 29_000) -> Maker:
    repeated = many(piece, each, most)
    return lambda making: page(making, repeated(making))


def attribute_words(making: Making) -> str:
    return " ".join(f'b{n}="1"' for n in range(making.size // 10))


def _attributes(tag: str) -> Maker:
    def make(making: Making) -> str:
        told = " ".join(f"a{n}={n % 10}" for n in range(making.size // 8))
        return page(making, "", f"<{tag} {told}>Many attributes.</{tag}>")

    return make


for _tag in ("p", "script", "style", "textarea", "title", "titlex", "x-y", "svg", "img", "body", "br", "!--", "?xml"):
    MAKERS[f"page.attributes.{_tag}"] = (".html", _attributes(_tag))

for _name, _piece in {
    "unclosed_b": "<b>x",
    "nested_div": "<div>",
    "nested_quote": "<blockquote>",
    "nested_list": "<ul><li>",
    "nested_table": "<table><tr><td>",
    "misnested": "<b><p></b></i>",
    "font": "<font><p>",
    "links": "<a href=/#>#",
    "forms": "<form><input>",
    "select": "<select><option>",
    "svg": "<svg><g>",
    "math": "<math><mi>",
    "template": "<template><p>",
    "noscript": "<noscript><p>",
    "headings": "<h1>Heading #</h1>",
    "times": "<time datetime='2024-13-#'>x</time>",
    "bylines": "<p class=byline>By Ann #</p>",
    "items": "<div itemscope itemprop=author>",
    "short_paragraphs": "<p>Word #.</p>",
    "list_of_lines": "<li>More news</li>",
    "rows": "<tr><td>#</td></tr>",
    "breaks": "line # <br>",
    "comments": "<!-- # ",
    "declarations": "<!#",
    "instructions": "<?a ",
    "cdata": "<![CDATA[ ",
    "end_tags": "</p></div>",
    "frames": "<iframe src=x>",
    "images": "<img src=# alt=x>",
}.items():
    MAKERS[f"page.flood.{_name}"] = (".html", _in_body(_piece, len(_piece)))
for _name, _piece in {
    "dates": '<meta property="article:published_time" content="# foo 2024 xx">',
    "authors": '<meta name="author" content="Ann # and Bob # @@">',
    "scripts": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"h#"}</script>',
    "broken_scripts": '<script type="application/ld+json">{"@type":"NewsArticle","author":[{</script>',
    "canonicals": '<link rel="canonical" href="http://c.example/#">',
    "charsets": '<meta charset="x-#">',
    "titles": "<title>Title #</title>",
    "bases": '<base href="http://b.example/#/">',
}.items():
    MAKERS[f"page.head.{_name}"] = (".html", _in_head(_piece, len(_piece)))


def _nested_ld(opening: str, closing: str) -> Maker:
    def make(making: Making) -> str:
        deep = making.size // 20
        told = opening * deep + '"x"' + closing * deep
        script = '<script type="application/ld+json">{"@type":"NewsArticle","headline":' + told + "}</script>"
        return page(making, script)

    return make


add(
    ".html",
    page__ld__lists=_nested_ld("[", "]"),
    page__ld__objects=_nested_ld('{"author":', "}"),
    page__ld__unclosed=_nested_ld('{"@graph":[', ""),
    page__ld__graph=lambda m: page(
        m, _ld({"@graph": [{"@type": "NewsArticle", "headline": f"h{n}"} for n in range(m.size // 60)]})
    ),
    page__ld__authors=lambda m: page(
        m, _ld({"@type": "NewsArticle", "author": [{"name": f"Ann {n} and Bo"} for n in range(m.size // 30)]})
    ),
    page__ld__number=lambda m: page(
        m, '<script type="application/ld+json">{"@type":"NewsArticle","x":' + "9" * m.size + "}</script>"
    ),
    page__ld__nan=lambda m: page(
        m, '<script type="application/ld+json">{"@type":"NewsArticle","a":NaN,"b":-Infinity,"c":1e999999}</script>'
    ),
    page__ld__wrong_types=lambda m: page(
        m, _ld([{"@type": [[1]], "headline": {"a": 1}, "author": [None, 5, [[]], {"name": {}}], "datePublished": [3]}])
    ),
    page__ld__many_values=lambda m: page(
        m, '<script type="application/ld+json">' + fill('{"@type":"Thing"}', m.size) + "</script>"
    ),
    page__ld__surrogates=lambda m: page(
        m,
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud83d \\udc00","author":"\\u0000"}'
        "</script>",
    ),
    page__character_references=lambda m: page(
        m, "", "<p>" + fill("&#x110000;&#xD800;&#0;&#9999999999;&notit;&amp", m.size) + "</p>"
    ),
    page__control_characters=lambda m: page(m, "", "<p>" + "".join(map(chr, range(32))) * (m.size // 64) + "</p>"),
    page__bidirectional=lambda m: page(m, "", "<p>" + fill("\u202e\u2066\u200f abc ", m.size) + "</p>"),
    page__noncharacters=lambda m: page(m, "", "<p>" + fill("\ufffe\uffff\U0010ffff\ufdd0", m.size) + "</p>"),
    page__escapes=lambda m: page(m, title=f"\x1b]0;{m.token}\x07\x1b[31mred [/b] [bold]"),
    page__data_address=lambda m: page(m, "", f'<img src="data:image/png;base64,{"A" * m.size}">'),
    page__unclosed_script=lambda m: page(m, "<script>" + fill("if (a < b) { ", m.size)),
    page__unclosed_title=lambda m: page(m, "<title>" + fill("a ", m.size)),
    page__plaintext=lambda m: page(m, "", "<plaintext>" + fill("<p>x", min(m.size, 100 * KB))),
    page__frameset=lambda m: f"<frameset>{'<frame src=x>' * (m.size // 20)}</frameset> {m.token}",
    page__no_text=lambda m: f"<html><head><title>{m.token}</title></head><body>{'<div></div>' * (m.size // 200)}",
    page__wall_words=lambda m: page(
        m, "", fill("<p>We use cookies. Accept all. Are you a robot? Verify you are human. </p>", min(m.size, 200 * KB))
    ),
    page__many_words=lambda m: page(m, "", "<p>" + " ".join(f"w{n}" for n in range(m.size // 7)) + "</p>"),
)


def cut(make: Callable[[Making], bytes]) -> Maker:
    def cut(making: Making) -> bytes:
        data = make(making)
        return data[: making.chance.randrange(1, max(2, len(data)))]

    return cut


def noise(making: Making) -> bytes:
    return making.chance.randbytes(making.size)


def _charset(label: str, encoding: str, errors: str = "replace") -> Maker:
    def make(making: Making) -> bytes:
        text = page(making, f'<meta charset="{label}">', "<p>Größe, œuvre, Порт, 東京, 장관, ก, ع.</p>")
        return text.encode(encoding, errors)

    return make


for _label in (
    *("x-user-defined", "utf-7", "iso-2022-jp", "hz-gb-2312", "utf-16", "utf-32", "replacement", "idna", "punycode"),
    *("rot13", "zlib", "base64", "hex", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "cp65001"),
    *("x-sjis", "windows-874", "big5-hkscs", "iso-8859-8-i", "cesu-8", "no-such-charset", "\x00", "utf-8;utf-16"),
):
    MAKERS[f"page.label.{_label!r}"] = (".html", _charset(_label, "utf-8"))
for _encoding in ("utf-16", "utf-16-le", "utf-32-be", "utf-7", "shift_jis", "cp1251", "iso2022_jp", "gb18030", "cp037"):
    MAKERS[f"page.encoding.{_encoding}"] = (".html", _charset("utf-8", _encoding))


@maker("page.bad_bytes", ".html")
def _bad_bytes(making: Making) -> bytes:
    data = bytearray(page(making, '<meta charset="utf-8">').encode())
    for _ in range(len(data) // 20):
        data[making.chance.randrange(len(data))] = making.chance.randrange(128, 256)
    return bytes(data)


add(
    ".html",
    page__ill_formed_utf8=lambda m: (
        page(m, '<meta charset="utf-8">', "<p>#</p>")
        .encode()
        .replace(b"#", b"\xf4\x90\x80\x80\xc0\xaf\xe2\x82" * (m.size // 8))
    ),
    page__surrogate_bytes=lambda m: page(m, "", "<p>#</p>").encode().replace(b"#", b"\xed\xa0\xbd\xed\xb8\x80" * 2_000),
    page__zero_bytes=lambda m: page(m, "", "<p>#</p>").encode().replace(b"#", b"\0" * m.size),
    page__truncated=cut(lambda m: story_page(m.chance, 10**6 + 5).encode() + b"<p>" + m.token.encode() + b"</p>" * 9),
    page__noise=lambda m: b"<html><body><p>" + noise(m),
    page__only_noise=noise,
    page__two_marks=lambda m: b"\xef\xbb\xbf\xff\xfe" + page(m).encode("utf-16-le"),
)
