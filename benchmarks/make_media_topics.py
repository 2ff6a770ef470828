"""Writer of the file of IPTC Media Topics that newsmill ships.

Usage: ./run.sh bench make_media_topics [--source FILE] [--write]

FILE is the taxonomy of IPTC as a table in JSON, a row for each concept: its English name, the codes on the way to it,
the day it was retired and its mapping to Wikidata. Without --write the file is compared with the one in the repository;
exit code 1 where they differ. Exit code 0, also without the source.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from benchmarks.measures.parser import make_parser
from tests.support.paths import PUBLIC
from transforms.enrich.topics import taxonomy

SOURCE = PUBLIC / "iptc" / "mediatopics.json"
TARGET = Path(taxonomy.__file__).with_name("media_topics.json")
ABOUT = {
    "title": "IPTC Media Topics: codes, English names, hierarchy and Wikidata items, as of 2023-10-24",
    "attribution": "IPTC NewsCodes, International Press Telecommunications Council, "
    "https://iptc.org/standards/newscodes/",
    "license": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "changes": "Only code, English name, broader concepts (top first), whether it is retired, and the Wikidata item "
    "that IPTC maps it to are kept; definitions, other languages and other mappings are left out.",
}
_LEVELS = tuple(f"Level{number}/NewsCode" for number in range(1, 7))
_ITEM = re.compile(r"wikidata\.org/(?:entity|wiki)/(Q\d{1,12})")


def read_concept(code: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a concept. An empty cell of the table is NaN."""
    item = _ITEM.search(str(row["Wikidata mapping"]))
    return {
        "name": row["Name (en-GB)"],
        "broader": [row[name] for name in _LEVELS if isinstance(row[name], str) and row[name] != code],
        "retired": isinstance(row["RetiredDate"], str),
    } | ({"wikidata": item.group(1)} if item else {})


def make_file(source: Path) -> str:
    """Return the text of the file, with a concept on each line, in the order of codes."""
    rows = json.loads(source.read_text(encoding="utf-8"))
    about = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in ABOUT.items())
    topics = ",\n".join(f" {json.dumps(code)}: {json.dumps(read_concept(code, rows[code]))}" for code in sorted(rows))
    return f'{{"about": {{\n{about}\n}},\n"topics": {{\n{topics}\n}}}}\n'


def main() -> int:
    """Compare or write the file."""
    parser = make_parser(__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE, help="the taxonomy as a table in JSON")
    parser.add_argument("--write", action="store_true", help="write the file into the repository")
    known = parser.parse_args()
    if not known.source.is_file():
        print(f"skipped: there is no {known.source}")
        return 0
    made = make_file(known.source)
    if known.write:
        TARGET.write_text(made, encoding="utf-8")
    same = TARGET.read_text(encoding="utf-8") == made
    print(f"{TARGET.name}: {'written' if known.write else 'the same' if same else 'differs'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
