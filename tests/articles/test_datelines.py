"""Datelines and agencies of invented reports."""

import pytest

from transforms.articles.datelines import Dateline, read_dateline

CASES = [
    ("CERRO PARDO.- El puerto está abierto de nuevo.", "CERRO PARDO", None),
    ("(Reuters) - The port is open again.", None, "Reuters"),
    ("LONDON (Reuters) - The port is open again.", "LONDON", "Reuters"),
    ("PARIS, May 3 (AFP) — The port is open again.", "PARIS, May 3", "AFP"),
    ("NEW YORK (AP) — The port is open again.", "NEW YORK", "AP"),
    ("BERLIN (dpa) - Der Hafen ist wieder offen.", "BERLIN", "dpa"),
    ("Berlin (dpa/AFP) – Der Hafen ist wieder offen.", "Berlin", "dpa/AFP"),
    ("Wien/Graz (APA) – Der Hafen ist wieder offen.", "Wien/Graz", "APA"),
    ("May 3 (Reuters) - The port is open again.", "May 3", "Reuters"),
    ("LONDON — The port is open again.", "LONDON", None),
    ("ST. JOHN’S, Newfoundland — The port is open again.", "ST. JOHN’S, Newfoundland", None),
    ("WASHINGTON, D.C. – The port is open again.", "WASHINGTON, D.C.", None),
    ("PORT ELLERY, 3 May (Example News) — The money is spent.", "PORT ELLERY, 3 May", None),
    ("NEW YORK, May 3, 2024 /PRNewswire/ -- The port is open again.", "NEW YORK, May 3, 2024", "PRNewswire"),
    ("Madrid, 3 may (EFE).- El puerto está abierto.", "Madrid, 3 may", "EFE"),
    ("(ANSA) - ROMA, 03 MAG - Il porto è aperto.", "ROMA, 03 MAG", "ANSA"),
    ("МОСКВА, 3 мая. /ТАСС/. Порт снова открыт.", "МОСКВА, 3 мая", "ТАСС"),
    ("新华社北京5月3日电 港口重新开放。", "北京5月3日", "新华社"),
    ("(서울=연합뉴스) 홍길동 기자 = 항구가 다시 열렸다.", "서울", "연합뉴스"),
    ("［東京 3日 ロイター］ 港が再開した。", "東京 3日", "ロイター"),
    ("（中央社記者王小明埃勒里5日電）港口重新開放。", "埃勒里5日", "中央社"),
    ("【パリAFP時事】港が再開した。", "パリ", "AFP時事"),
    ("Praha 5. března (ČTK) - Přístav je otevřen.", "Praha 5. března", "ČTK"),
    ("Praha 5. března 2024 (ČTK) – Přístav je otevřen.", "Praha 5. března 2024", "ČTK"),
    ("Ellery (dpa/lnw) - Der Hafen ist wieder offen.", "Ellery", "dpa"),
    ("Бања Лука, 5. март (СРНА) - Лука је отворена.", "Бања Лука, 5. март", "СРНА"),
    ("(Oslo/NTB): Havnen er åpen igjen.", "Oslo", "NTB"),
    ("New Delhi, Mar 5 (PTI) The port is open again.", "New Delhi, Mar 5", "PTI"),
    ("नयी दिल्ली, पांच मार्च (भाषा) बंदरगाह फिर खुल गया है।", "नयी दिल्ली, पांच मार्च", "भाषा"),
    ("Ida Marsk, mayor of Ellery, told a reporter (AP) last week.", None, None),
    ("CHENNAI: The port is open again, a year after the storm tore off its pier.", "CHENNAI", None),
    ("FRANKFURT - Der Hafen ist wieder offen, ein Jahr nach dem Sturm des Winters.", "FRANKFURT", None),
    ("JAKARTA, Post.com - Pelabuhan dibuka kembali, setahun setelah badai besar itu.", "JAKARTA", None),
    ("QUICK SUMMARY: The port is open again, a year after the storm tore off its pier.", None, None),
    ("（東京＝共同）港が再開した。", "東京", "共同"),
    ("【ロンドン＝木下陽一】港が再開した。", "ロンドン", None),
    ("【ロンドン＝木下陽一特派員】港が再開した。", "ロンドン", None),
    ("【ロンドン＝木下】港が再開した。", "ロンドン", None),
    ("[부산=항구일보 한지원 기자] 항구가 다시 열렸다.", "부산", None),
    ("（中央社記者林曉燕海州3日電）港口重新開放。", "海州3日", "中央社"),
    ("【写真＝海州新聞】港が再開した。", None, None),
    ("EXCLUSIVE — The port is open again.", None, None),
    ("NASA's rocket — the largest — flew on Monday.", None, None),
    ("BREAKING NEWS – The port is open again.", None, None),
    ("AI — for short — is everywhere.", None, None),
    ("The mayor (AP) — who is ill — stayed away.", None, None),
    ("The European Union (EU) - a club - met.", None, None),
    ("(Photo: Jane Roe) - The port is open again.", None, None),
    ("The port, with its cranes (see map), is open again.", None, None),
    ("THE PORT IS OPEN AGAIN — SAYS THE MAYOR", None, None),
    ("", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("paragraph", "dateline", "provider"), CASES)
def test_what_opens_a_report_is_read(paragraph: str, dateline: str | None, provider: str | None) -> None:
    assert read_dateline([paragraph]) == Dateline(dateline, provider)


def test_a_report_without_text_has_no_dateline() -> None:
    assert read_dateline([]) == Dateline()


STORY = "The council of {place} met on Monday to speak about the pier, and the people of {place} were not amused."


def test_a_place_before_a_colon_must_be_named_in_the_text() -> None:
    report = ["VELDEN: The pier is to be rebuilt by May, a year after the storm.", STORY.format(place="Velden")]
    assert read_dateline(report) == Dateline("VELDEN", None)
    assert read_dateline([report[0], STORY.format(place="Ellery")]) == Dateline()


def test_an_interview_has_no_dateline() -> None:
    lines = ["IDA MARSK: The pier is to be rebuilt by May, a year after the storm.", "SAM DOE: Thank you, Ida Marsk."]
    assert read_dateline(lines) == Dateline()
