"""Words of dates, by language. Months and weekdays are those of CLDR, stored by ``benchmarks/make_names.py``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from transforms.enrich.number_words import SMALL_NUMBERS
from transforms.package_data import load_json

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages with rules, ISO 639-1."""

Offset = tuple[str, int]
"""A unit and how many of it lie between the date of publication and the date meant."""


@cache
def _calendar() -> Any:
    return load_json(__package__, "calendar.json")


def months(language: str) -> Mapping[str, int]:
    """Return the names of months and their abbreviations, 1 to 12."""
    found: Mapping[str, int] = _calendar()[language]["months"]
    return found


@cache
def full_months(language: str) -> frozenset[str]:
    """Return the names of months that are not abbreviations."""
    found = months(language)
    longest = {max((name for name in found if found[name] == month), key=len) for month in range(1, 13)}
    return frozenset(longest | {name for name in found if len(name) > 4})


def weekdays(language: str, *, short: bool = False) -> dict[str, int]:
    """Return the names of weekdays, 0 for Monday; in full alone unless ``short`` ones are wanted, too."""
    found: dict[str, int] = _calendar()[language]["weekdays"]
    longest = {max((name for name in found if found[name] == day), key=len): day for day in range(7)}
    return found if short else longest | _MORE_WEEKDAYS.get(language, {})


_MORE_WEEKDAYS: Mapping[str, dict[str, int]] = {
    "en": {"tues": 1, "thurs": 3},
    "de": {"sonnabend": 5},
}


def _phrases(text: str, unit: str, offset: int) -> dict[str, Offset]:
    return {phrase.strip(): (unit, offset) for phrase in text.split("|")}


RELATIVE: Mapping[str, Mapping[str, Offset]] = {
    "en": {
        **_phrases("yesterday|last night", "day", -1),
        **_phrases("the day before yesterday", "day", -2),
        **_phrases("today|tonight|this morning|this afternoon|this evening", "day", 0),
        **_phrases("tomorrow", "day", 1),
        **_phrases("the day after tomorrow", "day", 2),
        **_phrases("last week|the past week", "week", -1),
        **_phrases("this week", "week", 0),
        **_phrases("next week", "week", 1),
        **_phrases("last weekend", "weekend", -1),
        **_phrases("this weekend|the weekend", "weekend", 0),
        **_phrases("next weekend", "weekend", 1),
        **_phrases("last month|the previous month", "month", -1),
        **_phrases("this month", "month", 0),
        **_phrases("next month", "month", 1),
        **_phrases("last quarter", "quarter", -1),
        **_phrases("this quarter", "quarter", 0),
        **_phrases("next quarter", "quarter", 1),
        **_phrases("last year", "year", -1),
        **_phrases("this year", "year", 0),
        **_phrases("next year", "year", 1),
        **_phrases("last decade", "decade", -1),
        **_phrases("this decade", "decade", 0),
        **_phrases("last century", "century", -1),
        **_phrases("this century", "century", 0),
    },
    "de": {
        **_phrases("vorgestern", "day", -2),
        **_phrases("gestern", "day", -1),
        **_phrases("heute", "day", 0),
        **_phrases("übermorgen", "day", 2),
        **_phrases(
            "letzte woche|letzter woche|vergangene woche|vergangenen woche|vorige woche|voriger woche", "week", -1
        ),
        **_phrases("diese woche|dieser woche", "week", 0),
        **_phrases("nächste woche|nächster woche|kommende woche|kommenden woche|kommender woche", "week", 1),
        **_phrases(
            "letztes wochenende|letzten wochenende|vergangenen wochenende|vergangenes wochenende", "weekend", -1
        ),
        **_phrases("dieses wochenende|diesem wochenende", "weekend", 0),
        **_phrases("kommenden wochenende|nächsten wochenende|kommendes wochenende", "weekend", 1),
        **_phrases("letzten monat|vergangenen monat|vorigen monat", "month", -1),
        **_phrases("diesen monat|diesem monat|dieses monats", "month", 0),
        **_phrases("nächsten monat|kommenden monat", "month", 1),
        **_phrases(
            "letztes jahr|letzten jahr|letzten jahres|vergangenes jahr|vergangenen jahr|vergangenen jahres", "year", -1
        ),
        **_phrases("voriges jahr|vorigen jahr|vorigen jahres|vorjahr|vorjahres", "year", -1),
        **_phrases("dieses jahr|diesem jahr|dieses jahres|laufenden jahr|heuer", "year", 0),
        **_phrases(
            "nächstes jahr|nächsten jahr|kommendes jahr|kommenden jahr|kommenden jahres|nächsten jahres", "year", 1
        ),
    },
    "fr": {
        **_phrases("avant-hier", "day", -2),
        **_phrases("hier", "day", -1),
        **_phrases("aujourd'hui|aujourd’hui|ce matin|ce soir", "day", 0),
        **_phrases("demain", "day", 1),
        **_phrases("la semaine dernière|la semaine passée", "week", -1),
        **_phrases("cette semaine", "week", 0),
        **_phrases("la semaine prochaine", "week", 1),
        **_phrases("le mois dernier", "month", -1),
        **_phrases("ce mois-ci", "month", 0),
        **_phrases("le mois prochain", "month", 1),
        **_phrases("l'an dernier|l’an dernier|l'année dernière|l’année dernière|l'an passé|l’an passé", "year", -1),
        **_phrases("cette année", "year", 0),
        **_phrases("l'an prochain|l’an prochain|l'année prochaine|l’année prochaine", "year", 1),
    },
    "es": {
        **_phrases("anteayer", "day", -2),
        **_phrases("ayer", "day", -1),
        **_phrases("hoy|esta mañana|esta tarde|esta noche", "day", 0),
        **_phrases("la semana pasada|la pasada semana", "week", -1),
        **_phrases("esta semana", "week", 0),
        **_phrases("la semana que viene|la próxima semana", "week", 1),
        **_phrases("el mes pasado|el pasado mes", "month", -1),
        **_phrases("este mes", "month", 0),
        **_phrases("el mes que viene|el próximo mes", "month", 1),
        **_phrases("el año pasado|el pasado año|del año pasado", "year", -1),
        **_phrases("este año", "year", 0),
        **_phrases("el año que viene|el próximo año", "year", 1),
    },
    "it": {
        **_phrases("l'altro ieri|l’altro ieri", "day", -2),
        **_phrases("ieri", "day", -1),
        **_phrases("oggi|stamattina|stasera", "day", 0),
        **_phrases("domani", "day", 1),
        **_phrases("la settimana scorsa|la scorsa settimana|scorsa settimana", "week", -1),
        **_phrases("questa settimana", "week", 0),
        **_phrases("la settimana prossima|la prossima settimana", "week", 1),
        **_phrases("il mese scorso|lo scorso mese|scorso mese", "month", -1),
        **_phrases("questo mese", "month", 0),
        **_phrases("il mese prossimo|il prossimo mese", "month", 1),
        **_phrases("l'anno scorso|l’anno scorso|lo scorso anno|scorso anno", "year", -1),
        **_phrases("quest'anno|quest’anno", "year", 0),
        **_phrases("l'anno prossimo|l’anno prossimo|il prossimo anno|prossimo anno", "year", 1),
    },
    "pt": {
        **_phrases("anteontem", "day", -2),
        **_phrases("ontem", "day", -1),
        **_phrases("hoje", "day", 0),
        **_phrases("amanhã", "day", 1),
        **_phrases("semana passada", "week", -1),
        **_phrases("esta semana|nesta semana", "week", 0),
        **_phrases("próxima semana|semana que vem", "week", 1),
        **_phrases("mês passado", "month", -1),
        **_phrases("este mês|neste mês", "month", 0),
        **_phrases("próximo mês|mês que vem", "month", 1),
        **_phrases("ano passado", "year", -1),
        **_phrases("este ano|neste ano", "year", 0),
        **_phrases("próximo ano|ano que vem", "year", 1),
    },
    "nl": {
        **_phrases("eergisteren", "day", -2),
        **_phrases("gisteren", "day", -1),
        **_phrases("vandaag|vanmorgen|vanochtend|vanmiddag|vanavond", "day", 0),
        **_phrases("overmorgen", "day", 2),
        **_phrases("vorige week|afgelopen week", "week", -1),
        **_phrases("deze week", "week", 0),
        **_phrases("volgende week|komende week", "week", 1),
        **_phrases("afgelopen weekend|vorig weekend", "weekend", -1),
        **_phrases("dit weekend", "weekend", 0),
        **_phrases("volgend weekend|komend weekend", "weekend", 1),
        **_phrases("vorige maand", "month", -1),
        **_phrases("deze maand", "month", 0),
        **_phrases("volgende maand|komende maand", "month", 1),
        **_phrases("vorig jaar", "year", -1),
        **_phrases("dit jaar", "year", 0),
        **_phrases("volgend jaar|komend jaar", "year", 1),
    },
}
"""Words for dates that are counted from today."""

NOW = frozenset(("today", "heute", "hoy", "oggi", "aujourd'hui", "aujourd’hui", "hoje", "vandaag"))
"""Words that as often mean nowadays."""

NUMBERS: Mapping[str, Mapping[str, int]] = {**SMALL_NUMBERS, "en": {"a": 1, "an": 1, **SMALL_NUMBERS["en"]}}
"""Small numbers in words."""

AGO: Mapping[str, tuple[str, str]] = {
    "en": ("", " ago"),
    "de": ("vor ", ""),
    "fr": ("il y a ", ""),
    "es": ("hace ", ""),
    "it": ("", " fa"),
    "pt": ("há ", ""),
    "nl": ("", " geleden"),
}
"""What stands before and behind "three days" to say that they have passed since."""

UNITS: Mapping[str, Mapping[str, str]] = {
    "en": {"days?": "day", "weeks?": "week", "months?": "month", "years?": "year"},
    "de": {"tage?n?": "day", "wochen?": "week", "monate?n?": "month", "jahre?n?": "year"},
    "fr": {"jours?": "day", "semaines?": "week", "mois": "month", "ans?": "year"},
    "es": {"días?": "day", "semanas?": "week", "mes(?:es)?": "month", "años?": "year"},
    "it": {"giorn[oi]": "day", "settiman[ae]": "week", "mes[ei]": "month", "ann[oi]": "year"},
    "pt": {"dias?": "day", "semanas?": "week", "m[êe]s(?:es)?": "month", "anos?": "year"},
    "nl": {"dag(?:en)?": "day", "week|weken": "week", "maand(?:en)?": "month", "jaar": "year"},
}
"""Units of time, as expressions."""

LAST: Mapping[str, tuple[str, ...]] = {
    "en": ("last", "this past", "past"),
    "de": ("gestrigen", "letzten", "letzter", "letztem", "vergangenen", "vergangenem", "vergangener", "vorigen"),
    "fr": (),
    "es": ("pasado", "el pasado", "la pasada"),
    "it": ("scorso", "lo scorso", "la scorsa"),
    "pt": ("passado", "última"),
    "nl": ("afgelopen", "vorige"),
}
"""Words before a weekday or month for one that is past."""

NEXT: Mapping[str, tuple[str, ...]] = {
    "en": ("next", "this coming", "coming"),
    "de": ("morgigen", "nächsten", "nächster", "kommenden", "kommender", "kommendem"),
    "fr": (),
    "es": ("próximo", "el próximo"),
    "it": ("prossimo", "il prossimo"),
    "pt": ("próxima", "próximo"),
    "nl": ("volgende", "komende", "aanstaande"),
}
"""Words before a weekday or month for one that is to come."""

LAST_BEHIND: Mapping[str, tuple[str, ...]] = {
    "fr": ("dernier", "dernière", "passé"),
    "es": ("pasado", "pasada"),
    "it": ("scorso", "scorsa"),
    "pt": ("passado", "passada"),
}
"""Words behind a weekday or month for one that is past."""

NEXT_BEHIND: Mapping[str, tuple[str, ...]] = {
    "fr": ("prochain", "prochaine"),
    "es": ("próximo", "que viene"),
    "it": ("prossimo", "prossima"),
    "pt": ("próximo", "que vem"),
}
"""Words behind a weekday or month for one that is to come."""

BEFORE_MONTH: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        (
            *("in", "since", "by", "until", "till", "during", "last", "this", "next", "early", "late", "mid", "of"),
            *("from",),
            *("to", "through", "before", "after", "between", "and", "for", "the", "around", "every", "back"),
            *("initial", "a"),
            *("that", "past", "or", "previous", "on", "its", "his", "her", "their", "mid-", "as"),
        )
    ),
    "de": frozenset(
        (
            *("im", "seit", "bis", "ab", "anfang", "ende", "mitte", "vom", "zum", "und", "von", "letzten"),
            *("vergangenen",),
            *(
                "kommenden",
                "nächsten",
                "monat",
                "des",
                "am",
                "den",
                "der",
                "dem",
                "zwischen",
                "spätestens",
                "oder",
                "auf",
                "jeweils",
            ),
        )
    ),
    "fr": frozenset(
        ("en", "de", "d'ici", "fin", "début", "mi", "depuis", "dès", "jusqu'en", "et", "courant", "mois", "à")
    ),
    "es": frozenset(
        ("en", "de", "desde", "hasta", "y", "finales", "principios", "mediados", "pasado", "próximo", "mes", "a")
    ),
    "it": frozenset(
        ("a", "in", "di", "da", "e", "fine", "inizio", "metà", "dal", "al", "del", "nel", "fino", "scorso", "lo")
    ),
    "pt": frozenset(("em", "de", "desde", "até", "e", "fim", "início", "meados", "a")),
    "nl": frozenset(
        ("in", "sinds", "tot", "vanaf", "begin", "eind", "half", "en", "van", "medio", "voor", "na", "afgelopen")
    ),
}
"""Words before a month that is named without day and year."""

NAMES_TOO = frozenset(
    (
        "april",
        "may",
        "june",
        "august",
        "march",
        "mars",
        "mai",
        "maio",
        "mayo",
        "maggio",
        "marzo",
        "agosto",
        "mei",
        "maart",
    )
)
"""Months whose name means something else, too."""

BEFORE_YEAR: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        (
            *("in", "since", "until", "till", "by", "from", "before", "after", "during", "around", "early", "late"),
            *("mid",),
            *("through", "between", "year", "fiscal", "spring", "summer", "autumn", "fall", "winter", "circa", "ca"),
            *("into",),
            *("throughout", "mid-", "season", "fy", "pre", "post", "years", "back"),
        )
    ),
    "de": frozenset(
        (
            *("seit", "bis", "ab", "jahr", "jahre", "jahren", "jahres", "anfang", "ende", "mitte", "sommer", "winter"),
            *("herbst", "frühjahr", "frühling", "in", "von", "zwischen", "saison", "nach", "vor"),
        )
    ),
    "fr": frozenset(
        (
            *("en", "depuis", "dès", "avant", "après", "fin", "début", "mi", "été", "hiver", "automne", "printemps"),
            *("an",),
            *("l'an", "année", "jusqu'en", "entre", "saison"),
        )
    ),
    "es": frozenset(
        ("en", "desde", "año", "hasta", "del", "entre", "finales", "principios", "verano", "invierno", "otoño")
    ),
    "it": frozenset(("nel", "dal", "del", "al", "anno", "il", "dell'anno", "estate", "fine", "inizio", "tra", "entro")),
    "pt": frozenset(("em", "desde", "ano", "até", "entre", "fim", "início")),
    "nl": frozenset(
        ("in", "sinds", "tot", "vanaf", "jaar", "zomer", "winter", "eind", "begin", "tussen", "uit", "najaar")
    ),
}
"""Words before four digits that make them a year, whatever follows."""

MAYBE_BEFORE_YEAR: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        (
            *("of", "for", "to", "the", "a", "an", "his", "her", "its", "their", "our", "this", "that", "and", "or"),
            *("than",),
            *("as", "my", "your", "until", "'s", "\u2019s", "late-", "its", "another", "first", "s", "on", "with"),
            *("following",),
        )
    ),
    "de": frozenset(
        ("und", "für", "der", "die", "das", "dem", "den", "des", "oder", "noch", "auch", "bereits", "ebenfalls", "mit")
    ),
    "fr": frozenset(("de", "à", "et", "pour", "le", "la", "du")),
    "es": frozenset(("de", "a", "y", "para", "el", "la", "con")),
    "it": frozenset(("di", "a", "e", "per", "i", "le", "con")),
    "pt": frozenset(("de", "a", "e", "para", "o", "com")),
    "nl": frozenset(("van", "en", "voor", "de", "het", "na", "met")),
}
"""Words before four digits that make them a year unless a count of something follows."""

FUTURE: Mapping[str, str] = {
    "en": r"will|should(?! have)|might(?! have)|won't|won\u2019t|'ll|\u2019ll|shall|"
    r"(?:is|are) (?:set|due|scheduled|expected|planned|slated|to)|due|"
    r"scheduled|expected|upcoming|plans? to(?! an?\b| the\b)|going to|hopes? to|no later than|deadline|"
    r"takes? place|kicks? off|ahead of|"
    r"begins|continues|meets|convenes|reconvenes|concludes|"
    r"launches|expires|opens|starts|resumes|airs|premieres|goes? on sale|comes? out|(?:is|are) (?:out|back)|"
    r"next up|(?:has|have) until|forecast (?:for|to|through|until)|(?<!the )(?<!of )(?:hosts|visits|faces)(?= \w)|"
    r"(?<=[s:] )(?<!['\u2019]s )(?:host|visit|face)(?= \w)|(?:would(?! have)|agreed to)(?=[^,]{1,45}\Z)",
    "de": r"wird|werden|soll|sollen|will|wollen|dürften?|könnten?|sollten?|möchten?|müssten?|"
    r"geplant|plant|bis|findet|startet|beginnt|tagt|entscheidet|berät|debattiert|empfängt|reist|läuft|endet|eröffnet",
    "fr": r"(?!sierra\b|terra\b)\w{1,12}(?:era|ira|ura|rra|dra|vra)|(?!a?f?front\b)\w{1,12}ront|va|"
    r"vont|comparaît|comparaissent|réunit|réunissent|reçoit|affronte|prévue?s?|doit|doivent|jusqu'au|jusqu'à",
    "es": r"\w{1,12}(?:ará|erá|irá|drá|brá|rrá)n?|dará|irá|deben?|"
    r"viajan?|recibe|visita|juegan?|disputan?|va a|previsto|hasta|próxim[oa]",
    "it": r"\w{2,12}(?:erà|irà|eranno|iranno|vrà|trà|drà|rrà|vranno|tranno|dranno|rranno)|sarà|saranno|farà|faranno|"
    r"dev(?:e|ono)|dobbiamo|previst[oa]|in programma|fino",
    "pt": r"\w{1,12}(?:ará|erá|irá|arão|erão|irão)|fará|deve(?:m)?|vai|vão|previsto|até",
    "nl": r"zal|zullen|gaat|gaan|wordt|worden|moet|moeten|"
    r"debatteert|vergadert|stemt|beslist|begint|start|speelt|vanaf|tot",
}
"""Words that say that what follows is to come."""

PAST: Mapping[str, str] = {
    "en": r"was|were|had|did|said|told|(?!united|hundred|indeed|need|speed|red)\w{2,14}ed|came|went|took|won|lost|"
    r"began|made|met|found|gave|got|saw|held|led|left|sent|fell|rose|wrote|spoke|became|hit|beat|since|shot|struck|put|"
    r"kept|ran|flew|broke|has been|have been|drew|sold",
    "de": r"war|waren|hatte|hatten|wurde|wurden|hat|haben|sagte|gab|kam|seit|worden|gewesen|gekommen|gestorben|"
    r"(?:ver|be|ent|er|über|unter)?(?:ging|kam|ließ|fiel|gann|trat|sprach|nahm|stieg|sank|fand|schrieb|stand|blieb|hielt|"
    r"rief|traf|schlug|zog|lor|schied|schloss|brach|warf|trug|lief)(?:en)?|starb|gewann|"
    r"(?!(?:heu|ers|letz|zwei|drit|vier|fünf|sechs|"
    r"ach|neun|zehn|gu|ro|al|wei|brei|ech|har|rech|geplan|bekann|genann|sogenann|gesam|nächs|bes|höchs|meis|größ|jüngs|"
    r"ältes|spä|zuletz)ten?\b)\w{2,14}ten?",
    "fr": r"a|ont|était|étaient|avait|est|sont|depuis|fut|\w{2,12}é|\w{2,12}ait",
    "es": r"ha|han|fue|fueron|había|era|desde|\w{2,12}ó|\w{2,12}aron|\w{2,12}ieron",
    "it": r"ha|hanno|è|era|aveva|sono|fu|\w{2,12}ato|\w{2,12}ito|\w{2,12}uto",
    "pt": r"foi|foram|era|tinha|desde|\w{2,12}ou|\w{2,12}eu|\w{2,12}aram",
    "nl": r"was|waren|had|hadden|heeft|hebben|werd|werden|is|zijn|sinds|\w{2,12}de|\w{2,12}den",
}
"""Words that say that what follows has happened."""
