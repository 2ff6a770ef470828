"""What the address of a page shows of its kind."""

import re

from transforms.urls import split_url

_MAX_URL = 2_000
_WORDS: dict[str, frozenset[str]] = {
    "index": frozenset(
        "tag tags topic topics category categories kategorie categoria categorie thema themen themes tema temas "
        "section sections rubrik rubrique seccion search suche recherche buscar archive archives archiv archivo page "
        "authors latest all browse list lists directory channel schlagwort sujet etiqueta sitemap".split()
    ),
    "person": frozenset("author authors autor autoren auteur auteurs profile profil profiles perfil user users people "
        "staff contributor contributors member members".split()),
    "shop": frozenset("product products shop store item itm dp buy cart collections collection catalog p sku pd "
        "produkt produkte produit produits producto productos".split()),
    "forum": frozenset("forum forums thread threads topic discussion discussions community boards board questions "
        "question viewtopic showthread showtopic t d comments".split()),
    "manual": frozenset("docs doc documentation reference api manual guide guides help wiki learn tutorial tutorials "
        "developer developers support".split()),
    "sell": frozenset("services service solutions solution pricing features platform product products about contact "
        "careers industries capabilities programs".split()),
    "media": frozenset("video videos watch gallery galleries galerie fotos photos bilder bildergalerie fotostrecke "
        "diaporama galeria podcast podcasts audio mediathek slideshow".split()),
    "news": frozenset("news article articles story stories artikel blog blogs opinion politics sport sports world "
        "business nachrichten actualite noticias post posts press".split()),
}  # fmt: skip
_DATE = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)")
_NUMBER = re.compile(r"\d{5,}")
_TOKEN = re.compile(r"[a-z]+")


def measure_address(url: str | None) -> dict[str, float]:
    """Count what of an address shows the kind of its page; all of it is 0 where there is none.

    >>> found = measure_address("https://news.example/2026/05/03/council-votes-to-rebuild-the-old-pier")
    >>> found["url_words"], found["url_date"], found["url_index"]
    (7.0, 1.0, 0.0)
    """
    known = bool(url)
    parts = split_url((url or "")[:_MAX_URL])
    path = parts.path.lower()
    steps = [step for step in path.split("/") if step]
    last = steps[-1] if steps else ""
    words = [word for word in re.split(r"[-_+.]|%20", last) if word.isalpha() and len(word) > 1]
    names = {*steps[:-1], *(parts.hostname or "").split(".")[:-1]}
    names.update(step for step in steps[-1:] if len(words) <= 1)
    tokens = {token for name in names for token in _TOKEN.findall(name)}
    found = {f"url_{kind}": float(bool(tokens & those)) for kind, those in _WORDS.items()}
    return {
        "url_known": float(known),
        "url_depth": float(min(len(steps), 8)),
        "url_root": float(known and not steps),
        "url_words": float(min(len(words), 15)),
        "url_date": float(bool(_DATE.search(path))),
        "url_number": float(bool(_NUMBER.search(path))),
        "url_query": float(bool(parts.query)),
        **found,
    }


_FORUM_HOSTS = frozenset(("forum", "forums", "community", "discuss", "discussions", "discourse", "boards"))
_MANUAL_HOSTS = frozenset(("docs", "doc", "documentation", "developer", "manual", "wiki"))
_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("forum", re.compile(r"/(?:threads?|forums?|boards?)/|viewtopic|showthread|showtopic|/t/[^/]{1,200}/\d+/")),
    ("product", re.compile(r"/(?:products?|dp|itm|services?|solutions|pricing)/")),
    ("listing", re.compile(r"/(?:docs?|documentation|manual|shop|collections)/")),
    (
        "product",
        re.compile(r"/(?:departments?|courses|seminars|degrees|plans|use-cases|tools|calculators?)/(?=[^/])"),
    ),
)
_NEWS = re.compile(
    r"/(?:news|articles?|artikel|blogs?|stor(?:y|ies)|press[ae]?|prensa|meldung(?:en)?|nachrichten|actualites?|noticias?"
    r"|posts?|(?:19|20)\d\d)/"
)
"""Steps of the addresses of articles, which may be below the services of an office or the documents of a company."""
_LISTS = re.compile(
    r"/(?:(tags?|schlagwort|etiqueta|category|categories|search|suche|buscar)|(authors?|autor|auteur))/"
)
_NAMES_OFFER = re.compile(
    r"/(?!(?:the|best|top|how|why|what)[-_+.])(?:[^\W\d_]+[-_+.]){0,3}(?:services|solutions|products|calculators?|pricing"
    r"|leistungen|dienstleistungen|produkte|preise|tarifs|produits|servicios|productos|precios|servizi|prodotti|prezzi"
    r"|servicos|produtos|precos)(?:\.[a-z]{3,5})?/$"
)
"""The last step of the address of what someone offers: up to four words, of which the last says what it is."""
_NAMES_LIST = re.compile(
    r"/(?:(news|blog|aktuelles|nachrichten|actualites|noticias|notizie|archives?|archiv|archivo|videos|podcasts)"
    r"|events|calendar|veranstaltungen|termine|jobs|careers|karriere|vacancies|team|staff|contact|kontakt|contacto"
    r"|contatti)(?:\.[a-z]{3,5})?/$"
)
"""The whole last step of the address of a list; the group is what leads to articles."""
_NAMES_PAGE = re.compile(r"(?:^|&)(?:p|q|s|t|id|nid|aid|sid|story|storyid|article|articleid|post|news|newsid|page_id)=")
_MOST_WORDS = 3
"""Words in the last step of the address of a list; more of them are the headline of an article."""


def decide_address(url: str | None) -> tuple[str, str] | None:
    """Return the kind that an address names and what names it; None for most.

    >>> decide_address("https://forum.example/t/how-to-start/51"), decide_address("https://news.example/tag/harbour")
    (('forum', 'forum.example'), ('index', '/tag/'))
    >>> decide_address("https://news.example/category/council-votes-to-rebuild-the-pier") is None
    True
    >>> decide_address("https://office.example/tax/data-entry-services"), decide_address("https://office.example/news")
    (('product', '/data-entry-services/'), ('index', '/news/'))
    """
    parts = split_url((url or "")[:_MAX_URL])
    host = parts.hostname or ""
    if not host:
        return None
    path = parts.path.lower().rstrip("/") + "/"
    labels = set(host.split(".")[:-1])
    if labels & _FORUM_HOSTS:
        return "forum", host
    if labels & _MANUAL_HOSTS:
        return "listing", host
    if path == "/" and not _NAMES_PAGE.search(parts.query[:_MAX_URL]):
        return "index", "the address of a home page"
    is_news = _NEWS.search(path) is not None
    for kind, form in _PATHS:
        found = form.search(path)
        if found and (kind == "forum" or not is_news):
            return kind, found[0]
    found = _NAMES_OFFER.search(path)
    if found and not is_news:
        return "product", found[0]
    found = _NAMES_LIST.search(path)
    if found and not any(char.isdigit() for char in parts.query):
        return ("index" if found[1] else "listing"), found[0]
    found = _LISTS.search(path)
    if found and len(re.findall(r"[^\W\d_]+", path.rstrip("/").rsplit("/", 1)[-1])) <= _MOST_WORDS:
        return ("profile" if found[2] else "index"), found[0]
    return None
