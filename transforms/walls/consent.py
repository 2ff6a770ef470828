"""Marks of consent walls: in the address, the title, and the text and buttons of a page."""

import re

from transforms.urls import split_url

MOST_TEXT = 8_000
"""Code points of visible text up to which a page can be a consent wall."""

_HOST = re.compile(r"(?:www\.)?(?:consent|guce|cmp|privacy-gate|myprivacy|cookiewall)\.[^.]+\.", re.IGNORECASE)
_PATH = re.compile(
    r"/(?:[\w./-]*/)?(?:collectconsent|consent-?(?:wall|gate|page)?|cookie-?(?:wall|consent|gate|splash)|"
    r"privacy-?(?:wall|gate)|zustimmung|einwilligung|before-you-continue)(?:\.\w{1,5})?/?",
    re.IGNORECASE,
)
_WORDS_OF_PATH = ("consent", "cookie", "privacy", "zustimmung", "einwilligung", "before-you-continue")
"""One of which every such path has."""
_TITLE = re.compile(
    r"before you continue(?: to .{1,60})?|bevor sie (?:fortfahren|zu .{1,60} weitergehen)|avant d['’]accéder à .{1,60}"
    r"|(?:cookie|privacy|datenschutz|consent)[- ]?(?:wall|gate|consent|einstellungen|settings|preferences)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:cookies?|consent\w*|privacy|tracking|personali[sz]ed|personal data|partners?|vendors?|"
    r"legitimate interests?|datenschutz\w*|einwillig\w*|zustimm\w*|werbung|partnern?|personenbezogene\w*|"
    r"consentement|confidentialité|partenaires|données personnelles|consentimiento|privacidad|socios|"
    r"datos personales|toestemming|gegevens|consenso|dati personali)\b",
    re.IGNORECASE,
)
_VOICE = re.compile(
    r"\b(?:(?:we|our|your?|wir|unser\w*|nous|nos|vous|votre|vos|wij|onze?|uw|noi|nostr\w|tuoi?|tua|nosotros|"
    r"nuestr\w+|sus?|tus?)|(?-i:Sie|Ihre\w*))\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"(?:yes,? )?(?:i )?(?:accept|agree|consent|reject|refuse|decline|allow)\b.{0,60}"
    r"|(?:continue|go on) with(?:out)? .{0,60}|(?:manage|more) (?:settings|options|choices|preferences|cookies)"
    r"|.{0,40}(?:akzeptieren|zustimmen|ablehnen|einverstanden)\b.{0,40}"
    r"|(?:tout )?(?:accepter|refuser)\b.{0,40}"
    r"|(?:aceptar|rechazar|accetta\w*|rifiuta\w*|akkoord|accepteren|weigeren)\b.{0,40}",
    re.IGNORECASE,
)
_VALUE = re.compile(rb"<input\b[^<>]{0,500}?\bvalue=[\"']([^\"'<>]{2,80})[\"']", re.IGNORECASE)


def consent_address(url: str | None) -> str | None:
    """Return the part of an address that only consent walls have: a host, or the end of a path.

    >>> consent_address("https://consent.news.example/v2/collectConsent?session=1"), consent_address("https://a.example/")
    ('consent.news.example', None)
    """
    parts = split_url(url)
    host = parts.hostname or ""
    if _HOST.match(host):
        return host
    path = parts.path[:300]
    if path.isascii() and not any(map(path.lower().__contains__, _WORDS_OF_PATH)):
        return None
    return path[:80] if _PATH.fullmatch(path) else None


def is_consent_title(title: str) -> bool:
    """Return whether a title is one that only consent walls have."""
    return _TITLE.fullmatch(title) is not None


def button_labels(html: bytes) -> list[str]:
    """Return the labels of ``<input>`` buttons; those of ``<button>`` are among the visible lines."""
    return [label.decode("utf-8", "replace").strip() for label in _VALUE.findall(html)]


def find_choice(lines: list[str], *, title: str = "") -> str | None:
    """Return the choice that a page offers, such as "Accept all", where next to all of its text is about that.

    Three fifths of the text must be buttons of that kind, or blocks that address the reader ("we", "you") about
    cookies, consent or partners. A title that only consent walls have is enough, too. An article about consent does not
    address its reader.

    Args:
        lines: visible text, one line for each block, buttons included.
        title: title of the page.
    """
    choices = [line for line in lines if len(line) <= 100 and _CHOICE.fullmatch(line)]
    whole = sum(map(len, lines))
    if not choices or not 40 <= whole <= MOST_TEXT:
        return None
    kinds = {word.lower() for line in lines for word in _WORDS.findall(line)}
    if kinds and is_consent_title(title):
        return choices[0]
    buttons = set(choices)
    about = [line for line in lines if line in buttons or (_WORDS.search(line) and _VOICE.search(line))]
    return choices[0] if len(kinds) >= 2 and sum(map(len, about)) >= 0.6 * whole else None
