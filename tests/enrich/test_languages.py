"""Texts of known language, and the stage around them."""

import functools
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from schemas.articles import Article
from schemas.trouble import LeftOut
from tests.support.collect import collect
from tests.support.samples import make_article
from transforms.enrich.languages import identify as languages
from transforms.enrich.languages.identify import LANGUAGES, detect_language, identify_language
from transforms.enrich.languages.stage import IdentifyLanguages

TEXTS = {
    "en": "The council of Oakhaven voted on Monday to repair the old bridge over the river.",
    "de": "Der Stadtrat von Eichhafen hat am Montag beschlossen, die alte Brücke zu reparieren.",
    "fr": "Le conseil municipal de Chênehavre a voté lundi la réparation du vieux pont sur la rivière.",
    "es": "El ayuntamiento de Roblepuerto votó el lunes a favor de reparar el viejo puente sobre el río.",
    "it": "Il consiglio comunale di Portoquercia ha deciso lunedì di riparare il vecchio ponte sul fiume.",
    "nl": "De gemeenteraad van Eikhaven besloot maandag om de oude brug over de rivier te herstellen.",
    "pt": "A câmara municipal de Porto Carvalho decidiu na segunda-feira reparar a velha ponte sobre o rio.",
    "pl": "Rada miasta Dębowy Port zdecydowała w poniedziałek o naprawie starego mostu na rzece.",
    "ru": "Городской совет в понедельник решил отремонтировать старый мост через реку.",
    "el": "Το δημοτικό συμβούλιο αποφάσισε τη Δευτέρα να επισκευάσει την παλιά γέφυρα.",
    "ar": "قرر مجلس المدينة يوم الاثنين إصلاح الجسر القديم فوق النهر.",
    "zh": "市议会星期一决定修复河上的旧桥。",
    "ja": "市議会は月曜日、川にかかる古い橋を修理することを決めた。",
    "ko": "시의회는 월요일에 강 위의 오래된 다리를 수리하기로 결정했다.",
    "hi": "नगर परिषद ने सोमवार को नदी पर बने पुराने पुल की मरम्मत करने का निर्णय लिया।",
}

NO_LANGUAGE = [
    "",
    " \n\t",
    "OK",
    "Watch live",
    "12.5 — 13.7 % 2024-05-01 1,000 7:30 (100)",
    "https://news.example/a/long/path/of/an/article/in/english/words.html",
    "desk@news.example, reporter@news.example",
    "????????????????????????????????",
    "\x00\x01\x02" * 100,
    "\ud800" * 50,
]


def article(text: str, **more: Any) -> Article:
    return make_article(text=text, in_language=None, **more)


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_a_sentence_is_enough(code: str, text: str) -> None:
    found, score = detect_language(text)
    assert found == code
    assert score is not None
    assert languages.MIN_SCORE <= score <= 1.0


@pytest.mark.parametrize("text", NO_LANGUAGE)
def test_what_is_no_language_has_none(text: str) -> None:
    assert detect_language(text) == (None, None)


def test_only_the_start_is_read() -> None:
    text = (TEXTS["en"] + " ") * 40
    assert len(text) > languages.READ_CHARS
    assert detect_language(text + TEXTS["ru"] * 1000) == detect_language(text)


def test_every_code_the_model_knows_is_declared() -> None:
    labels = languages._identifier().labels
    assert {languages._MACRO.get(code, code) for code in labels} - {"zxx"} == LANGUAGES


@functools.cache
def of_the_library() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@pytest.mark.parametrize("text", [*TEXTS.values(), *NO_LANGUAGE, " ".join(TEXTS.values()), "A", "AB", "The " * 500])
def test_the_identifier_gives_what_that_of_the_library_gives(text: str) -> None:
    assert languages._identifier().rank(text) == of_the_library().rank(text)
    assert languages._identifier().classify(text) == of_the_library().classify(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_a_declared_code_or_none(text: str) -> None:
    code, score = detect_language(text)
    assert (code is None) == (score is None)
    assert code is None or (code in LANGUAGES and score is not None and 0.0 <= score <= 1.0)


def test_the_declared_language_is_not_the_language_of_the_text() -> None:
    done = identify_language(article(TEXTS["de"], in_language_declared="en-GB"))
    assert (done.in_language, done.in_language_declared) == ("de", "en-GB")
    assert done.language_model == languages.language_model()
    assert languages.language_model().startswith("py3langid ")
    short = identify_language(article("Watch live", in_language_declared="en-GB"))
    assert (short.in_language, short.in_language_score) == (None, None)


@pytest.mark.parametrize(
    ("text", "declared", "wanted", "kept"),
    [
        (TEXTS["en"], None, ("en",), True),
        (TEXTS["en"], None, ("de", "en"), True),
        (TEXTS["de"], "en", ("en",), False),
        ("Watch live", "en-GB", ("en",), True),
        ("Watch live", "EN_us", ("en",), True),
        ("Watch live", "de", ("en",), False),
        ("Watch live", None, ("en",), False),
        ("Watch live", None, (), True),
    ],
)
def test_which_articles_are_wanted(text: str, declared: str | None, wanted: tuple[str, ...], kept: bool) -> None:
    given_article = article(text, in_language_declared=declared)
    if kept:
        identify_language(given_article, languages=wanted)
    else:
        with pytest.raises(LeftOut) as left:
            identify_language(given_article, languages=wanted)
        assert left.value.reason == "language.not_wanted"


@pytest.mark.parametrize(("bad", "near"), [("eng", "en"), ("DE", "de"), ("xx", "")])
def test_an_unknown_code_is_refused_with_the_nearest(bad: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"'{bad}' is not a language code: .*'{near}"):
        IdentifyLanguages(languages=(bad,))


def test_every_article_leaves_once() -> None:
    articles = [article(text, url=f"https://news.example/{code}") for code, text in TEXTS.items()]
    articles.append(article("Watch live", url="https://news.example/live"))
    found = collect(articles, IdentifyLanguages(languages=("en", "de")))
    assert {it.in_language for it in found.articles} == {"en", "de"}
    assert found.dead == []
    assert len(found.dropped) == len(articles) - 2
    assert {(it.stage, it.outcome, it.reason) for it in found.dropped} == {
        ("language", "filtered", "language.not_wanted")
    }
    counted = {name: found.counters[f"language.{name}"] for name in ("in", "done", "filtered")}
    assert counted == {"in": len(articles), "done": 2, "filtered": len(articles) - 2}


def test_importing_loads_no_model() -> None:
    asked = "import sys, transforms.enrich.languages.identify; print('py3langid' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
