"""The addresses in a page: what relative ones are resolved against, and which can be kept."""

from lxml.html import HtmlElement

from transforms.articles.blocks import MAX_ADDRESS
from transforms.urls import is_plain, is_readable, is_web_url, join_url


def base_of(tree: HtmlElement, url: str | None) -> str | None:
    """Return the address that relative ones of a page are resolved against: that of the page, or what ``<base>`` says.

    >>> from lxml.html import document_fromstring
    >>> base_of(document_fromstring("<base href='/b/'><p>Text"), "https://a.example/c/d")
    'https://a.example/b/'
    """
    element = tree.find("head/base")
    if element is None:
        element = tree.find("body/base")
    written = (element.get("href") or "").strip()[:MAX_ADDRESS] if element is not None else ""
    return (join_url(url, written) or url) if written else url


def resolve(base: str | None, written: str | None) -> str | None:
    """Return the absolute http or https address of a link or picture; None for what is none of these.

    >>> resolve("https://a.example/b", "//c.example/d e"), resolve(None, "mailto:a@b.example"), resolve(None, "/c")
    ('https://c.example/d%20e', None, None)
    """
    written = (written or "").strip()
    if not written or len(written) > MAX_ADDRESS:
        return None
    if written.startswith("//") and not base:
        written = f"https:{written}"
    if is_plain(written) and is_readable(base):
        return written
    found = join_url(base, "".join(written.splitlines()).replace(" ", "%20"))
    return found if found and is_web_url(found) else None
