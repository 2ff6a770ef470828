"""The language of a text, by py3langid."""

import functools
import importlib.metadata
import re
from itertools import islice
from typing import Any

from schemas.articles import Article
from schemas.record import replace
from schemas.trouble import LeftOut

READ_CHARS = 600
"""Code points of a text that are read: what follows changes nothing but the time. Of 696 pages in 20 languages, none is
taken for another language than by 1,000."""

MIN_LETTERS = 20
"""Letters a text must have; shorter ones, such as 'Watch live', are identified wrongly as often as rightly."""

MIN_SCORE = 0.25
"""Confidence below which a guess is discarded: digits, codes and keyboard noise get less."""

_CODES = """
ace af am an ar as az ba bcl be bg bn br bs ca crh cs cy da de dz el en eo es et eu ext fa ff fi fo fr fy ga gcf
gcr gd gl gn gom grc gu guw ha hbo he hi hr ht hu hy id ig is it ja jv ka kab kk km kn ko ku ky la lb lg lij ki ln
lo lt lv mg mk ml mn mr ms mt my ne nl nn no nso oc om or pa pcm pl ps pt qu ro ru rw sa se si sk sl sn so sq sr
st sv sw ta te tg th tk tl tr tt ug uk ur uz vec vi vo wa xh yo zh zu
"""

LANGUAGES = frozenset(_CODES.split())
"""Codes that can be found: ISO 639-1, or ISO 639-3 for a language that has no code of two letters."""

_MACRO = {
    "ary": "ar",
    "arz": "ar",
    "fuv": "ff",
    "gug": "gn",
    "kik": "ki",
    "ltg": "lv",
    "sdh": "ku",
    "uzs": "uz",
    "wuu": "zh",
    "yue": "zh",
}
# Labels of the model that ISO 639 subsumes under, or has as, a code of two letters.

_ADDRESS = re.compile(r"\w{1,20}://\S{1,2000}|\S{1,64}@\S{1,250}")
_LETTER = re.compile(r"[^\W\d_]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_IDEOGRAPH_LETTERS = 4  # what one of them says takes about four letters elsewhere


@functools.cache
def _identifier() -> Any:
    # 0.5 s and 90 MB: once per process, and not at import.
    from transforms.enrich.languages.walk import load_identifier  # noqa: PLC0415

    return load_identifier()


@functools.cache
def language_model() -> str:
    """Name and version of the identifier, as ``py3langid X.Y.Z``."""
    return f"py3langid {importlib.metadata.version('py3langid')}"


def detect_language(text: str) -> tuple[str | None, float | None]:
    """Detect the language of a text and the confidence in it, 0 to 1.

    ISO 639-1 where the language has such a code, else ISO 639-3. Only the first :data:`READ_CHARS` code
    points are read, without addresses. The first call in a process loads the model, which takes about 1 s.

    >>> detect_language("The council voted on Monday to repair the old bridge over the river.")[0]
    'en'
    >>> detect_language("Der Stadtrat hat am Montag beschlossen, die alte Brücke zu reparieren.")[0]
    'de'
    >>> detect_language("Watch live")
    (None, None)

    Returns:
        (None, None) for a text that is too short or not language.
    """
    read = text[:READ_CHARS]
    if "@" in read or "://" in read:
        read = _ADDRESS.sub(" ", read)
    if not _has_letters(read):
        return None, None
    code, score = _identifier().classify(read)
    if code == "zxx" or score < MIN_SCORE:  # zxx: ISO 639-2 for "no linguistic content"
        return None, None
    return _MACRO.get(code, code), round(min(float(score), 1.0), 4)


def _has_letters(text: str) -> bool:
    """Return whether a text has MIN_LETTERS; no more than these are looked at in most texts."""
    found = sum(1 for _ in islice(_LETTER.finditer(text), MIN_LETTERS))
    return found == MIN_LETTERS or found + (_IDEOGRAPH_LETTERS - 1) * len(_IDEOGRAPH.findall(text)) >= MIN_LETTERS


def _declared(article: Article) -> str | None:
    """Primary subtag of the declared language: ``en`` of ``en-GB``."""
    return re.split("[-_]", (article.in_language_declared or "").strip().lower())[0] or None


def identify_language(article: Article, *, languages: tuple[str, ...] = ()) -> Article:
    """Set ``in_language``, ``in_language_score`` and ``language_model`` of an article.

    The language that the page declares is never used as that of the text. Only where the text is too short to identify
    does it decide whether the article is kept.

    Args:
        languages: codes as in :data:`LANGUAGES`; empty means all.

    Raises:
        LeftOut: ``language.not_wanted``.
    """
    code, score = detect_language(article.text)
    if languages and (code or _declared(article)) not in languages:
        told = f"in {code}" if code else "in a text too short to tell its language"
        raise LeftOut("language.not_wanted", f"{told}, wanted is {', '.join(languages)}")
    return replace(article, in_language=code, in_language_score=score, language_model=language_model())


def warm_up() -> None:
    """Load the model, so that no text waits for it."""
    _identifier()
