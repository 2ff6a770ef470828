"""Accuracy for each language and sentences per second of language identification, on SIB-200 in 20 languages.

Exit code 0, also without the sentences; 1 when fewer than 98 % get the right language.

Usage: ./run.sh bench languages
"""

import csv
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.measures.parser import make_parser
from tests.support.paths import PUBLIC
from transforms.enrich.languages.identify import detect_language, language_model

SENTENCES = PUBLIC / "langid"

PAIRS = """
arb:ar ces:cs deu:de ell:el eng:en fra:fr hin:hi ind:id ita:it jpn:ja kor:ko nld:nl pol:pl por:pt rus:ru spa:es
swe:sv tur:tr ukr:uk zho:zh
"""

ISO = dict(pair.split(":") for pair in PAIRS.split())
"""ISO 639-3 to 639-1."""

LEAST = 0.98


def read_sentences(path: Path) -> list[str]:
    """The column ``text`` of one tab-separated file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def main() -> int:
    """Score each language and print a table."""
    make_parser(__doc__).parse_args()
    if not SENTENCES.is_dir():
        print(f"skipped: no sentences below {SENTENCES}")
        return 0
    detect_language("The model is loaded before the clock starts.")
    print(f"{language_model()}\n{'':4}{'sentences':>10}{'right':>8}{'none':>7}  taken for")
    right = total = 0
    spent = 0.0
    for folder in sorted(SENTENCES.iterdir()):
        sentences, code = read_sentences(folder / "test.tsv"), ISO[folder.name[:3]]
        start = time.process_time()
        found = Counter(detect_language(sentence)[0] for sentence in sentences)
        spent += time.process_time() - start
        wrong = {other: n for other, n in found.most_common() if other not in (code, None)}
        print(f"{code:4}{len(sentences):>10}{found[code] / len(sentences):>8.3f}{found[None]:>7}  {wrong or ''}")
        right, total = right + found[code], total + len(sentences)
    print(f"{'all':4}{total:>10}{right / total:>8.3f}\n{total / spent:,.0f} sentences/s of CPU time")
    return 0 if right / total >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
