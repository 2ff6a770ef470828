"""Hostile sitemaps, subscriptions and lists of addresses."""

from collections.abc import Callable

from tests.support.hostile.feeds import laughs
from tests.support.hostile.makers import ADDRESSES, Making, add, add_pumps, fill
from tests.support.hostile.pages import attribute_words, cut


def _sitemap(making: Making, inside: str) -> str:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{making.host()}/good</loc></url>{inside}</urlset>"
    )


_SITEMAP_SITES = {
    "loc": "<url><loc>http://s.example/#</loc></url>",
    "lastmod": "<url><loc>http://s.example/</loc><lastmod>2024-05-03T#</lastmod></url>",
    "title": "<url><loc>http://s.example/</loc><news:news><news:title>#</news:title></news:news></url>",
    "date": "<url><loc>http://s.example/</loc><news:news><news:publication_date>#</news:publication_date></news:news></url>",
}


def _sitemap_site(form: str) -> Callable[[Making, str], str]:
    return lambda making, text: _sitemap(making, form.replace("#", text))


for _site, _form in _SITEMAP_SITES.items():
    add_pumps(f"sitemap.{_site}", ".xml", _sitemap_site(_form))
add(
    ".xml",
    sitemap__many=lambda m: _sitemap(
        m, "".join(f"<url><loc>{m.host()}/{n}</loc></url>" for n in range(min(1_500, m.size // 60)))
    ),
    sitemap__nested=lambda m: _sitemap(m, "<url>" * (m.size // 5)),
    sitemap__unclosed=lambda m: _sitemap(m, "<url><loc>http://s.example/" * (m.size // 100)),
    sitemap__files=lambda m: _sitemap(m, "".join(f"<url><loc>{a}</loc></url>" for a in ADDRESSES)),
    sitemap__laughs=lambda m: laughs(m).replace("rss", "urlset"),
    sitemap__attributes=lambda m: _sitemap(m, f"<url {attribute_words(m)}/>"),
    sitemap__index=lambda m: (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<sitemap><loc>{a}</loc></sitemap>" for a in (*ADDRESSES, f"{m.host()}/s.xml"))
        + "</sitemapindex>"
    ),
    sitemap__truncated=cut(lambda m: _sitemap(m, f"<url><loc>{m.host()}/2</loc></url>" * 40).encode()),
)


def _opml(making: Making, inside: str) -> str:
    return f'<opml version="2.0"><head><title>{making.token}</title></head><body>{inside}</body></opml>'


add(
    ".opml",
    opml__addresses=lambda m: _opml(m, "".join(f"<outline xmlUrl='{a}'/>" for a in ADDRESSES)),
    opml__nested=lambda m: _opml(m, "<outline text='a'>" * (m.size // 20)),
    opml__attributes=lambda m: _opml(m, f"<outline {attribute_words(m)}/>"),
    opml__many=lambda m: _opml(
        m, "".join(f"<outline xmlUrl='{m.host()}/{n}'/>" for n in range(min(300, m.size // 50)))
    ),
    opml__references=lambda m: _opml(m, f"<outline text='{fill('AT&T & R&D ', m.size)}' xmlUrl='{m.host()}/f'/>"),
    opml__laughs=lambda m: laughs(m).replace("rss", "opml"),
    opml__long_text=lambda m: _opml(m, f"<outline text='{fill('a ', m.size)}' xmlUrl='{m.host()}/f'/>"),
    opml__long_address=lambda m: _opml(m, f"<outline xmlUrl='{m.host()}/{fill('a/../', m.size)}'/>"),
    opml__truncated=cut(lambda m: _opml(m, f"<outline xmlUrl='{m.host()}/f'/>" * 20).encode()),
    opml__nothing=lambda m: _opml(m, "<outline text='no address'/>"),
)
add(
    ".txt",
    list__addresses=lambda m: "\n".join((*ADDRESSES, f"{m.host()}/1", f"{m.host()}/2", f"{m.host()}/3")),
    list__many=lambda m: "\n".join(f"{m.host()}/{n}" for n in range(min(300, m.size // 40))),
    list__long_lines=lambda m: "\n".join(f"{m.host()}/{n}/{fill('a/', m.size // 3)}" for n in range(3)),
    list__returns=lambda m: "\r".join(f"{m.host()}/{n}" for n in range(50)),
    list__zero_bytes=lambda m: "\n".join(f"{m.host()}/{n}\0" for n in range(50)),
    list__spaces=lambda m: "\n".join(f"{' ' * 500}{m.host()}/{n}{' ' * 500}" for n in range(50)),
    list__blank_lines=lambda m: f"{m.host()}/1" + "\n" * m.size + f"{m.host()}/2",
    list__escapes=lambda m: "\n".join(f"{m.host()}/\x1b[31m{n}" for n in range(20)),
)
