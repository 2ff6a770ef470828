"""Parts of a plain-text article that are not its text: "read more" links and lists of links."""

import re

from transforms.articles.blocks import Block
from transforms.articles.cleaning.rules import name_rule
from transforms.articles.credits import is_site, read_credit, site_name

_NOUN = r"(?:article|story|report|post|piece|text|coverage|version|interview|analysis|column|news)"
_CALL = re.compile(
    rf"""(?:^|(?<=[\s\[(…»>.|–—-]))
    (?:please\s+)?(?:click\s+(?:here\s+)?(?:to\s+|for\s+)?|to\s+|for\s+)?(?:
      (?:read|learn|find\s+out)\s+more | read\s+(?:on|further|it\s+all|the\s+(?:rest|original|whole\s+thing))
    | read\s+(?:the\s+|this\s+)?(?:rest\s+of\s+(?:the|this)\s+)?(?:full|whole|entire|complete|original)?\s*{_NOUN}
    | (?:continue|keep)\s+reading(?:\s+(?:the|this)\s+(?:full\s+)?{_NOUN}|\s+[“"‘'].{{1,150}}?[”"’'])?
    | (?:see|view|find|get)\s+(?:the\s+)?(?:full|whole|original|complete)\s+{_NOUN}
    | (?P<noun>(?:the\s+)?(?:full|whole|original|complete)\s+{_NOUN})
    | more(?=\s+at\s|,\s+(?:visit|see|go\s+to)\s|\s*(?:…|\.\.\.)\s*[)\]]$)
    | weiterlesen | mehr\s+lesen
    | (?:den\s+|zum\s+)?(?:ganzen|vollständigen|vollen)\s+(?:artikel|beitrag|text)(?:\s+lesen)?
    | lire\s+(?:la\s+suite|plus|l['’]article(?:\s+(?:complet|intégral|original|entier))?|l['’]intégralité)
    | leer\s+(?:más|el\s+artículo|la\s+(?:noticia|nota))(?:\s+complet[oa])? | (?:seguir|sigue|continuar)\s+leyendo
    | leggi\s+(?:tutto|di\s+più|l['’]articolo(?:\s+completo)?) | lees\s+(?:meer|verder) | leia\s+mais
    )(?:\s+(?:here|online))?
    (?:(?:,?\s+(?P<at>(?:over\s+)?at|on|in|from|via|visit|see|go\s+to|by|bei|auf|sur|dans|chez|en|su|op|em|no|na)\s+
        |\s*(?P<colon>:)\s*|\s+[-–—|»→]+\s+)
      (?P<site>\S(?:(?![.!?…]\s).){{0,80}}?))?
    [\s»›→>\].)…:!]*+$""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = 320
"""Code points from the end of a paragraph in which a call may start."""
_ELLIPSIS_AFTER_STOP = re.compile(r"(?<=[.!?”\"])\s+(?:…|\.\.\.)$")


def cut_read_more(paragraph: str) -> tuple[str, str | None] | None:
    """Cut the "read more" that ends a paragraph, and return the site it names; None without one.

    A call starts a sentence or follows an ellipsis, bracket or dash. The ellipsis of a teaser cut short stays.

    >>> cut_read_more("The port is open again… [Read more at The Daily Example »]")
    ('The port is open again…', 'The Daily Example')
    >>> cut_read_more("Visitors can read more at the library.") is None
    True
    """
    start = max(0, len(paragraph) - _TAIL)
    while call := _CALL.search(paragraph, start):
        start = call.start() + 1
        before = paragraph[: call.start()].rstrip()
        if not (call.group()[0].isupper() or not before or before.endswith(tuple("[(…—–|»>."))):
            continue
        site, at = None, (call["at"] or "").lower()
        if call["site"]:
            site = site_name(call["site"])
            if not site and at.endswith("at") and " " not in call["site"]:
                site = call["site"].strip(".»>]")
            if not site:
                continue
        if (
            call["noun"]
            and before
            and not call.group().lower().startswith("click")
            and not (call["colon"] or at in ("at", "bei") or is_site(site or ""))
        ):
            continue  # "… The full report on Port Ellery" is a sentence
        return _ELLIPSIS_AFTER_STOP.sub("", before.rstrip(" [(|»›>→–—-")), site
    return None


def without_read_more(paragraphs: list[str]) -> tuple[list[str], str | None]:
    """Return the paragraphs that are neither "read more" nor boilerplate, and the first site that one names."""
    kept: list[str] = []
    first_site = None
    for paragraph in paragraphs:
        line, site = cut_read_more(paragraph) or (paragraph, None)
        first_site = first_site or site
        if line and not is_plain_boilerplate(line):
            kept.append(line)
    return kept, first_site


def is_plain_boilerplate(line: str) -> bool:
    """Return whether cleaning removes a paragraph wherever it stands; a credit or the head of a list is read first."""
    return name_rule(Block(line)) not in (None, "boilerplate.link_list") and read_credit(line) is None


def find_list(body: list[str]) -> int:
    """Find where a closing list of links starts, heading included; the length of body without one."""
    first = len(body)
    for start in range(len(body) - 1, 0, -1):
        line = body[start]
        if len(line) > 180 or (line.endswith(".") and not read_credit(line)):
            break
        if name_rule(Block(line)) == "boilerplate.link_list":
            first = start
    return first
