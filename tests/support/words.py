"""The words that the project's text does not use, and the names that have one meaning.

``./run.sh check`` calls it: it prints each place with what to write instead, and exits 1 where there is one.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

WORDS = {
    r"(?<!there )(?<!There )\b(?:is|are|was|were) no (?!longer\b|more\b|other\b)": "is not a",
    r"\bvouch(?:es|ed)?\b": "list, or guarantee",
    r"\b(?:go|goes|going|gone|went) on with\b": "continue",
    r"\btold (?:of|by)\b": "recognised by, given, or noted",
    r"\bas of (?!\d)": "from, or since",
    r"\blet(?:s|ting)? go of\b": "release, or close",
    r"\basks? nobody\b": "sends no request",
    r"\btell(?:s)? of\b": "describe, or report",
    r"\bthe house\b": "the project",
}
"""Patterns of phrases, and what the documentation of the standard library would say."""

OPENING = re.compile(r"\b(?:goes|go|comes|come) (?:in|out)\b")
"""What the first line of a module's docstring does not say: it is a noun phrase."""

IMAGES = re.compile(r"_?(?:\w*(?:Crowd|Tape|Tray|Shelf|Shelves|Manners|Rhythm)|Book|Gate|Memory|Slot)")
"""Class names that are images: a class has the name that an engineer of the field would guess."""

PACKAGES = ("newsmill", "pipeline", "schemas", "transforms")


class Finding(NamedTuple):
    """One place, as ``path:line``, and what is wrong with it."""

    place: str
    message: str


def text_files() -> list[Path]:
    """Every file with prose of the project that is known to git, or is about to be, but for the history of changes."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.md", "*.sh"]
    names = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    apart = {"CHANGELOG.md", "tests/support/words.py", "docs/data-dictionary.md"}
    kept = (name for name in names if name not in apart and not name.startswith(("tests/data/", "seeds/")))
    return [ROOT / name for name in kept if (ROOT / name).exists()]


def check_words(path: Path) -> Iterator[Finding]:
    """Phrases of WORDS in a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for pattern, instead in WORDS.items():
            if found := re.search(pattern, line):
                yield Finding(f"{path.relative_to(ROOT)}:{number}", f"{found.group().strip()!r}: write {instead!r}")


def check_names(paths: list[Path]) -> Iterator[Finding]:
    """Docstrings that do not open as they should, image names, and class names with more than one meaning."""
    classes: dict[str, str] = {}
    for path in paths:
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        opening = (ast.get_docstring(tree) or "").partition("\n")[0]
        if not opening:
            yield Finding(f"{name}:1", "the module has no docstring")
        if OPENING.search(opening):
            yield Finding(f"{name}:1", f"{opening!r}: open with a noun phrase")
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            place = f"{name}:{node.lineno}"
            if IMAGES.fullmatch(node.name):
                yield Finding(place, f"class {node.name} is an image: name it for what it is")
            if node.name in classes and not node.name.startswith("_"):
                yield Finding(place, f"class {node.name} has another meaning in {classes[node.name]}")
            classes.setdefault(node.name, place)


def main() -> int:
    """Print what is found; 1 where anything is."""
    paths = text_files()
    modules = [path for path in paths if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]
    found = [*(finding for path in paths for finding in check_words(path)), *check_names(modules)]
    for finding in found:
        sys.stdout.write(f"{finding.place}: {finding.message}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
