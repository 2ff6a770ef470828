"""Authors in the lines around an article: bylines in many languages, offices, several persons, and what is none."""

import pytest

from schemas.articles import Author
from tests.support.article_pages import TITLE, URL, read
from transforms.articles.metadata import Metadata, read_metadata
from transforms.articles.microdata import read_microdata
from transforms.articles.name_forms import is_person
from transforms.articles.pages import parse_text
from transforms.articles.walk import read_structure
from transforms.articles.words import words_of
from transforms.package_data import load_json


def names(metadata: Metadata) -> list[str]:
    return [author.name for author in metadata.authors]


BYLINES = [
    ("<p>By Jane Roe</p>", ["Jane Roe"]),
    ("<p>by: Jane Roe, Dec 17, 2025</p>", ["Jane Roe"]),
    ("<div>ByJane Roe</div>", ["Jane Roe"]),
    ("<p>By Jane Roe, Tom Abara and Ana Pérez</p>", ["Jane Roe", "Tom Abara", "Ana Pérez"]),
    ("<p>By Jane Roe ⋅ Senior Review Analyst ⋅ Updated March 5, 2025</p>", ["Jane Roe"]),
    ("<p>by Jane Roe | Mar 11, 2023 | All About Piers and Pier Repair | 0 comments</p>", ["Jane Roe"]),
    ("<div>Written by</div><div>Jane Roe</div><div>Tech Writer</div>", ["Jane Roe"]),
    ("<ul><li><b>Written by</b></li><li>The Pier Team</li></ul>", ["The Pier Team"]),
    ("<p>By <a href=/staff/jane-roe>Jane Roe</a> in <a href=/news/>Harbour News</a></p>", ["Jane Roe"]),
    ("<p class=byline>Jane Roe</p>", ["Jane Roe"]),
    ("<p class=byline>Mar 6 Written By Jane Roe</p>", ["Jane Roe"]),
    ("<div class=byline><span>Jun 2</span> <span>Written By</span></div>", []),
    ("<div class=byline><time>6. März</time></div>", []),
    ("<p>By April Roe and August Lind</p>", ["April Roe", "August Lind"]),
    ("<p><a rel=author href=/staff/june-abara>June Abara</a></p>", ["June Abara"]),
    ("<p class=author>June Newsletter</p>", []),
    ("<p>By our correspondent Jane Roe</p>", ["Jane Roe"]),
    ("<p>Story and photos by Jane Roe</p>", ["Jane Roe"]),
    ("<p>Door onze verslaggever Jan Roe</p>", ["Jan Roe"]),
    ("<p>Por nuestro corresponsal Juan Roe</p>", ["Juan Roe"]),
    ("<p class=byline><span>Jane Roe</span> <span>Harbour Editor</span></p>"
     "<p class=byline><a href=/u/2>Tom Abara</a> <span>Reporter</span></p>", ["Jane Roe", "Tom Abara"]),
    ("<div class=byline><span class=author>Jane Roe</span> and <span class=author>Tom Abara</span></div>",
     ["Jane Roe", "Tom Abara"]),
    ("<div class=author-box><div class=author-name>Jane Roe</div><div>Marketing Director</div></div>", ["Jane Roe"]),
    ("<p><a rel=author href=/x>Jane Roe</a></p>", ["Jane Roe"]),
    ("<p><a rel='noopener Author' href=/x>Jane Roe</a></p>", ["Jane Roe"]),
    ("<p>Dec 17, 2025<span>Jane K. Roe</span></p>", ["Jane K. Roe"]),
    ("<p>Jane Roe | Senior Writer | July 2, 2025</p>", ["Jane Roe"]),
    ("<p>Jane Roe/Tom Abara</p><p>May 3, 2024</p>", ["Jane Roe", "Tom Abara"]),
    ("<p>May 3, 2024</p><p><a href=/people/jane-roe>Jane Roe</a></p>", ["Jane Roe"]),
    ("<div class=author>Amita (Guha) Roe</div>", ["Amita (Guha) Roe"]),
    ("<aside><address><a rel=author href=/profile/jane-roe>Jane Roe</a></address><p>May 3, 2024</p>"
     "<p><a href=/prefer>Prefer the Ellery Post in your search</a></p></aside>", ["Jane Roe"]),
    ("<aside><p><a href=/a>Storm warning for the eastern pier</a></p><p><a href=/b>The ferry is sold to Marle</a></p>"
     "<p class=byline>By Ann Lee</p></aside>", []),
    ("<ul><li><a href='#harbour-shield'>Harbour Shield</a></li><li>Expert Take</li></ul>", []),
    ("<div><span class=byline>By Jane Roe</span><br><span class=byline>Garden Network on Facebook</span></div>",
     ["Jane Roe"]),
    ("<p><span>Text: Jane Roe</span><span>Photos: Tom Abara</span></p>", ["Jane Roe"]),
    ("<p><i>By Jane Roe</i><br>Published on May 3, 2024</p>", ["Jane Roe"]),
    ("<p><span>May 3, 2024</span><span>Jane Roe</span></p>", ["Jane Roe"]),
    ("<p>March 5, 2025 / By Jane Roe</p>", ["Jane Roe"]),
    ("<div class=byline>By Jane Roe<span>Updated May 3, 2024</span></div>", ["Jane Roe"]),
    ("<ul><li><h4>Jane Roe</h4></li></ul><h4>Jane Roe</h4><p>Senior Writer</p>", ["Jane Roe"]),
    ("<p class=byline>Posted by <a href=/author/jroe>jroe</a> on May 3, 2024</p>", ["jroe"]),
    ("<p>Posted by <a href=/author/admin>admin</a></p>", []),
    ("<p><a class=author-name rel=author href=/author/jroe>jroe</a></p>", ["jroe"]),
    ("<p>Posted by jroe on May 3, 2024</p>", []),
    ("<p>May 3, 2024 <span class=byline><span class='author vcard'><a href=/author/jroe>jroe</a></span></span></p>",
     ["jroe"]),
    ("<p>Posted by Jane under <a href=/category/piers>Piers</a>, Ferries | 3 comments</p>", ["Jane"]),
    ("<p>By Jane in <a href=/category/piers>Piers</a></p>", ["Jane"]),
    ("<p>Posted by Jane under stormy skies</p>", []),
    ("<p class=author>Harbour · Jane Roe, Tom Abara</p>", ["Jane Roe", "Tom Abara"]),
    ("<p class=author>Harbour · Sea and shore</p>", []),
    ("<p class=author>Photos · Jane Roe</p>", []),
    ("<p><a href=/about/editors/jane-roe/>Jane Roe</a>, <a href=https://x.example/jroe>@jroe</a></p>", ["Jane Roe"]),
    ("<p>Ein Interview von Jane Roe mit Tom Abara.</p>", ["Jane Roe"]),
    ("<p class=author><a href=/author/roe>Jane Roe</a><span>vor 5 Stunden</span></p>", ["Jane Roe"]),
    ("<p class=author><a href=/author/roe>Jane Roe</a><a href=/post>PostNews</a></p>", ["Jane Roe"]),
    ("<div class=author>About Jane Roe</div>", ["Jane Roe"]),
    ("<div class=author>Von</div>", []),
    ("<div class=author-line>von <address class=author>ellery.news Redaktion</address></div><p>Tests</p>",
     ["ellery.news Redaktion"]),
    ("<div class=testimonial-author>Jane Roe</div>", []),
    ("<figure><img src=a.jpg><figcaption>Jane Roe</figcaption></figure><p>May 3, 2024</p>", []),
    ("<p>Liebe Schwestern,</p><p>Dear Jane Roe,</p><p>May 3, 2024</p>", []),
    ("<blockquote><p>The pier is open!</p><p>Posted by <a href=https://x.example/roe>Jane Roe</a> on May 3, 2024</p>"
     "</blockquote>", []),
    ("<p>Did the parents of <a href=/opus/author/ann-lee>Ann Lee</a> ever mind the marks that she had in her years at "
     "the harbour school of Port Ellery?</p>", []),
    ("<p>March 5, 2025 / Harbour fair</p>", []),
    ("<p>By the end of the week the port was open</p>", []),
    ("<p>By Ship And Rail</p>", []),
    ("<p>Photo: Jane Roe</p><p>May 3, 2024</p>", []),
    ("<p>Reviewed by Jane Roe</p>", []),
    ("<figure><img src=a.jpg><figcaption>Photographs by Jane Roe</figcaption></figure>", []),
    ("<p><a href=/category/harbour-life>Harbour Life</a></p><p>May 3, 2024</p>", []),
    ("<p>Personal finance</p><p>May 3, 2024</p>", []),
    ("<p><a href=/digital-life>Digital Life</a></p><p>May 3, 2024</p>", []),
    ("<p>Harbour•</p><p>Programme Blue Belt•</p><p>Wind und Meer</p><p>May 3, 2024</p>", []),
    ("<p>Release Date:</p><p>May 3, 2024</p>", []),
    ("<aside class=related><h3>Storm warning</h3><p class=byline>By Ann Lee</p></aside>", []),
    ("<div class=comments><p class=author>By Ann Lee</p></div>", []),
    ("<p class=author>jroe42</p>", []),
    ("<ul><li><a href=/sea/>By the sea</a></li><li><a href=/hand/>By Hand And Heart</a></li>"
     "<li><a href=/trade/>Trade</a></li></ul>", []),
    ("<div class=author>Comments are closed for this post.</div>", []),
    ("<div class=author>Ellery Media Inc.</div>", ["Ellery Media Inc."]),
    ("<div class='hentry author-jane-roe'><p>Using Nets And Lines</p>" + 30 * "<p>One line</p>" + "</div>", []),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), BYLINES)
def test_lines_below_the_headline(line: str, expected: list[str]) -> None:
    assert names(read(below=line)) == expected


LANGUAGES = [
    ("de", "Von Klara Brand und Eva Stein", ["Klara Brand", "Eva Stein"]),
    ("de", "Ein Kommentar von Klara Brand", ["Klara Brand"]),
    ("fr", "Par Élodie Marchand avec Luc Petit", ["Élodie Marchand", "Luc Petit"]),
    ("es", "Por Ana Pérez y Luis Gil", ["Ana Pérez", "Luis Gil"]),
    ("pt", "Por João Leite e Rita Vaz", ["João Leite", "Rita Vaz"]),
    ("it", "di Carla Neri", ["Carla Neri"]),
    ("it", "A cura di Carla Neri", ["Carla Neri"]),
    ("nl", "Door Piet van den Berg en Els Smit", ["Piet van den Berg", "Els Smit"]),
    ("sv", "Av Maja Lind och Nils Ek", ["Maja Lind", "Nils Ek"]),
    ("nb", "Av Kari Nes og Ola Vik", ["Kari Nes", "Ola Vik"]),
    ("da", "Af Mette Holm", ["Mette Holm"]),
    ("fi", "Teksti: Aino Laine", ["Aino Laine"]),
    ("hu", "Szerző: Nagy Anna", ["Nagy Anna"]),
    ("cs", "Autor: Jana Malá", ["Jana Malá"]),
    ("pl", "Autor: Anna Nowa", ["Anna Nowa"]),
    ("tr", "Yazan: Ayşe Demir", ["Ayşe Demir"]),
    ("el", "Συντάκτης: Μαρία Νίκα", ["Μαρία Νίκα"]),
    ("ru", "Автор: Анна Белова", ["Анна Белова"]),
    ("uk", "Автор: Олена Мельник", ["Олена Мельник"]),
    ("id", "Oleh Sari Dewi", ["Sari Dewi"]),
    ("ja", "文・山田花子", ["山田花子"]),
    ("zh", "记者：王小明、李华", ["王小明", "李华"]),
    ("zh", "2024年5月3日 来源：古港日报 作者：林晓燕 字号：大", ["林晓燕"]),
    ("ja", "2024年5月3日 記者 木下陽一", ["木下陽一"]),
    ("ko", "한지원 기자", ["한지원"]),
    ("hi", "लेखक: रवि चौहान", ["रवि चौहान"]),
    ("th", "โดย สมหญิง ใจดี", ["สมหญิง ใจดี"]),
    ("fa", "نویسنده: اعظم برومند", ["اعظم برومند"]),
    ("he", "מאת: נועה אבירם", ["נועה אבירם"]),
    ("vi", "Bởi Lê Minh Châu Ngày 3 tháng 5 năm 2024", ["Lê Minh Châu"]),
    ("sw", "Mwandishi Zuhura Mwinyi", ["Zuhura Mwinyi"]),
    ("sw", "Imeandaliwa na Zuhura Mwinyi", ["Zuhura Mwinyi"]),
    ("hi", "लेखक: रवि चौहान और सीमा वर्मा", ["रवि चौहान", "सीमा वर्मा"]),
    ("bn", "লেখা: রফিক হাসান ও মিতা রায়", ["রফিক হাসান", "মিতা রায়"]),
    ("ur", "تحریر: ندیم اختر", ["ندیم اختر"]),
    ("ta", "எழுதியவர்: கவிதா முருகன்", ["கவிதா முருகன்"]),
    ("te", "రచన: రమేష్ కుమార్", ["రమేష్ కుమార్"]),
    ("mr", "वार्ताहर: सीमा पाटील", ["सीमा पाटील"]),
    ("gu", "લેખક: રવિ પટેલ", ["રવિ પટેલ"]),
    ("am", "ዘጋቢ: አበበ ከበደ", ["አበበ ከበደ"]),
    ("tl", "Isinulat ni Maria Santos", ["Maria Santos"]),
    ("ta", "செய்தியாளர்: கவிதா முருகன்", ["கவிதா முருகன்"]),
    ("te", "రిపోర్టర్: రమేష్ కుమార్", ["రమేష్ కుమార్"]),
    ("bn", "রিপোর্টার: রফিক হাসান", ["রফিক হাসান"]),
    ("ms", "Wartawan: Aminah Yusof", ["Aminah Yusof"]),
    ("id", "Pewarta: Budi Santoso", ["Budi Santoso"]),
    ("vi", "Tác giả: Nguyễn Văn An", ["Nguyễn Văn An"]),
    ("mr", "By हैजू न्यूज नेटवर्क", ["हैजू न्यूज नेटवर्क"]),
    ("ja", "取材・文＝山田花子", ["山田花子"]),
    ("ja", "執筆者：山田花子", ["山田花子"]),
    ("ja", "文・デザイン", []),
    ("ko", "박지훈·김서연 기자", ["박지훈", "김서연"]),
    ("ko", "정치부 기자", []),
    ("zh", "2024-05-03 10:20 海州報 記者林曉燕／海州報導", ["林曉燕"]),
    ("zh", "海州特派員林曉燕／東京報導", ["林曉燕"]),
    ("zh", "記者採訪／海州報導", []),
    ("zh", "撰文／綜合報導", []),
    ("ms", "Ditulis oleh Aminah Yusof dan Razak Ali", ["Aminah Yusof", "Razak Ali"]),
    ("ha", "Marubuci: Musa Danladi", ["Musa Danladi"]),
    ("ro", "Un reportaj de Ioana Munteanu", ["Ioana Munteanu"]),
    ("th", "โดย สมหญิง ใจดี และ มานะ แก้วตา", ["สมหญิง ใจดี", "มานะ แก้วตา"]),
    ("he", "צילום: נועה אבירם", []),
    ("ar", "تصوير: سامي حداد", []),
    ("ar", "بقلم: سامي حداد، منى سالم وليلى نجار", ["سامي حداد", "منى سالم", "ليلى نجار"]),
    ("ar", "بقلم: منى سالم كاتبة وباحثة مصرية", []),
    ("ar", "(إعداد منى سالم للنشرة العربية - تحرير سامي حداد)", ["منى سالم"]),
    ("he", "מאת: נועה אבירם ויוסי מזרחי", ["נועה אבירם", "יוסי מזרחי"]),
    ("fa", "نویسنده: اعظم برومند و رضا کیانی", ["اعظم برومند", "رضا کیانی"]),
    ("fr", "Par : Élodie Marchand Suivre", ["Élodie Marchand"]),
    ("pl", "Anna Nowa/PAP", ["Anna Nowa", "PAP"]),
    ("ro", "De Ioana Munteanu", ["Ioana Munteanu"]),
    ("ro", "de Ioana Munteanu și Radu Vlad", ["Ioana Munteanu", "Radu Vlad"]),
    ("it", "De Ioana Munteanu", ["De Ioana Munteanu"]),
    ("tr", "Kaynak: AA", []),
    ("tr", "Editör: Ayşe Demir", []),
    ("ru", "Редактор: Анна Белова", []),
    ("fr", "Article rédigé par Élodie Marchand", ["Élodie Marchand"]),
    ("it", "Servizio di Carla Neri", ["Carla Neri"]),
    ("el", "Από Μαρία Νίκα", ["Μαρία Νίκα"]),
    ("it", "Ascolta Articolo", []),
    ("tr", "Yazı Boyutu", []),
    ("cs", "Domácí Zprávy", []),
    ("fi", "Jaa Artikkeli", []),
    ("ru", "Вести Эллери", []),
    ("pt", "Ouça Agora", []),
    ("tr", "Google News", []),
    ("ru", "Источник: Вести Эллери", []),
    ("pl", "Źródło: Anna Nowa", []),
]


@pytest.mark.parametrize(("lang", "line", "expected"), LANGUAGES)
def test_bylines_of_many_languages(lang: str, line: str, expected: list[str]) -> None:
    assert names(read(below=f"<p>{line}</p><p>2024-05-03</p>", lang=lang)) == expected


def test_an_office_may_stand_before_a_name_and_an_address_behind_it() -> None:
    for line, name, office in [
        ("Корреспондент Анна Белова", "Анна Белова", "Корреспондент"),
        ("Reporterin Klara Brand", "Klara Brand", "Reporterin"),
    ]:
        [author] = read(below=f"<p>{line}</p><p>2024-05-03</p>").authors
        assert (author.name, author.role) == (name, office)
    assert names(read(below="<p>Maja Lind<br>maja.lind@post.example</p><p>2024-05-03</p>")) == ["Maja Lind"]


@pytest.mark.parametrize("date", ["12/03/2024", "12/03/2024 | 14:30", "12/03/2024 a las 14:30h", "12-03-2024"])
def test_a_name_beside_a_date_of_which_nothing_says_what_is_the_month(date: str) -> None:
    for lang in ("pt", ""):
        assert names(read(below=f"<p>{date}</p><p>Ana Prado</p>", lang=lang)) == ["Ana Prado"]
        assert names(read(below=f"<p>Ana Prado</p><p>{date}</p>", lang=lang)) == ["Ana Prado"]
    assert names(read(below=f"<p>{date} | Publicado por: Ana Prado | 3 min</p>", lang="pt")) == ["Ana Prado"]


def test_the_words_of_each_kind_are_those_of_many_languages() -> None:
    tables = load_json("transforms.articles.words", "credits.json")
    for kind, languages in tables.items():
        assert len(languages) >= (1 if kind in ("inside_date", "not_joined", "family_names", "not_family_names") else 9)
        assert all(word == word.casefold() for word in words_of(kind))
    assert len(tables["by"]) >= 30


def test_an_author_has_an_office_an_address_and_a_type() -> None:
    below = "<p>By <a href=/staff/jane-roe>Jane Roe</a>, Political Editor</p>"
    assert read(below=below).authors == (
        Author(name="Jane Roe", url="https://post.example/staff/jane-roe", type="Person", role="Political Editor"),
    )


def test_the_line_above_the_headline_may_name_the_author_beside_a_date() -> None:
    assert names(read(above="<p>May 3, 2024 | 13:10 | Jane Roe</p>")) == ["Jane Roe"]
    assert names(read(above="<p>Jane Roe</p>")) == []


def declared(author: str) -> str:
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "' + TITLE + f'", "author": {author}}}'
        "</script>"
    )


@pytest.mark.parametrize(
    ("author", "below", "expected"),
    [
        ('{"@type": "Organization", "name": "Ellery Post"}', "<p>By Jane Roe</p>", [("Jane Roe", "Person")]),
        ('{"@type": "Organization", "name": "Harbour Wire"}', "<p>By Jane Roe</p>", [("Jane Roe", "Person")]),
        ('{"@type": "Organization", "name": "Harbour Wire"}', "", [("Harbour Wire", "Organization")]),
        ('{"@type": "Person", "name": "Jane Roe"}', "<p>By Jane Roe and Tom Abara</p>",
         [("Jane Roe", "Person"), ("Tom Abara", "Person")]),
        ('{"@type": "Person", "name": "Webb Master"}', "<p>By Jane Roe</p>", [("Jane Roe", "Person")]),
        ('{"@type": "Person", "name": "Jane Roe"}', "<p class=author>Harbour desk</p>", [("Jane Roe", "Person")]),
        ('{"@type": "Person", "name": "jroe42"}', "", []),
        ('{"@type": "Person", "name": "jane@post.example"}', "", []),
        ('{"@type": "Person", "name": "Jane Roe", "jobTitle": "Editor"}', "", [("Jane Roe", "Person")]),
        ('"AFP"', "", [("AFP", "Organization")]),
        ('"Harbour Friends Club"', "<p>By <a href=/user/7>Cooper</a></p>", [("Cooper", None)]),
        ('{"@type": "Person", "name": "Jane"}', "<p>By Jane</p>", [("Jane", "Person")]),
        ('{"@type": "Organization", "name": "Ellery Post"}', "<p class=author>Harbour Wire Service</p>",
         [("Harbour Wire Service", "Organization")]),
        ('{"@type": "Organization", "name": "Ellery Post"}', "", [("Ellery Post", "Organization")]),
        ('{"@type": "Organization", "name": "Ellery Post"}', "<p>By Reuters</p>", [("Ellery Post", "Organization")]),
        ('""', "<p>By Reuters</p>", [("Reuters", "Organization")]),
        ('""', "<div class=author><div>Business - 2 January 2026</div><div>By Reuters</div></div>",
         [("Reuters", "Organization")]),
        ('""', "<p class=byline>The Harbour Post / 2 January 2026</p>", [("The Harbour Post", "Organization")]),
    ],
)  # fmt: skip
def test_the_byline_and_the_markup(author: str, below: str, expected: list[tuple[str, str]]) -> None:
    metadata = read(below=below, head=declared(author))
    assert [(one.name, one.type) for one in metadata.authors] == expected


@pytest.mark.parametrize(
    ("lang", "name", "date"),
    [
        ("ar", "سلمى النجار", "3 مايو 2024"),
        ("he", "דנה גליל", "3 במאי 2024"),
        ("hi", "अनिल वर्मा", "3 मई 2024"),
        ("ja", "渡辺洋介", "2024年5月3日"),
        ("ko", "한지원", "2024.05.03 10:20"),
        ("zh", "林晓燕", "2024年5月3日"),
    ],
)
def test_a_name_in_a_script_without_capitals_needs_a_mark(lang: str, name: str, date: str) -> None:
    """A label, a section, or whom the article is about stands beside dates there as often as its author does."""
    for tag, expected in (("p", []), ("p class=byline", [name]), ("p class=author", [name])):
        assert names(read(below=f"<{tag}>{name}</p><p>{date}</p>", lang=lang)) == expected
        assert names(read(below=f"<p>{date}</p><{tag}>{name}</p>", lang=lang)) == expected


@pytest.mark.parametrize(
    ("lang", "line", "expected"),
    [
        ("sw", "<p class=byline>Na Asha Bani, Dar es Salaam</p>", "Asha Bani"),
        ("sw-TZ", "<p class=author><a href=/author/asha>NA ASHA BANI</a></p>", "ASHA BANI"),
        ("en", "<p class=byline>Na Young Hee</p>", "Na Young Hee"),
        ("ko", "<p class=byline>Na Asha Bani</p>", "Na Asha Bani"),
        ("sw", "<p class=byline>Na Bani</p>", "Na Bani"),
        ("sw", "<p>Na Asha Bani</p>", "Asha Bani"),
    ],
)
def test_a_word_for_by_that_is_a_name_elsewhere(lang: str, line: str, expected: str) -> None:
    assert names(read(below=line, lang=lang)) == [expected]


@pytest.mark.parametrize(
    ("lang", "below"),
    [
        ("en", "<p>Na Asha Bani</p>"),
        ("", "<p>Na Asha Bani</p>"),
        ("sw", "<p>Na mama yake</p>"),
        ("sw", "<p>Na Asha Bani alifika bandarini.</p>"),
        ("sw", "<p>Bandari ya Ellery</p><p>Na Asha Bani</p>"),
    ],
)
def test_a_word_for_by_that_is_also_and_counts_below_the_headline_alone(lang: str, below: str) -> None:
    assert names(read(below=below, lang=lang)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>[田中宏昌，デイリー港]</p>", ["田中宏昌"]),
        ("<p><small>［山田花子、鈴木一郎、Ellery Post］</small></p>", ["山田花子", "鈴木一郎"]),
        ("<p class=byline>[山田 花子]</p>", ["山田 花子"]),
        ("<p>[東京都，デイリー港]</p>", []),
        ("<p>[写真，山田花子]</p>", []),
        ("<p>[広告，デイリー港]</p>", []),
    ],
)
def test_a_japanese_byline_in_square_brackets(line: str, expected: list[str]) -> None:
    assert names(read(below=line, lang="ja")) == expected


@pytest.mark.parametrize("paper", ["Ellery Post", "Marlow Sentinel", "HARBOUR GAZETTE", "Harbour Observer"])
def test_the_newspaper_that_an_author_is_of(paper: str) -> None:
    assert names(read(below=f"<p>By Jane Roe of the {paper}</p>")) == ["Jane Roe"]


LAST = "The pier opens in May, and the board of the harbour says that it is ready for visitors and for ferries alike."


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("It opens in May. (Jane Roe)", ["Jane Roe"]),
        ("It opens in May. (Jane Roe) +++", ["Jane Roe"]),
        (f"{LAST}</p><p>Nguyễn Văn An (TTXVN/Vietnam+)", ["Nguyễn Văn An"]),
        (f"{LAST}</p><p>NGUYỄN AN - TRẦN BÌNH", ["NGUYỄN AN", "TRẦN BÌNH"]),
        (f"{LAST}</p><p>Hà Nội", []),
        (f"{LAST}</p><p>（文・山田花子、写真・鈴木一郎）", ["山田花子"]),
        ("다리가 월요일에 개통됐다. 해주=박지훈 기자 park@post.example", ["박지훈"]),
        ("다리가 월요일에 개통됐다. 박지훈 인턴 기자", ["박지훈"]),
        ("다리가 월요일에 개통됐다. 그는 전직 기자", []),
        ("It opens in May, said the mayor (Jane Roe)", []),
        ("It opens in May. (Ellery Post)", []),
        ("It opens in May. (see page 7)", []),
        ("It opens in May. (Jane Roe)</p><p>Tolls are not planned, the board said on Monday.", []),
    ],
)
def test_a_name_in_brackets_behind_the_last_sentence(last: str, expected: list[str]) -> None:
    assert names(read(end=f"<p>{last}</p>")) == expected


def item(text: str, author: str = "Jane Roe") -> str:
    person = (
        f'<span itemprop=author itemscope itemtype="https://schema.org/Person"><b itemprop=name>{author}</b></span>'
    )
    return f'<div itemscope itemtype="https://schema.org/Article">{person}<p>{text}</p></div>'


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (item("The pier.<p>Its piles.<p>Its lamps."), ["Jane Roe"]),
        (
            item("The pier.<p>Its piles.<p>Its lamps.") + item("Storm", "Tom Abara") + item("Fog", "Ann Lee"),
            ["Jane Roe"],
        ),
        (item("Storm", "Tom Abara") + item("Fog", "Ann Lee") + item("Ice", "Ana Pérez"), []),
        (item("The pier.") + item("The pier, continued.", "Tom Abara"), ["Jane Roe", "Tom Abara"]),
        (item("The pier.<article><i itemprop=author>Ann Lee</i></article>"), ["Jane Roe"]),
    ],
)
def test_authors_of_microdata_are_those_of_the_article(items: str, expected: list[str]) -> None:
    tree = parse_text(f"<html><body>{items}</body></html>")
    assert [author.name for author in read_microdata(tree).authors] == expected


@pytest.mark.parametrize(
    ("author", "name", "role"),
    [
        ("Jane Roe <span class=role>reporter</span>", "Jane Roe", "reporter"),
        ("Jane Roe<span class=author-title>Harbours</span>", "Jane Roe", "Harbours"),
        ("<a>Jane Roe</a>, <i>Political Editor</i>", "Jane Roe", "Political Editor"),
        ("Jane Roe (<i>Political Editor</i>)", "Jane Roe (Political Editor)", None),
        ("Jane <b>Roe</b>", "Jane Roe", None),
        ("By <span class=title>Jane Roe</span>", "By Jane Roe", None),
        ("<span class=title>Political Editor</span> Jane Roe", "Political Editor Jane Roe", None),
        ("Harbour desk <!-- by <b>Jane</b> -->", "Harbour desk", None),
    ],
)
def test_an_office_at_the_end_of_a_name_in_microdata(author: str, name: str, role: str | None) -> None:
    tree = parse_text(f"<html><body>{item('The pier.', author)}</body></html>")
    assert [(one.name, one.role) for one in read_microdata(tree).authors] == [(name, role)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>Posted by <a href=/author/fabian>Fabian</a></p>", ["Fabian"]),
        ("<p>Posted by <a href=/author/jane-roe>JR</a></p>", ["Jane Roe"]),
        ("<p>Posted by <a href=/author/7>Jane</a></p>", ["Jane Roe"]),
        ("<p>Posted by Fabian</p>", ["Jane Roe"]),
        ("<p class=author><a href=/author/ann-lee>Ann Lee</a></p>", ["Ann Lee"]),
        ("<p class=author>Ann Lee</p>", ["Jane Roe"]),
    ],
)
def test_a_meta_tag_may_name_who_owns_the_site(line: str, expected: list[str]) -> None:
    assert names(read(below=line, head="<meta name=author content='Jane Roe'>")) == expected


def test_a_line_that_is_the_title_of_a_page_without_headings_begins_the_article() -> None:
    menu = "".join(f"<p><a href=/{place}>Part {place} of the harbour</a></p>" for place in range(70))
    text = "<p>" + "The harbour board of Ellery agreed on Monday to rebuild the eastern pier, at last. " * 3 + "</p>"
    tree = parse_text(
        f"<html><head><title>{TITLE} | Ellery Post</title></head><body><div>{menu}</div><div><p>{TITLE}</p>"
        f"<p>By Jane Roe</p>{text * 5}</div></body></html>"
    )
    found = read_metadata(tree, read_structure(tree), url=URL)
    assert (found.headline, names(found)) == (TITLE, ["Jane Roe"])


def test_names_in_a_row_of_teasers_are_those_of_other_articles() -> None:
    card = "<div class=column><h3><a href=/a>Storm warning</a></h3><p class=author>By Ann Lee on May 1, 2024</p></div>"
    plain = card.replace("<a href=/a>Storm warning</a>", "Storm warning")
    for row, expected in ((card * 4, []), (card, ["Ann Lee"]), (plain * 4, ["Ann Lee"])):
        assert names(read(end=f"<div>{row}</div>")) == expected
        assert names(read(below="<p>By Tom Abara</p>", end=f"<div>{row}</div>")) == ["Tom Abara"]


def test_names_below_the_text_that_have_a_time_each_are_those_of_comments() -> None:
    one = "<div><a href=https://social.example/@{0}><span class=author>{0} Lee</span></a>{1}<p>A fine pier.</p></div>"
    timed = "".join(one.format(name, "<time datetime=2024-05-09>9 May</time>") for name in ("Ann", "Tom", "Kim"))
    assert names(read(end=f"<div>{timed}</div>")) == []
    assert names(read(end=f"<div>{one.format('Ann', '')}</div>")) == ["Ann Lee"]


def test_an_author_has_the_address_that_the_marked_element_links() -> None:
    author = read(below="<p>Harbour <span class=byline><a href=/author/roe>Jane Roe</a></span></p>").authors[0]
    assert (author.name, author.url) == ("Jane Roe", "https://post.example/author/roe")


def test_the_end_of_the_article_is_asked_where_its_head_names_no_one() -> None:
    end = "<p>Written by Jane Roe</p>"
    assert names(read(end=end)) == ["Jane Roe"]
    assert names(read(below="<p>By Tom Abara</p>", end=end)) == ["Tom Abara"]
    assert names(read(end="<p>Date: May 3, 2024<br>Author: Jane Roe<br>Source: Ellery Post</p>")) == ["Jane Roe"]
    assert names(read(below="<p>By Jane</p>", end="<p>Author: Ann Lee</p>")) == ["Jane"]
    assert names(read(end="<p>By Jane Roe</p>")) == ["Jane Roe"]
    assert names(read(end="<p>Authors Jane Roe and Tom Abara</p>")) == ["Jane Roe", "Tom Abara"]
    assert names(read(end="<p>Jane Roe</p>")) == []
    assert names(read(end="<p>By Jane Roe, who lives on the pier</p>")) == []
    assert names(read(end="<div><div><h3>Storm warning</h3><p>By Ann Lee</p></div></div>")) == []
    assert names(read(end="<p>More from Jane</p>")) == []
    assert names(read(end="<blockquote><p>Posted by Jane Roe</p></blockquote>")) == []
    assert names(read(end="<div class=comments><p>Posted by Jane Roe</p></div>")) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jane Roe", True), ("Jane van der Roe", True), ("Jane Roe y Abara", True),
        ("Arte y Cultura", False), ("J. P. O’Roe", True), ("Dr. Jane Roe", True),
        ("Nguyễn Thị Hoa", True), ("Анна Белова", True), ("王小明", True),
        ("रवि चौहान", True), ("สมหญิง ใจดี", True), ("Jane", False), ("Jane Roe Press", False),
        ("The Pier", False), ("Table of Contents", False), ("JANE ROE TOM ABARA", False), ("Senior Writer", False),
        ("Jane 42 Roe", False), ("", False),
    ],
)  # fmt: skip
def test_the_form_of_a_person(name: str, expected: bool) -> None:
    assert is_person(name) is expected


@pytest.mark.parametrize(
    ("lang", "markup", "expected"),
    [
        ("tr", "<div class=byline><span>Elif Aydın</span><span>Giriş Tarihi: 5.4.2026 11:20</span></div>",
         [("Elif Aydın", None)]),
        ("tr", "<div class=byline><span>Elif Aydın</span> <span>Giriş Tarihi: 5.4.2026 11:20</span></div>",
         [("Elif Aydın", None)]),
        ("en", "<div class=byline><p>Jane Roe</p><p><b>AA</b> <span>+ Text Size Small Medium Large</span></p></div>",
         [("Jane Roe", None)]),
        ("nb", "<ul class=bylines><li><a href=/p/1>Ingrid Solvang</a> Journalist</li>"
         "<li><a href=/p/2>Ola Myhre</a> Fotograf</li></ul>",
         [("Ingrid Solvang", "Journalist"), ("Ola Myhre", "Fotograf")]),
        ("cs", "<p>Autor: <a href=/a>Petr Havlík</a>, <a href=/b>ČTK</a></p>", [("Petr Havlík", None), ("ČTK", None)]),
        ("de", "<div class=byline>Von dpa</div>", [("dpa", None)]),
        ("en", "<div class=byline>Reuters, Ellery</div>", [("Reuters", None)]),
        ("he", '<p>מאת: ד"ר יואב שחר</p>', [('ד"ר יואב שחר', None)]),
        ("da", "<p>Af Søren Friis, filmanmelder</p>", [("Søren Friis", "filmanmelder")]),
        ("id", "<p>Oleh Arif Santoso, Editor: Nina Kartika</p>", [("Arif Santoso", None)]),
        ("tr", "<p>01 Eylül 2026 Salı, 09:42 Haber: Mehmet Karaca</p>", [("Mehmet Karaca", None)]),
        ("fa", "<p>نوشته شده توسط مریم توکلی</p>", [("مریم توکلی", None)]),
        ("fa", "<span class=author>توسط لیلا صبوری</span>", [("لیلا صبوری", None)]),
        ("vi", "<p>Được viết bởi: Lê Thị Hạnh</p>", [("Lê Thị Hạnh", None)]),
        ("tr", "<p>Yazar: Selin Demir, Eğitim Editörü</p>", [("Selin Demir", "Eğitim Editörü")]),
        ("fi", "<div class=author>Toimittaja Aino Rantanen</div>", [("Aino Rantanen", None)]),
        ("ru", "<p>Беседовал Игорь Плахов</p>", [("Игорь Плахов", None)]),
    ],
)  # fmt: skip
def test_bylines_of_more_shapes(lang: str, markup: str, expected: list[tuple[str, str | None]]) -> None:
    found = read(below=markup, lang=lang).authors
    assert [(author.name, author.role) for author in found] == expected


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("<p>रमेश शर्मा</p><p>संवाददाता, हैजू</p>", ["रमेश शर्मा"]),
        ("<p>शेयर करें</p><p>संवाददाता, हैजू</p>", []),
        ("<p>ABN తెలుగు</p><p>May 3, 2026 10:20</p>", []),
    ],
)
def test_names_without_capitals_beside_an_office(below: str, expected: list[str]) -> None:
    assert names(read(below=below, lang="hi")) == expected


@pytest.mark.parametrize(
    ("lang", "line", "source"),
    [
        ("nb", "(©NTB) 1. desember 2026, 07:05", "NTB"),
        ("hu", "MTI 2026. március 3. 10:12", "MTI"),
        ("el", "Πηγή: ΑΠΕ-ΜΠΕ | 03/06/2026 - 08:00", "ΑΠΕ-ΜΠΕ"),
        ("pl", "Dodano: 2026-03-05 13:20 | Źródło: PAP", "PAP"),
        ("nb", "NTB", None),
        ("nb", "NTB meldte det 1. desember 2026", None),
    ],
)
def test_an_agency_beside_the_date_is_the_source(lang: str, line: str, source: str | None) -> None:
    assert read(below=f"<p>{line}</p>", lang=lang).source == source
