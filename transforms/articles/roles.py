"""The roles of elements, and the tags, words of classes and ids, and ARIA roles that give them."""

import re
from enum import IntFlag
from functools import lru_cache


class Role(IntFlag):
    """What tags, classes, ids and ARIA roles say that an element is, itself or as part of another."""

    ARTICLE = 1 << 0
    MAIN = 1 << 1
    BODY = 1 << 2
    """Body of an article, such as ``article-body`` or ``entry-content``."""
    HEADER = 1 << 3
    FOOTER = 1 << 4
    NAVIGATION = 1 << 5
    ASIDE = 1 << 6
    FORM = 1 << 7
    HIDDEN = 1 << 8
    FIGURE = 1 << 9
    CAPTION = 1 << 10
    LIST = 1 << 11
    LIST_ITEM = 1 << 12
    QUOTE = 1 << 13
    TABLE = 1 << 14
    COMMENT = 1 << 15
    RELATED = 1 << 16
    """Teasers and cards that lead to other articles."""
    SHARE = 1 << 17
    NEWSLETTER = 1 << 18
    BIOGRAPHY = 1 << 19
    BYLINE = 1 << 20
    DATE = 1 << 21
    SUBHEADLINE = 1 << 22
    ADVERTISEMENT = 1 << 23
    TAGS = 1 << 24
    DIALOG = 1 << 25
    """Consent and other dialogs."""
    PAYWALL = 1 << 26
    DISCLAIMER = 1 << 27
    TITLE = 1 << 28
    SUMMARY = 1 << 29
    MEDIA = 1 << 30
    """Players and galleries."""
    PREFORMATTED = 1 << 31


TAG_ROLES: dict[str, int] = {
    name: int(role)
    for name, role in {
        "article": Role.ARTICLE,
        "main": Role.MAIN,
        "header": Role.HEADER,
        "footer": Role.FOOTER,
        "nav": Role.NAVIGATION,
        "menu": Role.NAVIGATION,
        "aside": Role.ASIDE,
        "form": Role.FORM,
        "fieldset": Role.FORM,
        "dialog": Role.DIALOG,
        "figure": Role.FIGURE,
        "figcaption": Role.CAPTION,
        "caption": Role.CAPTION,
        "ul": Role.LIST,
        "ol": Role.LIST,
        "dl": Role.LIST,
        "li": Role.LIST_ITEM,
        "dt": Role.LIST_ITEM,
        "dd": Role.LIST_ITEM,
        "blockquote": Role.QUOTE,
        "table": Role.TABLE,
        "pre": Role.PREFORMATTED,
    }.items()
}

_WORDS: dict[int, str] = {
    Role.ARTICLE: "article post story entry hentry artikel articulo artigo articolo beitrag blogpost newsarticle",
    Role.MAIN: "main maincontent content",
    Role.BODY: "articlebody storybody entrycontent postcontent articlecontent articletext postbody bodytext bodycopy "
    "richtext prose storytext wysiwyg fulltext texte corps cuerpo corpo",
    Role.HEADER: "header masthead topbar hero",
    Role.FOOTER: "footer bottom colophon foot",
    Role.NAVIGATION: "nav navbar navigation menu breadcrumb breadcrumbs pagination pager submenu navi megamenu toc",
    Role.ASIDE: "sidebar aside rail sidecolumn rightcolumn sidenav widget widgets marginal",
    Role.FORM: "form search searchform login signin",
    Role.FIGURE: "figure",
    Role.CAPTION: "caption figcaption imagecaption credit credits bildunterschrift legende legend photocredit",
    Role.COMMENT: "comment comments disqus commentlist kommentare commentaires reactions discussion replies",
    Role.RELATED: "related teaser teasers recommended recommendation recommendations more morenews trending popular "
    "readmore card cards latest outbrain taboola similar suggested upnext promo promos promoted carousel slider "
    "mostread linklist also next previous further topstories verwandt weitere read",
    Role.SHARE: "share sharing social socials follow sharebar addthis sharedaddy shares sociallinks",
    Role.NEWSLETTER: "newsletter newsletters subscribe subscription signup optin cta mailchimp mailing",
    Role.BIOGRAPHY: "bio biography authorbio authorbox authorinfo aboutauthor contributor profile",
    Role.BYLINE: "byline bylines author authors autor autoren auteur writer signature authorname articleauthor",
    Role.DATE: "date datum fecha published pubdate publishdate postdate dateline timestamp time datetime timeago "
    "posted publication",
    Role.SUBHEADLINE: "subtitle subhead subheadline subheading standfirst dek deck strapline chapo unterzeile "
    "entradilla sommario occhiello",
    Role.ADVERTISEMENT: "ad ads advert advertisement adslot adbox sponsored sponsor dfp banner anzeige werbung "
    "adsbygoogle publicite pub affiliate",
    Role.TAGS: "tag tags taglist topics keywords categories category labels",
    Role.DIALOG: "modal popup overlay cookie cookies consent gdpr lightbox interstitial dialog cmp onetrust",
    Role.PAYWALL: "paywall piano premium regwall metered subscriber subscribers locked",
    Role.DISCLAIMER: "disclaimer copyright legal correction",
    Role.TITLE: "title headline heading titre titel titulo titolo",
    Role.SUMMARY: "summary abstract excerpt lead lede intro keypoints highlights",
    Role.MEDIA: "video gallery player slideshow audio podcast jwplayer embed twitter tweet instagram",
}
_ROLES: dict[str, int] = {}
for _role, _words in _WORDS.items():
    for _word in _words.split():
        _ROLES[_word] = _ROLES.get(_word, 0) | int(_role)
_OF_BODY = ("body", "text", "copy")
_OF_ARTICLE = ("article", "story", "post", "entry", "page", "main")
"""Words before one of _OF_BODY where the two name the body of an article."""
_TELLING = frozenset((*_OF_BODY, *(word[start:] for word in _ROLES for start in range(len(word)))))
"""Words that may give a role, alone or joined to the one before."""

ARIA_ROLES: dict[str, int] = {
    name: int(role)
    for name, role in {
        "navigation": Role.NAVIGATION,
        "complementary": Role.ASIDE,
        "contentinfo": Role.FOOTER,
        "banner": Role.HEADER,
        "main": Role.MAIN,
        "article": Role.ARTICLE,
        "dialog": Role.DIALOG,
        "alertdialog": Role.DIALOG,
        "search": Role.FORM,
        "form": Role.FORM,
    }.items()
}

_HIDDEN_NAMES = frozenset((
    "hidden", "hide", "invisible", "offscreen", "d-none", "is-hidden", "u-hidden", "visually-hidden", "visuallyhidden",
    "a11y-hidden", "element-invisible", "sr-only", "screen-reader-text", "screen-reader-only", "screenreader",
    "screen-reader", "assistive-text",
))  # fmt: skip
"""Whole names of classes: ``overflow-hidden`` and ``hidden-xs`` hide nothing from readers."""

READ_ALOUD = _HIDDEN_NAMES - {"hidden", "hide", "invisible", "offscreen", "d-none", "is-hidden", "u-hidden"}
"""Names of what is there for screen readers alone; the others may hide what a script shows."""

_SPACING = frozenset(("margin", "padding", "pad", "border", "spacing", "space", "gap"))
"""Words before "bottom" where a class names the space below an element, not a foot."""

_SHOWN = (":block", ":flex", ":grid", ":inline", ":inline-block", ":table", ":visible", ":contents")
"""How a name ends that shows on some screens what another hides on the rest."""

_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LETTERS_ALONE = bytes(byte if chr(byte).isalpha() else 32 for byte in range(0x80)).ljust(0x100)
_BODY, _HIDDEN = int(Role.BODY), int(Role.HIDDEN)  # as plain integers they cost less


def split_name(name: str) -> list[str]:
    """Return the words that a class or id is made of, lower case, of ASCII letters.

    >>> split_name("article__body--2 readMore")
    ['article', 'body', 'read', 'more']
    """
    if name.islower() and name.isascii():  # nearly all are, and it takes half the time
        return name.encode().translate(_LETTERS_ALONE).decode().split()
    return [word.lower() for word in _TOKEN.findall(name)]


@lru_cache(maxsize=32_768)
def roles_of(about: str) -> int:
    """Return the Role bits that a class, id or other name gives; its words may be joined by hyphens or in camel case.

    >>> Role(roles_of("article__body--related")) == Role.ARTICLE | Role.BODY | Role.RELATED
    True
    >>> [bool(roles_of(name) & Role.FOOTER) for name in ("page-bottom", "margin-bottom-0")]
    [True, False]
    >>> [bool(roles_of(name) & Role.HIDDEN) for name in ("sr-only", "overflow-hidden", "hidden md:block")]
    [True, False, False]
    """
    found = 0
    before = ""
    for word in split_name(about):
        if word in _TELLING:  # few are
            if word != "bottom" or before not in _SPACING:
                found |= _ROLES.get(word, 0) | _ROLES.get(before + word, 0)
            if word in _OF_BODY and before in _OF_ARTICLE:
                found |= _BODY
        before = word
    names = about.lower().split()
    if not _HIDDEN_NAMES.isdisjoint(names) and not any(name.endswith(_SHOWN) for name in names):
        found |= _HIDDEN
    return found
