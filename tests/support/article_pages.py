"""Pages of one invented article, with lines around its headline and text."""

from transforms.articles.metadata import Metadata, read_metadata
from transforms.articles.pages import parse_text
from transforms.articles.walk import read_structure

TITLE = "The eastern pier of Ellery opens again"
PARAGRAPH = (
    "<p>The harbour board of Ellery agreed on Monday to rebuild the eastern pier at a cost of four millions, and work "
    "on it begins in spring, while the ferry lands at the northern quay for two summers.</p>"
)
URL = "https://post.example/news/pier"


def read(above: str = "", below: str = "", *, head: str = "", end: str = "", lang: str = "en") -> Metadata:
    """Read a page with lines above and below its headline, and after its text."""
    tree = parse_text(
        f"<html lang={lang}><head><title>{TITLE} | Ellery Post</title>"
        f"<meta property=og:site_name content='Ellery Post'>{head}</head><body>"
        "<header><a href=/>Ellery Post</a></header>"
        f"<main><article>{above}<h1>{TITLE}</h1>{below}{PARAGRAPH * 6}{end}</article></main></body></html>"
    )
    return read_metadata(tree, read_structure(tree), url=URL)
