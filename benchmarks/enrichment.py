"""All tables about enrichments: what each finds and misses, what it costs, and whether its rows are always the same.

Usage: ./run.sh bench enrichment [--part NAME…] [--list]

A part is a module ``benchmarks/measures/enrichment_NAME.py``: its docstring says what is measured, and its function
``report()`` prints the tables and says what is skipped where data is missing. ``entities`` and ``topics`` are
benchmarks of their own, too. Without --part all are printed. Exit code 0, also where data is missing; 1 where a part
failed, after all others.
"""

import importlib
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measures.parser import make_parser

MEASURES = Path(__file__).resolve().parent / "measures"
PREFIX = "enrichment_"
BENCHMARKS = ("entities", "topics")
"""Parts that are benchmarks of their own."""


def find_parts() -> Mapping[str, str]:
    """The module of each part by its name."""
    found = {name: f"benchmarks.{name}" for name in BENCHMARKS}
    for path in sorted(MEASURES.glob(f"{PREFIX}*.py")):
        found[path.stem.removeprefix(PREFIX)] = f"benchmarks.measures.{path.stem}"
    return found


def load_report(module: str) -> Callable[[], object]:
    """The function of a part that prints its tables."""
    loaded = importlib.import_module(module)
    report: Callable[[], object] | None = getattr(loaded, "report", None)
    if report is not None:
        return report

    def call_main() -> object:
        given, sys.argv = sys.argv, [module]
        try:
            return loaded.main()
        finally:
            sys.argv = given

    return call_main


def main() -> int:
    """Print the tables of the parts."""
    parts = find_parts()
    parser = make_parser(__doc__)
    parser.add_argument(
        "--part", nargs="+", choices=tuple(parts), default=tuple(parts), metavar="NAME", help="of these"
    )
    parser.add_argument("--list", action="store_true", help="print the names of all parts")
    known = parser.parse_args()
    if known.list:
        print("\n".join(parts))
        return 0
    failed = []
    for name in known.part:
        print(f"== {name} {'=' * (76 - len(name))}", flush=True)
        start = time.perf_counter()
        try:
            load_report(parts[name])()
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"   ({time.perf_counter() - start:.0f} s)\n", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
