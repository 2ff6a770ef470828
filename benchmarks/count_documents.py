"""In how many texts each word stands, by language: the background of keyphrases.

Usage: ./run.sh bench count_documents [--write] [--least 2]

Counted are the texts of the development pages, and, so that each language has some, public sentences in 20 languages,
eight of which count as one text. Words that fewer than --least texts have are left out, and so are those that the lists
of frequent words have anyway. Nothing but figures is stored, in transforms/enrich/summary/document_counts.json.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measures.pages import ARTICLES, DATA, OTHERS, read_pages, sets_of
from benchmarks.measures.parser import make_parser
from transforms.enrich.languages.identify import detect_language
from transforms.enrich.summary.background import COUNTS, STOP_LISTS, read_word, split_words

SENTENCES = DATA.parent / "langid"
TOGETHER = 8
MOST = 12_000
"""Most words that are kept of one language, those in most texts first."""


def read_texts() -> Iterator[tuple[str, str]]:
    """Language and text of each document."""
    for name in sets_of(DATA, (*ARTICLES, OTHERS)):
        for page in read_pages(DATA, name):
            language, _ = detect_language(page.text) if page.text else (None, 0.0)
            if language is not None and language in STOP_LISTS:
                yield language, page.text
    for folder in sorted(SENTENCES.iterdir()) if SENTENCES.is_dir() else ():
        with (folder / "test.tsv").open(encoding="utf-8", newline="") as lines:
            told = [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
        language, _ = detect_language(" ".join(told[:TOGETHER]))
        if language is not None and language in STOP_LISTS:
            yield from ((language, "\n".join(told[at : at + TOGETHER])) for at in range(0, len(told), TOGETHER))


def count_documents(least: int) -> dict[str, Any]:
    """What the file holds: for each language how many texts there are, and words by the number of those they are in."""
    from justext import get_stoplist  # noqa: PLC0415  only here

    texts: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for language, text in read_texts():
        texts[language] += 1
        found[language].update({read_word(token)[1] for token in {*split_words(text)}})
    languages = {}
    for language in sorted(texts):
        stop_words = {str(word).lower() for word in get_stoplist(STOP_LISTS[language])}
        kept = [
            (count, word)
            for word, count in found[language].items()
            if count >= least and word not in stop_words and len(word) > 2 and word[0].isalpha()
        ]
        by_count: dict[int, list[str]] = defaultdict(list)
        for count, word in sorted(kept, key=lambda pair: (-pair[0], pair[1]))[:MOST]:
            by_count[count].append(word)
        words = {str(count): " ".join(words) for count, words in by_count.items()}
        languages[language] = {"documents": texts[language], "words": words}
    return {"source": "texts in which each word stands; made by benchmarks/count_documents.py", "languages": languages}


def main() -> int:
    """Print how much there is for each language, and write the file if asked to."""
    parser = make_parser(__doc__)
    parser.add_argument("--write", action="store_true", help="write the file anew")
    parser.add_argument("--least", type=int, default=2, help="fewest texts that a word must stand in")
    known = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: no development pages at {DATA}")
        return 0
    counted = count_documents(known.least)
    for language, stored in counted["languages"].items():
        many = sum(len(words.split()) for words in stored["words"].values())
        print(f"{language}  {stored['documents']:5} texts  {many:6} words")
    data = json.dumps(counted, ensure_ascii=False, indent=0) + "\n"
    print(f"{len(data.encode()):,} bytes")
    if known.write:
        Path(COUNTS).write_text(data, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
