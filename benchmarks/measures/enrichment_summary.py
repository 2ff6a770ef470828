"""Sentences, lead summaries and keyphrases against what others have written.

- Ends of sentences: 24 annotated news texts of GUM, and public sentences in 20 languages, four put together (rows of
  that set hold more than one sentence now and then, so that precision is understated).
- Lead summaries: words in common with the publisher's own description (ROUGE-1 F1, stop words left out), on English
  development pages whose text does not begin with it; beside the first two sentences.
- Keyphrases: those that are a keyword of the publisher, on English pages with three such keywords that the text holds;
  and those that share a word with one.
"""

import csv
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.measures.development import read_articles
from benchmarks.measures.pages import DATA
from schemas.articles import Article
from transforms.enrich.languages.identify import detect_language
from transforms.enrich.summary.background import load_background, read_word, split_words
from transforms.enrich.summary.sentences import split_sentences
from transforms.enrich.summary.summarize import summarize

GUM = DATA.parent / "ner" / "gum-news"
SENTENCES = DATA.parent / "langid"
TOGETHER = 4
WITHOUT_SPACES = ("ja", "zh")


def read_gum() -> Iterator[list[str]]:
    """Paragraphs as lists of sentences."""
    for path in sorted(GUM.glob("*.conllu")):
        told: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("# newpar") and not line.startswith("# newpar_") and told:
                yield told
                told = []
            elif line.startswith("# text = "):
                told.append(line.removeprefix("# text = ").strip())
        if told:
            yield told


def score_ends(paragraphs: Sequence[list[str]], language: str) -> tuple[float, float]:
    """Precision and recall of the ends within paragraphs."""
    right = found = true = 0
    for told in paragraphs:
        text = ("" if language in WITHOUT_SPACES else " ").join(told)
        gold = _ends(told)
        ours = _ends([text[start:end] for start, end in split_sentences(text, language)])
        right, found, true = right + len(gold & ours), found + len(ours), true + len(gold)
    return right / max(1, found), right / max(1, true)


def _ends(sentences: Sequence[str]) -> set[int]:
    ends, at = set(), 0
    for sentence in sentences[:-1]:
        at += sum(map(len, sentence.split()))
        ends.add(at)
    return ends


def _content(text: str) -> Counter[str]:
    background = load_background("en")
    assert background is not None
    words = (read_word(token)[1] for token in split_words(text))
    return Counter(word for word in words if len(word) > 2 and word not in background.stop_words)


def rouge(one: str, other: str) -> float:
    """ROUGE-1 F1 of the words that say something."""
    mine, theirs = _content(one), _content(other)
    common = (mine & theirs).total()
    return 2 * common / (mine.total() + theirs.total()) if common else 0.0


def report_lead(articles: Sequence[Article]) -> None:
    """Print the likeness of summaries to descriptions."""
    ours, firsts = [], []
    for article in articles:
        told = article.description or ""
        if article.word_count > 150 and len(_content(told)) >= 6 and article.text[:40] != told.strip()[:40]:
            ours.append(rouge(summarize(article).lead_summary or "", told))
            spans = list(split_sentences(article.text, "en"))[:2]
            firsts.append(rouge(" ".join(article.text[slice(*span)] for span in spans), told))
    print(f"lead summary, ROUGE-1 F1 to descriptions of {len(ours)} pages: {statistics.mean(ours):.3f}; ", end="")
    print(f"first two sentences {statistics.mean(firsts):.3f}")


def _stem(phrase: str) -> str:
    return " ".join(read_word(token)[1].removesuffix("s") for token in split_words(phrase))


def report_keyphrases(articles: Sequence[Article]) -> None:
    """Print how many keyphrases are keywords of the publisher."""
    right = near = said = true = pages = 0
    for article in articles:
        body = _stem(article.text)
        gold = {stem for stem in map(_stem, article.keywords) if stem and stem in body and len(stem.split()) <= 4}
        if len(gold) < 3:
            continue
        found = {_stem(phrase) for phrase in summarize(article).keyphrases}
        words = {word for keyword in gold for word in keyword.split()}
        pages, said, true, right = pages + 1, said + len(found), true + len(gold), right + len(found & gold)
        near += sum(not words.isdisjoint(phrase.split()) for phrase in found)
    print(
        f"keyphrases of {pages} pages with keywords: {right / said:.2f} are one, {near / said:.2f} share a word with ",
        end="",
    )
    print(f"one; {right / true:.2f} of the keywords are found")


def report() -> None:
    """Print the tables."""
    if not DATA.is_dir():
        print(f"skipped: no development pages at {DATA}")
        return
    precision, recall = score_ends(list(read_gum()), "en")
    both = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"ends of sentences, GUM news: precision {precision:.3f}, recall {recall:.3f}, F1 {both:.3f}")
    for folder in sorted(SENTENCES.iterdir()):
        with (folder / "test.tsv").open(encoding="utf-8", newline="") as lines:
            rows = [row["text"].strip() for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
        language = detect_language(" ".join(rows[:9]))[0] or ""
        groups = [rows[at : at + TOGETHER] for at in range(0, len(rows) - TOGETHER, TOGETHER)]
        precision, recall = score_ends(groups, language)
        print(f"  {language:3} precision {precision:.3f}, recall {recall:.3f}")
    articles = [article for article in read_articles(2000) if article.in_language == "en"]
    report_lead(articles)
    report_keyphrases(articles)


if __name__ == "__main__":
    report()
