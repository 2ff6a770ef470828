"""Names of currencies, units, months and weekdays that amounts and dates are read by, made from CLDR and pint.

Usage: ./run.sh bench make_names [--write]

Needs babel (which has the data of CLDR, Unicode licence) and pint, which newsmill itself does not:
``pip install babel pint``. With --write it writes ``currencies.json`` and ``units.json`` of transforms/enrich/amounts
and ``calendar.json`` of transforms/enrich/dates; else it says which of them differ. Tables below add what newspapers
write and CLDR lacks; each unit must be one that pint can read, and has the name that pint gives it.
"""

import importlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.measures.parser import make_parser
from tests.support.paths import ROOT

ENRICH = ROOT / "transforms" / "enrich"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")

COUNTS = ("one", "two", "few", "many", "other")
"""CLDR's words for what a number calls for in grammar."""

NOT_HEADS = frozenset(
    ("gold", "oro", "ouro", "herzegowina", "us$", "sum", "sums", "sol", "sols", "soms", "bat", "bats", "bir")
)
"""Words of currencies' names that are something else as a rule."""

NOT_COUNTRIES = frozenset(("JE", "GG", "IM", "GS", "BV", "SJ", "AC", "TA"))
"""Territories whose names say nothing in a text, such as Jersey."""

HEAD_IS_LAST = ("en", "de", "nl")
NEW = frozenset(
    ("nouveau", "nouveaux", "nuevo", "nuevos", "nuovo", "nuovi", "novo", "novos", "neue", "neuer", "nieuwe", "new")
)

SYMBOLS: Mapping[str, tuple[str, ...]] = {
    "USD": ("US$", "U.S.$", "U$S", "U$"),
    "AUD": ("A$", "AU$", "AUD$"),
    "CAD": ("C$", "CA$", "CAD$", "CDN$"),
    "NZD": ("NZ$",),
    "HKD": ("HK$",),
    "SGD": ("S$", "SG$"),
    "TWD": ("NT$",),
    "JMD": ("J$",),
    "TTD": ("TT$",),
    "BBD": ("Bds$",),
    "BRL": ("R$",),
    "MXN": ("MX$", "Mex$"),
    "EGP": ("E£", "LE"),
    "GHS": ("GH₵", "GH¢", "GHc", "GHC", "GH"),
    "INR": ("₹", "Rs", "Rs.", "Re.", "INR"),
    "PKR": ("Rs", "Rs."),
    "LKR": ("Rs", "Rs."),
    "NPR": ("Rs", "Rs."),
    "MUR": ("Rs", "Rs."),
    "MYR": ("RM",),
    "IDR": ("Rp", "Rp."),
    "KES": ("KSh", "Ksh", "Kshs", "KShs", "Sh", "Shs", "Sh."),
    "TZS": ("TSh", "Tsh", "Tshs", "Sh", "Shs"),
    "UGX": ("USh", "Ush", "Shs", "Sh"),
    "AED": ("Dh", "Dhs", "Dh.", "Dhs."),
    "MAD": ("Dh", "Dhs"),
    "SAR": ("SR",),
    "QAR": ("QR",),
    "KWD": ("KD",),
    "BHD": ("BD",),
    "OMR": ("RO",),
    "CNY": ("¥", "RMB", "CN¥"),
    "JPY": ("¥", "JP¥"),
    "NGN": ("₦", "N"),
    "ZAR": ("R",),
    "PHP": ("₱", "P", "Php", "PhP"),
    "BWP": ("P",),
    "ZMW": ("K",),
    "MWK": ("MK", "K"),
    "BDT": ("৳", "Tk", "Tk.", "Taka"),
    "THB": ("฿",),
    "PLN": ("zł", "zl"),
    "CZK": ("Kč",),
    "HUF": ("Ft",),
    "RUB": ("₽",),
    "UAH": ("₴",),
    "TRY": ("₺", "TL"),
    "CHF": ("Fr.", "SFr", "SFr.", "Fr"),
    "SEK": ("kr", "Kr"),
    "NOK": ("kr", "Kr"),
    "DKK": ("kr", "kr.", "Kr"),
    "ISK": ("kr",),
    "ILS": ("₪", "NIS"),
    "XOF": ("FCFA", "F CFA", "CFA"),
    "XAF": ("FCFA", "F CFA", "CFA"),
    "PEN": ("S/", "S/."),
    "ZWG": ("ZiG",),
}
"""What newspapers write before or after a figure, by currency, beside what CLDR has."""

NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "USD": ("u.s. dollar", "american dollar", "us$", "greenback"),
        "GBP": ("pound sterling", "pounds sterling", "sterling", "uk pound", "quid"),
        "CNY": ("renminbi", "yuan renminbi", "rmb"),
        "EUR": ("euro",),
        "ILS": ("shekel", "israeli shekel", "new shekel"),
        "RUB": ("rouble", "russian rouble"),
        "PLN": ("zlotys", "zloties", "złoty", "polish złoty"),
        "CZK": ("koruny", "korun", "czech crown", "crowns"),
        "SEK": ("swedish crown", "kronor", "crowns"),
        "NOK": ("norwegian crown", "crowns"),
        "DKK": ("danish crown", "crowns"),
        "ISK": ("icelandic crown", "crowns"),
        "BRL": ("reais",),
        "UAH": ("hryvnia", "hryvnias"),
        "IDR": ("rupiahs",),
        "MYR": ("ringgits",),
        "AED": ("uae dirham", "emirati dirham"),
        "PHP": ("philippine peso", "filipino peso"),
        "BGN": ("leva",),
        "CRC": ("colones",),
        "GTQ": ("quetzales",),
        "LSL": ("maloti",),
        "MKD": ("denars",),
        "MZN": ("metical", "meticais"),
        "NIO": ("cordobas",),
        "PYG": ("guaranies", "guaraníes"),
        "TOP": ("paanga",),
        "TRY": ("liras",),
        "UZS": ("soum", "soums"),
        "VES": ("bolivars", "bolívares"),
        "TWD": ("taiwan dollar", "taiwanese dollar"),
        "SGD": ("singaporean dollar",),
        "CHF": ("swiss franc",),
        "XOF": ("cfa franc", "cfa", "fcfa"),
        "XAF": ("cfa franc", "cfa", "fcfa"),
        "SAR": ("saudi rial",),
        "ZAR": ("rand", "rands"),
    },
    "de": {
        "USD": ("us-dollar", "us-dollars"),
        "EUR": ("euros",),
        "GBP": ("pfund sterling",),
        "CHF": ("schweizer franken", "franken", "stutz"),
        "CNY": ("yuan",),
        "TRY": ("türkische lira",),
        "RUB": ("rubel",),
        "SEK": ("schwedische kronen",),
    },
    "fr": {
        "USD": ("dollar américain", "dollars américains", "dollars us"),
        "XOF": ("franc cfa", "francs cfa", "fcfa", "f cfa"),
        "XAF": ("franc cfa", "francs cfa", "fcfa", "f cfa"),
    },
    "es": {"USD": ("dólar americano", "dólares americanos"), "GBP": ("libra esterlina",)},
    "it": {"USD": ("dollari americani", "dollari usa"), "GBP": ("sterlina", "sterline")},
    "pt": {"USD": ("dólares americanos", "dólar americano"), "BRL": ("real", "reais")},
    "nl": {"USD": ("amerikaanse dollar",), "GBP": ("britse pond", "pond sterling")},
}
"""Names beside those of CLDR; English ones get a plural in s."""

ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "GBP": ("british", "britain", "england", "scotland", "wales"),
    "INR": ("indian", "delhi", "mumbai"),
    "PKR": ("pakistani", "islamabad", "karachi"),
    "PHP": ("filipino", "philippine", "manila"),
    "SEK": ("swedish", "stockholm"),
    "NOK": ("norwegian", "oslo"),
    "DKK": ("danish", "copenhagen"),
    "KES": ("kenyan", "nairobi"),
    "ZAR": ("south african", "johannesburg"),
    "NGN": ("nigerian", "lagos", "abuja"),
    "AED": ("dubai", "abu dhabi", "uae", "emirates", "emirati"),
}
"""English words that name the country of a currency, beside those of CLDR."""

UNITS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # CLDR's name, or a name of ours: (what pint reads, what is written beside what CLDR has)
    "length-millimeter": ("millimeter", ("mm",)),
    "length-centimeter": ("centimeter", ("cm",)),
    "length-meter": ("meter", ("metre", "metres", "meters", "-meter", "-metre")),
    "length-kilometer": ("kilometer", ("km", "kms", "kilometre", "kilometres", "kilometers", "kilomètres")),
    "length-micrometer": ("micrometer", ("micron", "microns", "µm", "μm")),
    "length-nanometer": ("nanometer", ("nm", "nanometres")),
    "length-inch": ("inch", ("inches", "inch", "zoll", "pouces", "pulgadas", "pollici", "polegadas")),
    "length-foot": ("foot", ("feet", "ft", "ft.", "foot")),
    "length-yard": ("yard", ("yards", "yd", "yds")),
    "length-mile": ("mile", ("miles", "mile", "mi.")),
    "length-nautical-mile": ("nautical_mile", ("nautical mile", "nautical miles", "nmi", "seemeilen")),
    "length-light-year": ("light_year", ("light-years", "light years", "light-year", "lichtjahre")),
    "area-hectare": ("hectare", ("ha", "hectares", "hectare")),
    "area-acre": ("acre", ("acres", "acre")),
    "area-square-foot": (
        "square_foot",
        ("sq ft", "sq. ft.", "sq. ft", "sq.ft.", "sqft", "ft²", "square feet", "square foot", "square-foot"),
    ),
    "area-square-inch": ("square_inch", ("square inches", "sq in", "in²")),
    "area-square-yard": ("square_yard", ("square yards", "square yard", "sq yd")),
    "area-square-mile": (
        "square_mile",
        ("square miles", "square mile", "square-mile", "sq mi", "sq miles", "sq. miles"),
    ),
    "area-square-centimeter": ("centimeter**2", ("cm²", "sq cm", "square centimetres")),
    "area-square-meter": (
        "meter**2",
        (
            *("m²", "m2", "sqm", "sq m", "sq. m.", "square metres", "square metre", "square-metre", "square-meter"),
            *("quadratmeter", "quadratmetern", "qm", "mètres carrés", "metros cuadrados", "metri quadrati"),
            *("metri quadri", "mq", "metros quadrados", "vierkante meter"),
        ),
    ),
    "area-square-kilometer": (
        "kilometer**2",
        (
            *("km²", "km2", "sq km", "sq. km", "square kilometres", "square kilometre", "square-kilometre"),
            *("square-kilometer", "quadratkilometern", "chilometri quadrati", "vierkante kilometer"),
        ),
    ),
    "volume-milliliter": ("milliliter", ("ml", "mL", "millilitres")),
    "volume-centiliter": ("centiliter", ("cl",)),
    "volume-liter": ("liter", ("litre", "litres", "liters", "litri", "litros", "litern")),
    "volume-cubic-meter": (
        "meter**3",
        ("m³", "m3", "cubic metres", "cubic metre", "kubikmetern", "kubieke meter", "metri cubi"),
    ),
    "volume-cubic-kilometer": ("kilometer**3", ("km³",)),
    "volume-cubic-foot": ("cubic_foot", ("cubic feet", "cubic foot", "cu ft", "cu. ft.")),
    "volume-cubic-centimeter": ("centimeter**3", ("cc", "cm³")),
    "volume-acre-foot": ("acre_foot", ("acre-feet", "acre feet", "acre-foot")),
    "volume-gallon": ("gallon", ("gallons", "gallon", "gal")),
    "volume-quart": ("quart", ("quarts", "quart")),
    "volume-pint": ("pint", ("pints",)),
    "volume-cup": ("cup", ("cups",)),
    "volume-tablespoon": ("tablespoon", ("tbsp", "tbsps", "tbsp.", "tablespoons", "esslöffel")),
    "volume-teaspoon": ("teaspoon", ("tsp", "tsps", "tsp.", "teaspoons", "teelöffel")),
    "volume-fluid-ounce": ("fluid_ounce", ("fl oz", "fl. oz.", "fl. oz", "fluid ounces", "fluid ounce")),
    "volume-barrel": ("oil_barrel", ("barrels", "barrel", "bbl", "bpd", "barrels per day", "barils")),
    "volume-bushel": ("bushel", ("bushels",)),
    "mass-microgram": ("microgram", ("mcg", "µg", "μg")),
    "mass-milligram": ("milligram", ("mg", "milligrams", "milligrammes")),
    "mass-gram": ("gram", ("grams", "grammes", "gramme", "g", "gramm", "gramos", "grammi", "gramas")),
    "mass-kilogram": (
        "kilogram",
        ("kg", "kgs", "kilo", "kilos", "kilogramme", "kilogrammes", "kilogramm", "kilogrammi", "chili", "quilos"),
    ),
    "mass-tonne": (
        "metric_ton",
        (
            *("tonne", "tonnes", "metric tons", "metric ton", "metric tonnes", "tonnen", "toneladas"),
            *("tonnellate", "tonelada", "tonnellata"),
        ),
    ),
    "mass-ton": ("ton", ("short tons",)),
    "mass-ounce": ("ounce", ("ounces", "ounce", "oz", "oz.")),
    "mass-ounce-troy": ("troy_ounce", ("troy ounces", "troy ounce")),
    "mass-pound": ("pound", ("lb", "lbs", "lb.", "lbs.", "pounds", "pound")),
    "mass-carat": ("carat", ("carats", "carat", "-carat")),
    "kiloton": ("kiloton", ("kilotons", "kilotonnes")),
    "megaton": ("megaton", ("megatons", "megatonnes")),
    "gigaton": ("gigaton", ("gigatons", "gigatonnes")),
    "power-watt": ("watt", ("W", "watts")),
    "power-kilowatt": ("kilowatt", ("kW", "KW", "kilowatts")),
    "power-megawatt": ("megawatt", ("MW", "megawatts")),
    "power-gigawatt": ("gigawatt", ("GW", "gigawatts")),
    "terawatt": ("terawatt", ("TW", "terawatts")),
    "power-horsepower": ("horsepower", ("hp", "bhp", "horsepower", "-horsepower")),
    "ps": ("metric_horsepower", ("PS",)),
    "watt-hour": ("watt_hour", ("Wh", "watt-hours", "watt-hour")),
    "energy-kilowatt-hour": (
        "kilowatt_hour",
        ("kWh", "KWh", "kwh", "kilowatt-hours", "kilowatt-hour", "kilowattstunden"),
    ),
    "megawatt-hour": ("megawatt_hour", ("MWh", "megawatt-hours", "megawatt-hour", "megawatt hours", "megawattstunden")),
    "gigawatt-hour": ("gigawatt_hour", ("GWh", "gigawatt-hours", "gigawatt hours", "gigawattstunden")),
    "terawatt-hour": ("terawatt_hour", ("TWh", "terawatt-hours", "terawatt hours", "terawattstunden")),
    "energy-kilocalorie": ("kilocalorie", ("kcal", "calories", "calorie", "kilokalorien", "kalorien", "-calorie")),
    "energy-kilojoule": ("kilojoule", ("kJ",)),
    "energy-joule": ("joule", ()),
    "energy-british-thermal-unit": ("Btu", ("BTU", "Btu", "BTUs")),
    "therm": ("therm", ("therms",)),
    "electric-volt": ("volt", ("V", "volts", "-volt")),
    "kilovolt": ("kilovolt", ("kV", "kilovolts")),
    "milliampere-hour": ("milliampere_hour", ("mAh", "mah")),
    "speed-kilometer-per-hour": (
        "kilometer_per_hour",
        (
            *("km/h", "kph", "kmh", "kmph", "km/hr", "kilometres per hour", "kilometers an hour"),
            *("kilometres an hour", "stundenkilometer", "stundenkilometern"),
        ),
    ),
    "speed-mile-per-hour": ("mile_per_hour", ("mph", "miles per hour", "miles an hour", "mi/h")),
    "speed-meter-per-second": ("meter/second", ("m/s", "metres per second")),
    "speed-knot": ("knot", ("knots", "-knot")),
    "temperature-celsius": (
        "degree_Celsius",
        (
            *("°C", "° C", "ºC", "degrees celsius", "degree celsius", "degrees c", "celsius", "degrees centigrade"),
            *("grad celsius", "degrés celsius", "grados celsius", "gradi celsius", "graus celsius", "graden celsius"),
            "deg c",
        ),
    ),
    "temperature-fahrenheit": (
        "degree_Fahrenheit",
        ("°F", "° F", "ºF", "degrees fahrenheit", "degree fahrenheit", "degrees f", "fahrenheit", "grad fahrenheit"),
    ),
    "frequency-hertz": ("hertz", ("Hz",)),
    "frequency-kilohertz": ("kilohertz", ("kHz", "KHz")),
    "frequency-megahertz": ("megahertz", ("MHz", "Mhz")),
    "frequency-gigahertz": ("gigahertz", ("GHz", "Ghz")),
    "digital-kilobyte": ("kilobyte", ("KB", "kB")),
    "digital-megabyte": ("megabyte", ("MB",)),
    "digital-gigabyte": ("gigabyte", ("GB",)),
    "digital-terabyte": ("terabyte", ("TB",)),
    "digital-petabyte": ("petabyte", ("PB",)),
    "megabit-per-second": ("megabit/second", ("Mbps", "Mb/s", "Mbit/s", "megabits per second")),
    "gigabit-per-second": ("gigabit/second", ("Gbps", "Gb/s", "Gbit/s", "gigabits per second")),
    "graphics-megapixel": ("megapixel", ("MP", "megapixels", "-megapixel")),
    "sound": ("decibel", ("dB", "decibels", "decibel", "dezibel")),
    "light-lumen": ("lumen", ("lumens",)),
    "nit": ("nit", ("nits",)),
    "pressure-hectopascal": ("hectopascal", ("hPa",)),
    "pressure-millibar": ("millibar", ("millibars", "mbar")),
    "pressure-pound-force-per-square-inch": ("psi", ("psi",)),
    "concentr-part-per-1e6": ("ppm", ("ppm", "parts per million")),
    "microgram-per-cubic-meter": ("microgram/meter**3", ("µg/m³", "μg/m³", "micrograms per cubic metre")),
    "milligram-per-deciliter": ("milligram/deciliter", ("mg/dL", "mg/dl")),
    "gram-per-kilometer": ("gram/kilometer", ("g/km",)),
    "energy-sievert": ("sievert", ("sieverts",)),
    "millisievert": ("millisievert", ("mSv", "millisieverts")),
    "energy-becquerel": ("becquerel", ("becquerels", "Bq")),
    "torque-pound-force-foot": ("foot_pound", ("lb-ft", "pound-feet", "lb ft", "lb.-ft.", "foot-pounds")),
    "torque-newton-meter": ("newton*meter", ("Nm",)),
}
"""Units that are read; those of time are not, since an age, a term or a date is another matter."""

NOT_UNITS = frozenset(
    (
        *("m", "l", "t", "b", "bar", "pt", "c", "d", "ch", "in", "in.", "nits", "a", "h", "n", "w", "j", "v", "f", "s"),
        *("el", "tl", "p", "pi", "mi", "gr", "tz", "car", "ct", "kt", "mn", "kn", "mo", "po", "k", "r", "g", "pd"),
        *("fs",),
        *("as", "son", "cuartos", "sh", "st", "lm", "oil", "hg", "mbps", "mb", "gb", "tb", "kb", "pb", "mp", "ps"),
        *("cd", "cv", "go", "to", "lj", "ly", "ac", "tn", "bu", "bars", "eo", "ko", "so", "oz t", "mill", "st."),
        *("once", "onces", "quart", "fass", "livre", "al", "nd", "pte", "sm"),
    )
)
"""What CLDR abbreviates units to, and is too often something else in a text; with capitals some come back below."""

Json = dict[str, Any]


def load(name: str) -> Any:
    """Import what only this needs.

    Raises:
        SystemExit: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise SystemExit(f"make_names needs {name}: pip install babel pint") from None


def fold(name: str) -> str:
    """Lower case, with plain spaces and apostrophes."""
    return " ".join(name.replace("\u2019", "'").replace("ʻ", "'").lower().split())


def locale_data(code: str) -> Any:
    """All that babel has of a locale."""
    return load("babel").Locale.parse(code)._data


def current_tender() -> dict[str, list[str]]:
    """Currencies that are tender somewhere today, and where."""
    found: dict[str, list[str]] = defaultdict(list)
    for territory, rows in load("babel.core").get_global("territory_currencies").items():
        for code, _, end, is_tender in rows:
            if end is None and is_tender:
                found[code].append(territory)
    return dict(sorted(found.items()))


def currency_forms(code: str, language: str) -> set[str]:
    """Every form of the name of a currency."""
    data = locale_data(language)
    own: Mapping[str, Any] = data["currency_names_plural"].get(code, {})
    forms = {fold(name) for name in (data["currency_names"].get(code), *own.values()) if name}
    return {form.partition(" (")[0] for form in forms if form != code.lower()}


def head_of(form: str, language: str) -> str:
    """The word of a name that says dollar or franc."""
    words = form.split()
    if language in HEAD_IS_LAST:
        return words[-1].rpartition("-")[2] if language == "de" else words[-1]
    return words[1] if words[0] in NEW and len(words) > 1 else words[0]


def make_names(language: str, tender: Mapping[str, list[str]]) -> Json:
    """Names and heads of all currencies in a language, and the words for their countries."""
    territories = locale_data(language)["territories"]
    names: dict[str, set[str]] = defaultdict(set)
    heads: dict[str, set[str]] = defaultdict(set)
    countries: dict[str, set[str]] = defaultdict(set)
    for code, where in tender.items():
        forms = currency_forms(code, language)
        extra = NAMES.get(language, {}).get(code, ())
        forms.update(extra)
        if language == "en":
            forms.update(
                f"{form}s" for form in extra if form.endswith(("dollar", "pound", "crown", "franc", "peso", "dirham"))
            )
            forms.update(f"{form}s" for form in extra if form.endswith(("shekel", "rouble", "rial", "greenback")))
        for form in forms:
            names[form].add(code)
        known = [place for place in where if place in territories and place not in NOT_COUNTRIES]
        own = [fold(territories[place]) for place in known] if len(where) < 9 else []
        countries[code].update(own)
        for form in currency_forms(code, language):
            head = head_of(form, language)
            if head in NOT_HEADS:
                continue
            heads[head].add(code)
            if language == "en":
                before = form.removesuffix(head).strip()
                countries[code].update([before] * bool(before))
                for place in own:
                    names[f"{place} {head}"].add(code)
        if language == "en":
            countries[code].update(ADJECTIVES.get(code, ()))
    for name in [name for name in names if " " not in name and "-" not in name]:
        if name not in NOT_HEADS:
            heads[name].update(names.pop(name))
    heads["euro"].add("EUR")
    return {
        "names": {name: sorted(codes) for name, codes in sorted(names.items())},
        "heads": {head: sorted(codes) for head, codes in sorted(heads.items()) if len(head) > 2},
        "countries": {code: sorted(words) for code, words in sorted(countries.items()) if words},
    }


def make_symbols(tender: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What stands beside a figure for a currency: of CLDR, in the locales of the country itself, and of SYMBOLS."""
    identifiers = load("babel.localedata").locale_identifiers()
    found: dict[str, set[str]] = defaultdict(set)
    for identifier in identifiers:
        parts = identifier.split("_")
        if len(parts) < 2 or len(parts[-1]) != 2:
            continue
        symbols = locale_data(identifier)["currency_symbols"]
        for code, where in tender.items():
            symbol = symbols.get(code, "").strip("\u200e\u200f ")
            if (
                parts[-1] in where
                and symbol
                and not (symbol.isalpha() and symbol.islower())
                and symbol != code
                and len(symbol) <= 6
                and symbol.isprintable()
            ):
                found[symbol].add(code)
    for code, symbols in SYMBOLS.items():
        for symbol in symbols:
            found[symbol].add(code)
    plain = {symbol: sorted(codes) for symbol, codes in sorted(found.items()) if all(map(_is_read, symbol))}
    return plain | {code: [code] for code in tender}


def _is_read(character: str) -> bool:
    return character < "\u0250" or "\u20a0" <= character <= "\u20cf" or character in "฿৳៛֏"


def make_currencies() -> Json:
    """All of currencies.json."""
    tender = current_tender()
    domains = {place.lower(): code for code, where in tender.items() for place in where}
    domains |= {"gb": "GBP", "ps": "ILS", "bt": "BTN", "pa": "PAB", "zw": "ZWG", "ls": "LSL"}
    domains["uk"] = domains["gb"]
    domains = {
        place: code for place, code in domains.items() if place not in {"tv", "io", "ai", "cc", "fm", "ws", "tk"}
    }
    return {
        "symbols": make_symbols(tender),
        "languages": {language: make_names(language, tender) for language in LANGUAGES},
        "domains": dict(sorted(domains.items())),
    }


def unit_words(cldr: str, language: str) -> set[str]:
    """What CLDR writes behind a figure for a unit, long and short."""
    patterns: Mapping[str, Any] = locale_data(language)["unit_patterns"].get(cldr, {})
    forms = {patterns[width].get(count) for width in ("long", "short") if width in patterns for count in COUNTS}
    found = (form.replace("{0}", "").replace("\xa0", " ").strip() for form in forms if form)
    return {word.removeprefix("-") for word in found if word and "{" not in word}


def _spelled(words: set[str], language: str) -> set[str]:
    """Words with the dative plural of German ones, and with the British spelling of English ones."""
    if language == "en":
        return words | {re.sub(r"(met|lit)er(?=s?\b)", r"\1re", word) for word in words}
    if language != "de":
        return words
    return words | {re.sub(r"(?<=er)(?= pro |$)", "n", word) for word in words}


def make_units() -> Json:
    """All of units.json: words in lower case by language, and short forms as written, which all languages share."""
    registry = load("pint").UnitRegistry()
    shared: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    short: dict[str, str] = {}
    for cldr, (readable, extra) in UNITS.items():
        unit = str(registry.parse_units(readable))
        for form in (form.removeprefix("-") for form in extra):
            if form != form.lower() or len(form) < 4:
                short[form] = unit
            else:
                shared.setdefault(form, unit)
        for language in LANGUAGES:
            for form in _spelled(unit_words(cldr, language), language):
                if fold(form) in NOT_UNITS or len(form) < 2 or not (form[0].isalpha() or form[0] in "°º"):
                    continue
                if form.isascii() and form.isalpha() and len(form) < 4 and form != form.lower():
                    short.setdefault(form, unit)
                else:
                    words[language].setdefault(fold(form), unit)
    words["en"] |= {"ton": "ton", "tons": "ton"}
    for language in LANGUAGES:
        own = sorted(words[language].items())
        words[language] = {form: unit for form, unit in own if shared.get(form) != unit}
    return {"short": dict(sorted(short.items())), "shared": dict(sorted(shared.items())), "languages": words}


def _forms(data: Any, widths: Iterable[tuple[str, str]], number: int) -> set[str]:
    found = {fold(data.get(kind, {}).get(width, {}).get(number, "")) for kind, width in widths}
    return {form.removesuffix(".") for form in found if len(form) > 1}


def make_calendar() -> Json:
    """All of calendar.json: months (1 to 12) and weekdays (0 for Monday) by their names in each language."""
    widths = [(kind, width) for kind in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    made: Json = {}
    for language in LANGUAGES:
        data = locale_data(language)
        made[language] = {
            "months": {form: n for n in range(1, 13) for form in sorted(_forms(data["months"], widths, n))},
            "weekdays": {form: n for n in range(7) for form in sorted(_forms(data["days"], widths, n))},
        }
    made["de"]["months"] |= {"jänner": 1, "feber": 2}
    made["en"]["months"] |= {"sept": 9}
    made["en"]["weekdays"] |= {"tues": 1, "thur": 3, "thurs": 3, "weds": 2}
    made["pt"]["weekdays"] |= {"segunda": 0, "terça": 1, "quarta": 2, "quinta": 3, "sexta": 4}
    return made


def dump(value: Any) -> str:
    """JSON with a line for each entry, and lists in one line."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    entries = (f"{json.dumps(key, ensure_ascii=False)}: {dump(part)}" for key, part in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"


def main() -> None:
    """Print which files differ from what is made, or write them."""
    parser = make_parser(__doc__)
    parser.add_argument("--write", action="store_true", help="write the files")
    is_write = parser.parse_args().write
    made = {
        ENRICH / "amounts" / "currencies.json": make_currencies(),
        ENRICH / "amounts" / "units.json": make_units(),
        ENRICH / "dates" / "calendar.json": make_calendar(),
    }
    babel, pint = load("babel"), load("pint")
    source = f"Unicode CLDR by babel {babel.__version__} (Unicode licence); units named as pint {pint.__version__} does"
    for path, content in made.items():
        text = dump({"source": source} | content) + "\n"
        is_same = path.exists() and path.read_text(encoding="utf-8") == text
        if is_write:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'same' if is_same else 'written' if is_write else 'differs'}, {len(text)} characters")


if __name__ == "__main__":
    main()
