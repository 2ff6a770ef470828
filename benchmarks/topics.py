"""Accuracy and calibration of topic classification on texts whose topics are known.

Usage: ./run.sh bench topics [--data DIR] [--wrong] [--deeper]

- annotated: pages of the development sets whose admissible top-level topics we wrote down, the chief one first, from
  headline and first lines, before the classifier was run; and the same as teasers, the headline and 25 words. One
  reader, who could not ask another. "Right" is any of them, so calibration is that of an admissible topic.
- entries of feeds: title and summary of entries of seven real feeds of news, annotated after the terms were written,
  with the answers at hand; some dozens of general terms were added then. The calibration has not seen them.
- sections: pages whose section, in JSON-LD, meta or address, is mapped by transforms.enrich.topics.publisher. One topic
  is admissible, although half of the pages fit two, and sections err: the truth is higher.
- SIB-200: single sentences of travel guides, news and encyclopaedias in seven coarse topics, each mapped to
  the top-level codes that are admissible for it. A sentence says less than an article.

What is calibrated on annotated texts is measured on publishers (other languages: languages) that its fit did not see.
The terms themselves were written with most of these pages at hand, so expect a little less elsewhere. "naive" counts
the same words without weights, phrases, headline or lead. Exit code 0, also without the data.
"""

import contextlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measures.development import read_articles
from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from benchmarks.measures.topic_cases import SENTENCES, Case, code_of, read_cases, read_sentences, read_teasers, truth
from benchmarks.train_topics import annotated_cases, fit_cases
from transforms.enrich.topics import classify as model
from transforms.enrich.topics.assign import assign_topics
from transforms.enrich.topics.classify import LANGUAGES, MAX_TOPICS, MODEL, Scored, classify, score_topics
from transforms.enrich.topics.parts import READ_CHARS
from transforms.enrich.topics.taxonomy import label, level, path, top, top_codes
from transforms.enrich.topics.terms import split_words

FOLDS = 10
ALL = 1_000_000
BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
WORDS_OF_ARTICLE = 766
"""Words of the article that costs are stated for."""

Classify = Callable[[Case], Sequence[Scored]]


def classify_case(case: Case) -> tuple[Scored, ...]:
    """Top-level topics of a text, as they are emitted."""
    found = classify(case.headline, case.text, LANGUAGES[case.language])
    return tuple(it for it in found if level(it.code) == 1)


def score_naively(case: Case) -> tuple[Scored, ...]:
    """Share of each topic in the single words of the vocabulary that occur."""
    vocabulary = model.vocabulary_of("en")
    hits = dict.fromkeys(top_codes(), 0)
    for word in split_words(f"{case.headline or ''} {case.text}"[:READ_CHARS]):
        if word in vocabulary.words:
            for c, _ in vocabulary.weights[vocabulary.words[word]]:
                hits[top_codes()[c]] += 1
    whole = max(1, sum(hits.values()))
    scored = (Scored(code, count / whole) for code, count in hits.items())
    return tuple(sorted(scored, key=lambda it: (-it.score, it.code)))[:MAX_TOPICS]


@contextlib.contextmanager
def calibrated(name: str, weights: tuple[float, ...]) -> Iterator[None]:
    """Let the classifier use other weights for a while."""
    shipped = model.calibration
    changed = {**shipped(), name: weights}
    model.calibration = lambda: changed  # type: ignore[assignment]
    try:
        yield
    finally:
        model.calibration = shipped  # type: ignore[assignment]


def cross_validate(cases: list[Case], name: str) -> list[tuple[Case, tuple[Scored, ...]]]:
    """Classify each text with a calibration that has seen none of its group."""
    groups = sorted({case.group for case in cases})
    fold_of = {group: place % FOLDS for place, group in enumerate(groups)}
    found = []
    for fold in range(FOLDS):
        held = [case for case in cases if fold_of[case.group] == fold]
        if held:
            with calibrated(name, fit_cases(case for case in cases if fold_of[case.group] != fold)):
                found += [(case, classify_case(case)) for case in held]
    return found


def show_accuracy(
    name: str, cases: Sequence[Case], find: Classify, right: str = "annotated", *, wrong: bool = False
) -> None:
    """Print one line of the table, and the texts that went wrong."""
    best = chief = among = told = 0
    for case in cases:
        codes: tuple[str, ...] = getattr(case, right)
        found = find(case)
        told += bool(found)
        good = bool(found) and found[0].code in codes
        best += good
        chief += bool(found) and found[0].code == codes[0]
        among += any(it.code in codes for it in found)
        if wrong and not good:
            shown = ", ".join(f"{label(it.code)} {it.score:.2f}" for it in found)
            print(f"   {(case.headline or case.text)[:70]!r}: {shown}; not {list(map(label, codes))}")
    count = max(1, len(cases))
    shares = "".join(f"{value / count:>9.3f}" for value in (told, best, chief, among))
    print(f"{name:<30}{len(cases):>6}{shares}")


def show_calibration(name: str, found: Sequence[tuple[Case, Sequence[Scored]]]) -> None:
    """Print how many of the topics said with a probability are right, by bin, and by place in the list."""
    by_bin: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    by_place: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for case, topics in found:
        for place, it in enumerate(topics):
            number = sum(it.score >= start for start in BINS) - 1
            by_bin[number].append((it.score, it.code in case.annotated))
            by_place[place].append((it.score, it.code in case.annotated))
    whole = sum(map(len, by_bin.values()))
    error = sum(abs(sum(p for p, _ in it) - sum(good for _, good in it)) for it in by_bin.values()) / max(1, whole)
    print(f"{name}: {whole} topics, expected calibration error {error:.3f}")
    rows = [(f"p {BINS[number]:.1f} to {min(1, BINS[number + 1]):.1f}", it) for number, it in sorted(by_bin.items())]
    rows += [(f"place {place + 1}", it) for place, it in sorted(by_place.items())]
    for named, pairs in rows:
        said, right = sum(p for p, _ in pairs) / len(pairs), sum(good for _, good in pairs) / len(pairs)
        print(f"   {named:<14}{len(pairs):>6}   said {said:.3f}   right {right:.3f}")


def show_classes(found: Sequence[tuple[Case, Sequence[Scored]]]) -> None:
    """Print precision of what is emitted, and recall of the chief and of all annotated topics, by class."""
    emitted: Counter[str] = Counter()
    good: Counter[str] = Counter()
    chief: Counter[str] = Counter()
    chief_best: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for case, topics in found:
        codes = [it.code for it in topics]
        emitted.update(codes)
        good.update(set(codes) & set(case.annotated))
        named.update(case.annotated)
        chief[case.annotated[0]] += 1
        chief_best[case.annotated[0]] += codes[:1] == [case.annotated[0]]
    print(f"{'':<44}{'said':>6}{'right':>8}{'annotated':>11}{'found':>8}{'chief':>7}{'best':>8}")
    for code in top_codes():
        print(
            f"{label(code):<44}{emitted[code]:>6}{good[code] / max(1, emitted[code]):>8.2f}{named[code]:>11}"
            f"{good[code] / max(1, named[code]):>8.2f}{chief[code]:>7}{chief_best[code] / max(1, chief[code]):>8.2f}"
        )


def show_rows(data: Path) -> None:
    """Print how good the topics of whole rows are, those of the publisher first, as newsmill reads the pages."""
    right = named = good = count = 0
    for article in read_articles(ALL, data=data):
        codes = [code_of(start) for start in truth()["top"].get(article.source_uri.split(".")[0], ())]
        topics = assign_topics(article).topics
        if codes and article.in_language in LANGUAGES:
            count += 1
            right += bool(topics) and top(topics[0].code) in codes
            declared = [top(topic.code) in codes for topic in topics if topic.source == "publisher"]
            named, good = named + len(declared), good + sum(declared)
    print(
        f"rows as newsmill reads the annotated pages, all languages: {count}, first topic right {right / count:.3f}; "
        f"{named} topics of publishers, right {good / max(1, named):.3f}"
    )


def show_deeper(cases: Sequence[Case], *, each: bool) -> None:
    """Print how many deeper topics are emitted, how deep, and how many of those judged are right."""
    judged: dict[str, Any] = truth().get("deeper", {})
    levels: Counter[int] = Counter()
    right = wrong = unknown = articles = 0
    for case in cases:
        found = [it for it in classify(case.headline, case.text) if level(it.code) > 1]
        articles += bool(found)
        for it in found:
            levels[level(it.code)] += 1
            verdict = judged.get(case.id, {}).get(it.code)
            right, wrong, unknown = right + (verdict is True), wrong + (verdict is False), unknown + (verdict is None)
            if each:
                shown = " > ".join(map(label, path(it.code)))
                print(f"   {case.id} {it.code} {it.score:.2f} {verdict} {(case.headline or '')[:60]!r}: {shown}")
    deep = ", ".join(f"level {depth}: {count}" for depth, count in sorted(levels.items()))
    print(
        f"deeper topics: {sum(levels.values())} in {articles} of {len(cases)} articles ({deep}); "
        f"judged {right + wrong}, right {right / max(1, right + wrong):.3f}, not judged {unknown}"
    )


def show_cost(cases: Sequence[Case]) -> None:
    """Print the CPU time of an article of the usual length, as the mean of all English pages of about that length."""
    usual = [case for case in cases if len(case.text.split()) >= WORDS_OF_ARTICLE]
    texts = [(case.headline, " ".join(case.text.split()[:WORDS_OF_ARTICLE])) for case in usual]
    for _ in range(2):  # the first time fills the caches of words
        start = time.process_time()
        for headline, text in texts:
            classify(headline, text)
        spent = time.process_time() - start
    print(
        f"{1000 * spent / max(1, len(texts)):.2f} ms of CPU an article of {WORDS_OF_ARTICLE} words ({len(texts)} pages)"
    )


def main() -> int:
    """Print the tables."""
    parser = make_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA.parent, help="directory of the pages and the sentences")
    parser.add_argument("--wrong", action="store_true", help="print each text whose topic is wrong")
    parser.add_argument("--deeper", action="store_true", help="print each deeper topic")
    known = parser.parse_args()
    if not (known.data / "pages").is_dir() or not (known.data / "langid").is_dir():
        print(f"skipped: no pages and sentences below {known.data}")
        return 0
    pages = list(read_cases(known.data / "pages"))
    english = [case for case in pages if case.language == "en"]
    score_topics(None, "")  # reads taxonomy and terms before the clock starts
    calibrating, foreign = annotated_cases(known.data)
    found = cross_validate(calibrating, "en")
    best_of = {(case.id, case.text): topics for case, topics in found}
    whole = [case for case in english if case.annotated]
    news = [case for case in whole if not case.id.startswith("wcxb")]
    print(MODEL)
    print(f"{'':<30}{'texts':>6}{'told':>9}{'right':>9}{'chief':>9}{'one of 3':>9}")

    def held_out(case: Case) -> Sequence[Scored]:
        return best_of[case.id, case.text]

    show_accuracy("annotated news", news, held_out, wrong=known.wrong)
    show_accuracy("  naive", news, score_naively)
    show_accuracy("annotated, all", whole, held_out, wrong=known.wrong)
    show_accuracy("  as teasers", [case.shortened() for case in whole], held_out, wrong=known.wrong)
    teasers = list(read_teasers(known.data / "feeds" / "real"))
    show_accuracy("entries of feeds", teasers, classify_case, wrong=known.wrong)
    show_accuracy("sections", [case for case in english if case.declared], classify_case, "declared")
    single = list(read_sentences(known.data / "langid", "eng_Latn"))
    show_accuracy("SIB-200 sentences", single, classify_case)
    show_accuracy("  naive", single, score_naively)
    print()
    show_calibration("English, articles and teasers", found)
    show_calibration("English, articles", [it for it in found if it[0] in set(whole)])
    show_calibration("English, entries of feeds", [(case, classify_case(case)) for case in teasers])
    print()
    show_classes([it for it in found if it[0] in set(whole)])
    print()
    print(f"{'other languages':<30}{'texts':>6}{'told':>9}{'right':>9}{'chief':>9}{'one of 3':>9}")
    others = cross_validate(foreign, "other")
    topics_of = {(case.language, case.id, case.text): topics for case, topics in others}

    def of_others(case: Case) -> Sequence[Scored]:
        return topics_of[case.language, case.id, case.text]

    names = {case.id for case in pages}
    foreign_pages = [it for it in pages if it.annotated and it.language != "en" and it.language in LANGUAGES]
    show_accuracy("annotated pages", foreign_pages, of_others, wrong=known.wrong)
    show_accuracy("  as teasers", [it.shortened() for it in foreign_pages], of_others)
    for language in dict.fromkeys(SENTENCES.values()):
        if language != "en":
            sentences = [it for it in foreign if it.id not in names and it.language == language]
            show_accuracy(f"SIB-200 sentences, {language}", sentences, of_others)
    show_calibration("other languages, articles, teasers and sentences", others)
    show_calibration("other languages, articles", [it for it in others if it[0] in set(foreign_pages)])
    print()
    show_rows(known.data / "pages")
    show_deeper(english, each=known.deeper)
    show_cost(english)
    return 0


if __name__ == "__main__":
    sys.exit(main())
