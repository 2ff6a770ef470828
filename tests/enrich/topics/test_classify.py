"""Invented articles, one for each top-level topic, and what the classifier makes of them."""

import time
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.enrich.topics import classify as module
from transforms.enrich.topics.classify import (
    FLOOR,
    FLOOR_OF_BEST,
    LANGUAGES,
    MAX_TOPICS,
    classify,
    evidence,
    learned_terms,
    score_topics,
    vocabulary_of,
)
from transforms.enrich.topics.deeper import MAX_DEEPER
from transforms.enrich.topics.parts import split_parts
from transforms.enrich.topics.taxonomy import code_named, label, level, top, top_codes
from transforms.enrich.topics.terms import fold_word, split_words

ARTICLES = [
    (
        "arts, culture, entertainment and media",
        "Lindqvist's third novel becomes a film",
        "The film director Mara Lindqvist will bring her novel to the cinema. The actor Tom Ferrel plays a "
        "pianist who gives up concerts. The premiere is planned for the Oakhaven film festival in autumn.",
    ),
    (
        "conflict, war and peace",
        "Shelling resumes hours after ceasefire in Varonia",
        "Artillery fire hit two villages near the front line, the army of Varonia said, hours after a "
        "ceasefire began. Militants blamed government troops. Peacekeepers could not reach the area.",
    ),
    (
        "crime, law and justice",
        "Man sentenced for robbery of Oakhaven jeweller",
        "A court sentenced a man to six years in prison for armed robbery. The jury found him guilty after "
        "the prosecutor showed video evidence. His lawyer said he would appeal.",
    ),
    (
        "disaster, accident and emergency incident",
        "Dozens rescued after landslide buries road",
        "Rescue workers and firefighters dug through rubble after a landslide hit the coast road. The death "
        "toll rose to four and hundreds of people were evacuated.",
    ),
    (
        "economy, business and finance",
        "Norwick Metals raises forecast after strong quarter",
        "Norwick Metals reported net profit of $40 million and raised its revenue forecast. Shares rose 6 "
        "percent on the stock exchange. The chief executive said investors should expect a higher dividend.",
    ),
    (
        "education",
        "Oakhaven schools drop homework in primary classes",
        "Teachers at twelve primary schools will no longer set homework. Pupils will read in the classroom "
        "instead. The school board and the education ministry will look at exam results after a year.",
    ),
    (
        "environment",
        "Wetland to be restored as habitat for rare birds",
        "Conservationists will restore a wetland to protect endangered species. The nature reserve stores "
        "carbon and helps against climate change, an ecologist said. Biodiversity has declined there since "
        "1990.",
    ),
    (
        "health",
        "Hospital starts trial of malaria vaccine",
        "Doctors at Oakhaven hospital began a clinical trial of a vaccine against malaria. Patients with "
        "symptoms of the disease will be treated first, a nurse said. Public health officials welcomed it.",
    ),
    (
        "human interest",
        "Twins celebrate 100th birthday with world record",
        "The sisters celebrated their 100th birthday with a world record for the longest birthday party. A "
        "video of the celebration went viral and a celebrity sent flowers.",
    ),
    (
        "labour",
        "Port workers vote for strike over pay",
        "Members of the trade union at the port voted for strike action over pay and working conditions. The "
        "union said employers had offered a wage rise of one percent and planned layoffs.",
    ),
    (
        "lifestyle and leisure",
        "A pear tart for lazy weekends",
        "This recipe needs five ingredients. Preheat the oven, melt butter with a tablespoon of sugar, and "
        "bake the tart. Serve the dessert with coffee, or take it along on a hiking trip.",
    ),
    (
        "politics",
        "Prime minister calls early election",
        "The prime minister dissolved parliament and called an election for June. Opposition leaders said "
        "voters deserved a choice. The ruling party leads in the polls, and two ministers will resign.",
    ),
    (
        "religion",
        "Bishop opens restored cathedral",
        "The archbishop blessed the cathedral before a congregation of two thousand. Priests, an imam and a "
        "rabbi joined in prayer. Worshippers sang, and the parish held a mass in the evening.",
    ),
    (
        "science and technology",
        "Telescope finds water on distant exoplanet",
        "Astronomers using a space telescope found water vapour on an exoplanet. The scientists ran an "
        "algorithm over the data, and the physicist Ana Reuss called the discovery a breakthrough.",
    ),
    (
        "society",
        "Charity opens house for homeless families",
        "A charity opened a house for homeless families with children. Social workers help parents out of "
        "poverty. Volunteers and donors in the neighbourhood paid for it; immigrants and the elderly are "
        "welcome.",
    ),
    (
        "sport",
        "Late goal sends Oakhaven into the semi-final",
        "The striker scored in stoppage time after the goalkeeper had saved a penalty. The coach praised the "
        "midfielder. Oakhaven play the champions in the semi-final of the tournament.",
    ),
    (
        "weather",
        "Snow and gales expected by the weekend",
        "Forecasters issued a weather warning for snow and gale-force winds. Temperatures will fall to minus "
        "ten degrees Celsius, with snowfall and freezing rain in the north, the weather service said.",
    ),
]


@pytest.mark.parametrize(("name", "headline", "text"), ARTICLES)
def test_each_topic_is_told(name: str, headline: str, text: str) -> None:
    best = classify(headline, text)[0]
    assert best.code == code_named(name)
    assert best.score >= 0.70


def test_every_topic_has_its_article() -> None:
    assert {code_named(name) for name, _, _ in ARTICLES} == set(top_codes())


def test_little_evidence_gives_a_low_score() -> None:
    assert classify(None, "") == ()
    assert classify(None, "It was about noon when she came in and sat down.") == ()
    assert all(it.score < 0.80 for it in classify(None, "They spoke about the game."))


def test_the_headline_counts_more_than_the_text() -> None:
    one, other = "the bishop", "the goalkeeper"
    assert score_topics(one, other)[0].code == code_named("religion")
    assert score_topics(other, one)[0].code == code_named("sport")


def test_a_phrase_is_not_also_its_words() -> None:
    west_bank = dict(zip(top_codes(), evidence(split_parts(None, "the west bank")), strict=True))
    assert west_bank[code_named("economy, business and finance")] == 0.0
    assert west_bank[code_named("conflict, war and peace")] > 0.0


@settings(max_examples=200)
@given(st.none() | st.text(max_size=60), st.text(max_size=500), st.sampled_from(sorted(set(LANGUAGES.values()))))
def test_any_text_gives_probabilities(headline: str | None, text: str, language: str) -> None:
    scored = score_topics(headline, text, language)
    assert sorted(it.code for it in scored) == list(top_codes())
    assert all(0.0 <= it.score <= 1.0 for it in scored)
    assert [it.score for it in scored] == sorted((it.score for it in scored), reverse=True)
    emitted = classify(headline, text, language)
    tops = [it for it in emitted if level(it.code) == 1]
    assert tuple(tops) == scored[: len(tops)]
    assert len(tops) <= MAX_TOPICS
    assert len(emitted) <= MAX_TOPICS + MAX_DEEPER
    assert all(it.score >= FLOOR_OF_BEST for it in tops[:1])
    assert all(it.score >= FLOOR for it in tops[1:])


def test_case_and_typographic_marks_do_not_matter() -> None:
    _, headline, text = ARTICLES[0]
    assert score_topics(headline.upper(), text.replace("'", "’").title()) == score_topics(headline, text)


@pytest.mark.parametrize("language", ["en", "ar", "de", "zh"])
@pytest.mark.parametrize("text", ["a" * 5_000_000, "war " * 1_000_000, "'s" * 1_000_000, "prime " * 500_000])
def test_a_huge_text_costs_no_more_than_its_start(text: str, language: str) -> None:
    score_topics(None, "", language)
    start = time.process_time()
    classify(text, text, language)
    assert time.process_time() - start < 1.0


def test_the_seed_terms_are_in_order() -> None:
    stored = tomllib.loads(files(module.__package__).joinpath("seed_terms.toml").read_text(encoding="utf-8"))
    assert sorted(entry["code"] for entry in stored.values()) == list(top_codes())
    for name, entry in stored.items():
        terms = [*entry["sure"], *entry["terms"], *entry["hints"]]
        assert len(terms) >= 60, name
        assert [term for term in terms if terms.count(term) > 1] == [], name
        for term in terms:
            assert term == term.lower().strip(), term
            assert "*" not in term[:-1], term
            assert not ("*" in term and " " in term), term  # endings are matched in single words only


def test_every_seed_term_can_be_found() -> None:
    vocabulary = vocabulary_of("en")
    words = [*vocabulary.words, *vocabulary.firsts]
    assert [word for word in words if split_words(word) != [fold_word(word)]] == []


def test_learned_words_are_no_seed_terms_and_weigh_less() -> None:
    learned = learned_terms()
    assert sorted(learned) == list(top_codes())
    words = [word for of_class in learned.values() for word in of_class]
    assert 1000 < len(words) < 10_000
    assert all(0.0 < weight <= 0.5 for of_class in learned.values() for weight in of_class.values())
    assert [word for word in words if fold_word(word) != word] == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values()) - {"en"}))
def test_the_terms_of_each_language_are_in_order(language: str) -> None:
    stored = tomllib.loads(files(module.__package__).joinpath(f"terms_{language}.toml").read_text(encoding="utf-8"))
    assert sorted(entry["code"] for entry in stored.values()) == list(top_codes())
    for name, entry in stored.items():
        assert len(entry["terms"]) >= 12, name
        assert [term for term in entry["terms"] if entry["terms"].count(term) > 1] == [], name
        for term in entry["terms"]:
            assert term == term.lower().strip(), term
            assert "*" not in term[1:-1], term
            assert len(term.strip("*")) >= 2 or language == "zh", term


TEASERS = [
    ("ar", "الحكومة تعلن انتخابات برلمانية مبكرة", "politics"),
    ("ar", "المنتخب يفوز بكأس البطولة بعد مباراة صعبة", "sport"),
    ("da", "Regeringen udskriver valg til Folketinget", "politics"),
    ("da", "Brand på sygehuset: Brandvæsenet evakuerede hele bygningen", "disaster, accident and emergency incident"),
    ("de", "Zentralbank senkt die Zinsen, Börse reagiert mit Kursgewinnen", "economy, business and finance"),
    ("de", "Stürmer schießt zwei Tore im Spiel gegen den Meister", "sport"),
    ("es", "El Gobierno convoca elecciones y la oposición pide un debate en el Congreso", "politics"),
    ("es", "La policía detiene a dos sospechosos de un robo en una joyería", "crime, law and justice"),
    ("fr", "La grève des salariés du port continue, les syndicats réclament une hausse des salaires", "labour"),
    (
        "fr",
        "Un séisme fait douze victimes, les secours arrivent",
        "disaster, accident and emergency incident",
    ),
    ("no", "Forskere fant vann på en fjern planet med et nytt teleskop", "science and technology"),
    ("no", "Streiken fortsetter etter at fagforeningen sa nei til lønnsoppgjøret", "labour"),
    ("pt", "Hospital começa a aplicar vacina contra o vírus em pacientes", "health"),
    ("pt", "Professores e alunos voltam às escolas após a greve", "education"),
    ("sv", "Snöoväder väntas i helgen, varnar SMHI", "weather"),
    ("sv", "Biskopen inviger den nya kyrkan efter bönen", "religion"),
    ("zh", "科学家发现遥远行星上有水", "science and technology"),
    ("zh", "球队在决赛中夺冠，球迷庆祝胜利", "sport"),
]
"""Invented headlines: language, words, topic."""


@pytest.mark.parametrize(("language", "headline", "name"), TEASERS)
def test_other_languages_are_told_by_a_headline(language: str, headline: str, name: str) -> None:
    assert label(classify(headline, "", language)[0].code) == name


SHORT = [
    ("Chipmaker unveils faster processor for laptops", "science and technology"),
    ("New search engine lets internet users find old web pages", "science and technology"),
    ("Hackers use software flaw to spread a computer virus by e-mail", "science and technology"),
    ("Pastor tells congregation to pray for peace", "religion"),
    ("Singer's album tops chart for a tenth week", "arts, culture, entertainment and media"),
    ("Retailer cuts profit forecast and shares fall", "economy, business and finance"),
    ("Parliament rejects the bill after a heated debate", "politics"),
    ("Cholera outbreak: hospital treats forty patients", "health"),
]
"""Invented teasers of English."""


@pytest.mark.parametrize(("headline", "name"), SHORT)
def test_a_short_teaser_gets_a_topic(headline: str, name: str) -> None:
    assert label(top(classify(headline, "")[0].code)) == name
