"""The agency that a report names as its source, outside its dateline."""

import pytest

from transforms.articles.agencies import AGENCIES, find_agency
from transforms.articles.providers import find_provider
from transforms.package_data import load_json

TEXT = (
    "The harbour board of Ellery agreed on Monday to rebuild the eastern pier, and Reuters was there.\n"
    "Work is to begin in May, its chair told the Associated Press."
)
LINES = [
    ("AFP", "AFP"),
    ("-- BERNAMA", "BERNAMA"),
    ("(Quelle: APA/sda/dpa)", "APA/sda/dpa"),
    ("Quelle: ntv.example, dpa", "dpa"),
    ("Fonte: Adnkronos", "Adnkronos"),
    ("Bron: Belga", "Belga"),
    ("Kilde: Ritzau", "Ritzau"),
    ("Zdroj: ČTK", "ČTK"),
    ("来源：新华社", "新华社"),
    ("출처: 연합뉴스", "연합뉴스"),
    ("المصدر: رويترز", "رويترز"),
    ("With files from Reuters and The Canadian Press", "Reuters and The Canadian Press"),
    ("With reporting by Associated Press writer Sam Doe", "Associated Press"),
    ("– Additional reporting from Reuters", "Reuters"),
    ("Mit Material der dpa", "dpa"),
    ("mit dpa/AFP", "dpa/AFP"),
    ("(avec l’AFP)", "AFP"),
    ("Con información de EFE y AFP", "EFE y AFP"),
    ("Com informações da Agência Brasil", "Agência Brasil"),
    ("The Associated Press contributed to this report.", "The Associated Press"),
    ("—Associated Press writers Sam Doe and Jane Roe in Velden contributed to this report.", "Associated Press"),
    ("© dpa-infocom, dpa:260305-930-12345/1", "dpa-infocom"),
    ("Copyright 2026 The Associated Press. All rights reserved.", "The Associated Press"),
    ("This report by The Canadian Press was first published March 5, 2026.", "The Canadian Press"),
    ("Reuters contributed reporting", "Reuters"),
    ("(With PTI inputs)", "PTI"),
    ("Von Jane Roe und dpa", "dpa"),
    ("Por Reuters", "Reuters"),
    ("Theo TTXVN", "TTXVN"),
    ("(新华社记者 李明)", "新华社"),
    ("（共同）", "共同"),
    ("/ritzau/", "ritzau"),
    ("(©NTB)", "NTB"),
    ("TT-AFP", "TT-AFP"),
    ("APA/red", "APA"),
    ("awp/jr/sd", "awp"),
    ("Redacción/EFE", "EFE"),
    ("ČTK, jr", "ČTK"),
    ("Reuters/Sam Doe", None),
    ("Por otro, la posibilidad de que la Administración de Puertos (ANP) contrate a todos.", None),
    ("Read more on Reuters", None),
    ("Follow Reuters on X", None),
    ("Work is over, the board says. (PAP)", "PAP"),
    ("Work is over, the board says. — AFP", "AFP"),
    ("Work is over, the board says. PTI ABC XYZ", "PTI"),
    ("Work is over, the board says. (Mit Material von dts)", "dts"),
    ("Work is over, the board told Reuters.", None),
    ("She had told the AP. Reuters did not ask.", None),
    ("配信元：共同通信", "共同通信"),
    ("© AFP", None),
    ("Foto: dpa", None),
    ("With Reuters in town, nobody spoke.", None),
    ("The board reports to the Associated Press Club.", None),
    ("", None),
]


@pytest.mark.parametrize(("line", "agency"), LINES)
def test_a_line_that_credits_an_agency_names_the_source(line: str, agency: str | None) -> None:
    assert find_provider(f"{TEXT}\n{line}") == agency


def test_lines_of_initials_may_follow() -> None:
    assert find_provider(f"{TEXT} (PAP)\nabc/ xyz/") == "PAP"


@pytest.mark.parametrize(
    ("names", "agency"),
    [
        (["The Associated Press"], "The Associated Press"),
        (["Jane Roe", "dpa"], "dpa"),
        (["dpa", "AFP"], "dpa/AFP"),
        (["Le Courrier avec AFP"], "AFP"),
        (["AFP/The Ellery Post"], "AFP"),
        (["Jane Roe The Associated Press"], "The Associated Press"),
        (["Jane Roe"], None),
        (["Reuters Staff"], "Reuters"),
        (["Jane Roe (AFP)"], "AFP"),
        (["Par AFP"], "AFP"),
        (["Redazione ANSA"], "ANSA"),
        (["Associated Press Club"], None),
        (["Hina Khan"], None),
        (["Pa Thompson"], None),
        ([], None),
    ],
)
def test_an_agency_among_the_authors_is_the_source(names: list[str], agency: str | None) -> None:
    assert find_provider(TEXT, names=names) == agency


def test_a_publisher_is_not_the_source_of_its_own_report() -> None:
    text = f"{TEXT}\nCopyright 2026 NPR. All rights reserved."
    assert find_provider(text, names=["CNN"], publisher="CNN npr.org") is None
    assert find_provider(text, names=["AP"], publisher="Cape Times capetimes.example") == "AP"


def test_an_agency_of_two_names_is_named_once() -> None:
    assert find_provider(TEXT, names=["Anadolu Ajansı", "AA"]) == "Anadolu Ajansı"
    assert find_provider(TEXT, names=["dpa/AFP", "Agence France-Presse", "afp"]) == "dpa/AFP"


def test_no_name_is_that_of_two_agencies() -> None:
    names = [name.casefold() for group in load_json("transforms.articles", "agencies.json")["same"] for name in group]
    assert len(names) == len(set(names))
    assert set(names) <= {name.casefold() for name in AGENCIES}


def test_a_label_before_the_text_names_the_source() -> None:
    assert find_provider(f"Fonte: ANSA\n{TEXT}") == "ANSA"
    assert find_provider(f"AP\n{TEXT}") is None  # it may stand below a picture


@pytest.mark.parametrize("name", ["", "Reuters, Jane Roe", "the board", "/", "AP and" * 50])
def test_other_names_are_not_agencies(name: str) -> None:
    assert find_agency(name) is None
