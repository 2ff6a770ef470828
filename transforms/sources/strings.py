"""Strings of feeds and records as plain text and as HTML."""

import html
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from transforms.characters import unescape

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)((?:[\s/][^<>]*)?)>")
_LONGEST_LINE = 20_000
"""Characters of markup that one line of text is read from; what is longer is neither a headline nor a name."""

_BLOCK = "(?:p|div|article|section|h[1-6]|ul|ol|blockquote|table|figure|pre|span|br|img|a|b|i|em|strong)"
_WRAPPED = re.compile(rf"<{_BLOCK}(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_WRAPPED_END = re.compile(rf"(?:</{_BLOCK}\s{{0,20}}>|<(?:br|img|hr)(?:\s[^<>]{{0,2000}})?/?>)\Z", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[A-Za-z/!]")
_KNOWN = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|blockquote|br|center|cite|code|dd|del|dfn|div|dl|dt|em|figcaption|figure|font"
    "|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|rp|rt|ruby|s|samp|script|small|span|strike|strong"
    "|style|sub|sup|table|tbody|td|th|time|tr|tt|u|ul|var|wbr",
    re.IGNORECASE,
)


def squeeze(text: Any) -> str:
    """Return a string with each run of white space as one space; '' for anything else."""
    return " ".join(text.split()) if isinstance(text, str) else ""


def text_or_none(value: Any) -> str | None:
    """Return a string without white space around it; None for an empty one and for anything else."""
    return value.strip() or None if isinstance(value, str) else None


def name_json_type(value: Any) -> str:
    """Name the type of a JSON value as one who wrote the file knows it, with its article.

    >>> [name_json_type(value) for value in ({}, [], "a", 5, 0.5, True, None)]
    ['an object', 'a list', 'a string', 'a number', 'a number', 'a boolean', 'null']
    """
    if value is None:
        return "null"
    kinds = ((dict, "an object"), (list, "a list"), (str, "a string"), (bool, "a boolean"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that are not empty, in order, each once."""
    return tuple(dict.fromkeys(value for value in values if value))


def html_to_plain(markup: Any) -> str:
    """Return one line of text: HTML elements dropped, references resolved, white space squeezed.

    What merely looks like a tag stays, as in a headline about one; there no tag has attributes or an end.

    >>> html_to_plain("Rye &amp; <b>oats</b> 2 < 3"), html_to_plain("A &lt;3 B"), html_to_plain("The <video> tag")
    ('Rye & oats 2 < 3', 'A <3 B', 'The <video> tag')
    >>> html_to_plain("Oats<svg/onload=alert(1)><script>x</script>")
    'Oats'
    """
    if not isinstance(markup, str):
        return ""
    markup = markup[:_LONGEST_LINE]
    markup = _COMMENT.sub("", markup) if "<!--" in markup else markup
    tags = _TAG.findall(markup)
    if any(slash or "=" in attributes or _KNOWN.fullmatch(name) for slash, name, attributes in tags):
        try:
            # "<" before anything but a tag would swallow what follows it.
            root = lxml_html.fragment_fromstring(re.sub(r"<(?![A-Za-z/!])", "&lt;", markup), create_parent="div")
            etree.strip_elements(root, "script", "style", etree.Comment, with_tail=False)
            markup = html.escape(str(root.text_content()), quote=False)
        except (etree.LxmlError, ValueError, AssertionError):
            markup = re.sub(r"<[^<>]*>", " ", markup)
    return squeeze(unescape(markup))


def plain_to_html(text: str) -> str:
    r"""Return plain text as HTML paragraphs, split at blank lines.

    >>> plain_to_html("a < b\n\nc")
    '<p>a &lt; b</p><p>c</p>'
    """
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in paragraphs if part.strip())


def is_wrapped(text: str) -> bool:
    """Return whether a text begins with a tag and ends with one.

    >>> is_wrapped("<p>One.</p> <p>Two.</p>"), is_wrapped("<b> is a tag"), is_wrapped("Use <b>")
    (True, False, False)
    """
    text = text.strip()
    return bool(_WRAPPED.match(text) and _WRAPPED_END.search(text, max(0, len(text) - 2100)))


def unescape_markup(markup: str) -> str:
    """Unescape markup that was escaped once too often: escaped tags around the whole, and no others.

    >>> unescape_markup("&lt;p&gt;Ham &amp;amp; eggs&lt;/p&gt;"), unescape_markup("<p>The tag &lt;p&gt;</p>")
    ('<p>Ham &amp; eggs</p>', '<p>The tag &lt;p&gt;</p>')
    >>> unescape_markup("&lt;b&gt; makes bold")
    '&lt;b&gt; makes bold'
    """
    for _ in range(2):
        start = markup.lstrip()[:4].lower()
        if not start.startswith(("&lt;", "&#60", "&#x3")) and not start.startswith("&amp"):
            break
        if _ANY_TAG.search(markup):
            break
        once = unescape(markup)
        if not is_wrapped(once) and not is_wrapped(unescape(once)):
            break
        markup = once
    return markup
