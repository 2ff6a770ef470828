"""The day of publication: what states it, what does not, and which statement counts."""

import json
from datetime import UTC, datetime

import pytest

from schemas.articles import DateCandidate
from tests.support.article_pages import PARAGRAPH, TITLE, read
from transforms.articles.dates_in_lines import find_dates
from transforms.articles.metadata import Metadata, read_metadata
from transforms.articles.pages import parse_text
from transforms.articles.publication_dates import choose_published, date_of_url, list_candidates
from transforms.articles.walk import read_structure

JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "' + TITLE + '", '
    '"datePublished": "2024-05-03T10:00:00+02:00"}</script>'
)


def found(metadata: Metadata) -> tuple[str, str] | None:
    published = metadata.published
    return (published.parsed.day.isoformat(), published.source) if published else None


LINES = [
    ("<p>May 3, 2024</p>", ("2024-05-03", "byline")),
    ("<p>By Jane Roe | Published May 3, 2024 at 10:00 | 4 min read</p>", ("2024-05-03", "byline")),
    ("<p>December 18, 2025 ・ 3 min read</p>", ("2025-12-18", "byline")),
    ("<p>Published on Oct 21, 2024 Updated on Mar 9, 2025</p>", ("2024-10-21", "byline")),
    ("<p>Submitted on Mon, 2024-10-21 13:49</p>", ("2024-10-21", "byline")),
    ("<div class=post-date>3 May 2024</div>", ("2024-05-03", "byline")),
    ("<time datetime=2024-05-03T10:00:00Z>3 May</time>", ("2024-05-03", "time")),
    ("<p>Updated <time datetime=2024-06-01>1 June 2024</time></p>"
     "<p>Posted <time datetime=2024-05-03>3 May 2024</time></p>",
     ("2024-05-03", "time")),
    ("<p>Updated May 3, 2024</p>", None),
    ("<p><time datetime=2024-05-03>Updated: May 3, 2024</time></p>", None),
    ("<p>The fair opens on May 3, 2024 in the old harbour hall of Ellery</p>", None),
    ("<p>Open: May 3, 2024 – May 9, 2024</p>", None),
    ("<figure><img src=a.jpg><figcaption>The pier, 3 May 2024</figcaption></figure>", None),
    ("<p>3 May 2024</p><p>4 May 2024</p><p>5 May 2024</p>", None),
    ("<aside class=related><h3>Storm warning</h3><time datetime=2023-01-01>1 January 2023</time></aside>", None),
    ("<div class=comments><time datetime=2024-05-04>4 May 2024</time></div>", None),
    ("<p><span>By Jane Roe</span><span>Published: May 3, 2024</span></p>", ("2024-05-03", "byline")),
    ("<p>Published May 3, 2024 - Updated May 4, 2024</p><ul><li>June 1, 2024: Fair</li><li>June 2, 2024: Race</li>"
     "</ul>", ("2024-05-03", "byline")),
    ("<div class=credit>May 3, 2024</div>", ("2024-05-03", "byline")),
    ("<p>2024年5月3日下午，港口管理局局长一行到东码头开展调研，听取修复工程的情况。</p>", None),
    ("<p>2024年5月3日 来源：古港日报 作者：林晓燕 字号：大 中 小</p>", ("2024-05-03", "byline")),
    ("<p>發布日期：民國113年5月3日</p>", ("2024-05-03", "byline")),
    ("<p>二〇二四年五月三日 星期五</p>", ("2024-05-03", "byline")),
    ("<p>二〇二四年五月三日下午，港口管理局局长一行到东码头开展调研，听取修复工程的情况。</p>", None),
    ("<p>03/05/2024</p>", None),
    ("<p>2 hours ago</p>", None),
    # the hours of an event
    ("<div class=date>3 May 2024, 13:15 - 19:00</div>", None),
    ("<p>May 3, 2024, 10 a.m. – 5 p.m.</p>", None),
    ("<p>2024年5月3日（金）13：00－16：40（受付12：45）</p>", None),
    ("<p>May 3, 2024 at 10:00 -05:00</p>", ("2024-05-03", "byline")),
    # documents that have a date
    ("<p><a class=Publication href=/report.pdf>Report of 3 May 2024</a></p>", None),
    ("<p><a class=date href=/archive/2024-05>Posted 3 May 2024</a></p>", ("2024-05-03", "byline")),
    # what marked elements have for machines
    ("<p><span class=date title=2024-05-03T10:00:00+02:00>2 days ago</span></p>", ("2024-05-03", "time")),
    ("<p><span class=timestamp data-timestamp=1714723200>2 days ago</span></p>", ("2024-05-03", "time")),
    ("<p><time title=2024-05-03T10:00:00+02:00>2 days ago</time></p>", ("2024-05-03", "time")),
    ("<p><span class=date title='Joined 20 March 2007'>2 days ago</span></p>", None),
    ("<p>Updated <span class=date title=2024-05-03T10:00:00+02:00>2 days ago</span></p>", None),
    ("<p><span class=date data-date=2024-06-01>May 3, 2024</span></p>", ("2024-05-03", "byline")),
    # labels behind their dates
    ("<p>2024.05.03 lastupdate</p>", None),
    ("<p>May 3, 2024 (updated)</p>", None),
    ("<p>2024年5月3日更新</p>", None),
    ("<p>2024年5月3日 公開 2024年6月1日 最終更新</p>", ("2024-05-03", "byline")),
    ("<p>3 May 2024 | Updated 2 days ago</p>", ("2024-05-03", "byline")),
    ("<p><a href=/members?id=7>jroe</a> 3 May 2024, 13:56</p>", ("2024-05-03", "byline")),
    ("<p><a href=/fair>The harbour fair</a> 3 May 2024</p>", None),
    ("<p>Founded 3 May 2024</p>", None),
    ("<p>AUTO.ELLERY.EXAMPLE 2024-05-03 14:15</p>", None),  # no top-level domain is that long
    ("<p>AUTO.ELLERY.COM 2024-05-03 14:15</p>", ("2024-05-03", "byline")),
    ("<p>http://www.ellery.com 2024-05-03 14:15 Ellery Post</p>", ("2024-05-03", "byline")),
    ("<p>Pressemitteilung vom 03.05.2024</p>", ("2024-05-03", "byline")),
    ("<p>Harbour <span class=article-datetime>3 May 2024 21:35</span></p>", ("2024-05-03", "byline")),
    ("<div>Last edited <time itemprop=dateModified class=published-time datetime=2024-05-03>3 May</time></div>", None),
    ("<ul><li><div class=date>3 May 2024</div><h2>Harbour fair</h2></li>"
     "<li><div class=date>3 May 2024</div><h2>Net mending</h2></li></ul>", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_lines_below_the_headline(line: str, expected: tuple[str, str] | None) -> None:
    assert found(read(below=line)) == expected


LANGUAGES = [
    ("de", "Veröffentlicht am 3. Mai 2024, 10:00 Uhr"), ("de", "Fr 03.05.24 | 14:36 Uhr"),
    ("fr", "Publié le 3 mai 2024 à 10h00"), ("es", "Publicado el 3 de mayo de 2024"),
    ("pt", "Publicado em 3 de maio de 2024"), ("it", "Pubblicato il 3 maggio 2024"),
    ("nl", "Gepubliceerd op 3 mei 2024"), ("sv", "Publicerad 3 maj 2024"), ("nb", "Publisert 3. mai 2024"),
    ("da", "Publiceret d. 3. maj 2024"), ("fi", "Julkaistu 3.5.2024"), ("hu", "2024. május 3."),
    ("cs", "Publikováno 3. května 2024"), ("pl", "Opublikowano 3 maja 2024"),
    ("tr", "03.05.2024 - Güncelleme : 04.05.2024"),
    ("el", "Δημοσιεύτηκε 3 Μαΐου 2024"), ("ru", "Опубликовано 3 мая 2024"), ("uk", "Опубліковано 3 травня 2024"),
    ("id", "Diterbitkan 3 Mei 2024"), ("ja", "2024年5月3日 公開"), ("zh", "发布时间：2024年05月03日"),
    ("ko", "입력 2024.05.03 10:00"),
    ("ar", "تم النشر في: 03 مايو, 2024: 10:21 ص"), ("tr", "Yayın Tarihi: 03.05.2024 10:21"),
    ("zh", "发布于2024年05月03日 更新于2024年05月04日"), ("ja", "ニュースリリース 2024年5月3日"),
    ("cs", "Zveřejněno 3. května 2024"), ("pl", "Data dodania: 03.05.2024"), ("ro", "Data publicării: 03.05.2024"),
    ("el", "Ημερομηνία δημοσίευσης: 03/05/2024"), ("tr", "Oluşturulma Tarihi: Mayıs 03, 2024 10:21"),
    ("uk", "Дата публікації: 3 травня 2024"), ("sr", "Објављено 3. маја 2024."), ("is", "Birt 3. maí 2024"),
    ("fr", "Article publié le : 03/05/2024"), ("en", "This article was published on May 3, 2024"),
    ("th", "วันที่เผยแพร่ 3 พฤษภาคม 2567"), ("ja", "発行日：2024年5月3日"), ("zh", "發佈時間：2024/05/03 10:21"),
    ("ms", "Diterbitkan pada 3 Mei 2024"), ("tl", "Inilathala noong Mayo 3, 2024"), ("te", "ప్రచురణ: 3 మే 2024"),
    ("mr", "प्रकाशित: 3 मे 2024"), ("gu", "પ્રકાશિત: 3 મે 2024"), ("sw", "Imechapishwa tarehe 3 Mei 2024"),
    ("th", "เผยแพร่เมื่อ 3 พฤษภาคม 2567"), ("vi", "Đăng vào ngày 3 tháng 5 năm 2024"), ("ro", "Data: 3 mai 2024"),
    ("ur", "تاریخ اشاعت: 3 مئی 2024"), ("ta", "வெளியிடப்பட்டது: 3 மே 2024"), ("cs", "Datum: 3. 5. 2024"),
    ("ko", "승인 2024.05.03 10:20 댓글 0 조회수 12"),
    ("zh", "2024年05月03日 10:20 海州晚报 林晓燕 阅读量：1.2万 评论 3"),
    ("zh", "出版時間：2024/05/03 10:20"), ("ja", "初出：2024/05/03 10:20"), ("vi", "10h20 ngày 03/05/2024"),
    ("ta", "பதிவு செய்த நாள்: மே 03, 2024 10:20"), ("te", "ప్రచురణ తేదీ: 3 మే 2024"), ("ms", "Tarikh: 3 Mei 2024"),
    ("bn", "প্রকাশের সময়: শুক্রবার, ৩ মে, ২০২৪"), ("hi", "पोस्टेड ऑन: 03 May 2024 10:20 AM IST"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "line"), LANGUAGES)
def test_date_lines_of_many_languages(lang: str, line: str) -> None:
    assert found(read(below=f"<p>{line}</p>", lang=lang)) == ("2024-05-03", "byline")


@pytest.mark.parametrize("line", ["3.5. 14:30", "3.5. 14.30", "3.5.14:30"])
def test_the_hour_of_a_clock_is_no_year(line: str) -> None:
    assert find_dates(line, language="fi") == []
    assert [date.raw for date in find_dates("3.5.24 14:30", language="fi")] == ["3.5.24 14:30"]
    assert [date.raw for date in find_dates("3.5.24. 14:30", language="fi")] == ["3.5.24. 14:30"]


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("de", "Aktualisiert am 3. Mai 2024"), ("fr", "Mis à jour le 3 mai 2024"),
        ("es", "Actualizado el 3 de mayo de 2024"),
        ("pt", "Atualizado em 3 de maio de 2024"), ("it", "Aggiornato il 3 maggio 2024"),
        ("nl", "Bijgewerkt op 3 mei 2024"),
        ("sv", "Uppdaterad 3 maj 2024"), ("pl", "Aktualizacja: 3 maja 2024"), ("tr", "Güncelleme: 3 Mayıs 2024"),
        ("ru", "Обновлено 3 мая 2024"), ("ja", "更新 2024年5月3日"), ("ja", "最終更新日：2024年5月3日"),
        ("ko", "최종수정 2024-05-03"), ("zh", "更新时间：2024-05-03 10:21"), ("tr", "Son güncelleme: 3 Mayıs 2024"),
        ("en", "CET. Updated: Tue May 3, 2024"), ("de", "Letzte Änderung: 03.05.2024"),
        ("fr", "Dernière modification le 3 mai 2024"), ("es", "Última modificación: 3 de mayo de 2024"),
        ("hr", "Zadnja izmjena 3. svibnja 2024."), ("th", "อัปเดตล่าสุด 3 พ.ค. 2567"), ("zh", "最新更新：2024/05/03"),
    ],
)  # fmt: skip
def test_the_day_of_a_change_is_not_that_of_publication(lang: str, line: str) -> None:
    for tag in ("<p>", "<p class=date>"):
        assert found(read(below=f"{tag}{line}</p>", lang=lang)) is None


@pytest.mark.parametrize(
    "end",
    [
        "<footer>Copyright 2023 Ellery Post</footer>",
        "<p>© 2019–2024 Ellery Post. All rights reserved.</p>",
        "<p>The old pier was opened on 3 May 1902 and closed in 2019.</p>",
        "<div class=comments><p>Posted on May 3, 2024</p></div>",
        "<section class=related><h3>Storm</h3><p>Published May 3, 2024</p></section>",
    ],
)
def test_nothing_is_taken_from_elsewhere(end: str) -> None:
    metadata = read(end=end)
    assert metadata.published is None
    assert metadata.date_candidates == ()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("<p>Published On: 3 May 2024</p>", ("2024-05-03", "byline")),
        ("<div><p>Published</p><p>3 May 2024</p></div>", ("2024-05-03", "byline")),
        ("<div><p>Last edited</p><p>3 May 2024</p></div>", None),
        ("<p>3 May 2024</p>", None),
        ("<div class=submitted>Posted by <b>jroe</b> on 3 May 2024 - 18:55</div>", ("2024-05-03", "byline")),
        ("<div class=submitted>Gespeichert von <b>jroe</b> am 3. Mai 2024 - 18:55</div>", ("2024-05-03", "byline")),
        ("<p>Reviewed by Jane Roe on 3 May 2024</p>", None),
        ("<footer>In Pier on <time class=entry-date datetime=2024-05-03>3 May</time></footer>", ("2024-05-03", "time")),
        (
            "<p class='postmetadata alt'><small>This entry was posted on Friday, May 3rd, 2024 at 10:21 am, filed in "
            "<a href=/pier>Pier</a>. You can follow any responses through the RSS feed.</small></p>",
            ("2024-05-03", "byline"),
        ),
        (
            "<div class=postmetadata>Dieser Beitrag über den Pier und seine Geschichte wurde am 3. Mai 2024 um 10:21 "
            "Uhr gepostet und unter Hafen abgelegt.</div>",
            ("2024-05-03", "byline"),
        ),
        ("<p>This entry was posted on Friday, May 3rd, 2024 at 10:21 am and is filed under Pier, Harbour.</p>", None),
        (
            "<div class=postmetadata>The pier was built on 3 May 1902 and is the oldest of the town; the council owns "
            "it today.</div>",
            None,
        ),
    ],
)
def test_a_labelled_date_below_the_text_counts(end: str, expected: tuple[str, str] | None) -> None:
    assert found(read(end=end)) == expected


@pytest.mark.parametrize(
    ("node", "below", "expected"),
    [
        ({"name": TITLE}, "", None),
        ({"name": TITLE}, "<p>May 3, 2024</p>", ("2024-05-03", "json_ld")),
        ({"headline": TITLE}, "", ("2024-05-03", "json_ld")),
        ({"name": TITLE, "author": {"name": "Jane Roe"}}, "", ("2024-05-03", "json_ld")),
    ],
)
def test_the_date_of_a_bare_web_page_needs_another_beside_it(
    node: dict[str, object], below: str, expected: tuple[str, str] | None
) -> None:
    block = json.dumps({"@type": "WebPage", "datePublished": "2024-05-03T10:00:00+02:00"} | node)
    metadata = read(below=below, head=f'<script type="application/ld+json">{block}</script>')
    assert found(metadata) == expected
    assert metadata.date_candidates[0].source == "json_ld"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://post.example/2024/05/03/pier", "2024-05-03"),
        ("https://post.example/blog/2024/may/03/pier", "2024-05-03"),
        ("https://post.example/2024/Sept/3-pier", "2024-09-03"),
        ("https://post.example/news/23-05-2024-pier", "2024-05-23"),
        ("https://post.example/news/pier_05.23.2024", "2024-05-23"),
        ("https://post.example/news/03-05-2024-pier", None),
        ("https://post.example/news/1123-05-2024", None),
        ("https://post.example/2024/pier/03/x", None),
        ("https://post.example/2024/may/", None),
        ("https://post.example/view/A20240503143000123", "2024-05-03"),
        ("https://post.example/pier-opens-202405031430-nt.html", "2024-05-03"),
        ("https://post.example/view/20240503143000123/", "2024-05-03"),
        ("https://archive.example/web/20240503143000/https://post.example/pier", None),
        ("https://post.example/view/202413031430", None),
        ("https://post.example/view/202405039930", None),
        ("https://post.example/view/2024050314", None),
        ("https://post.example/view/7202405031430", None),
        ("https://post.example/view/202402311430", None),
    ],
)
def test_the_day_that_an_address_names(url: str, day: str | None) -> None:
    dated = date_of_url(url)
    assert (dated.parsed.day.isoformat() if dated else None) == day


def test_a_date_in_a_heading_makes_no_teaser() -> None:
    metadata = read("<div class=teaser-meta><h3>03.05.2024</h3></div>", lang="de")
    assert found(metadata) == ("2024-05-03", "byline")


@pytest.mark.parametrize(
    ("top", "below", "expected"),
    [
        ("Sunday, 5 May 2024", "3 May 2024", "2024-05-03"),
        ("Thursday, 2 May 2024", "3 May 2024", "2024-05-02"),
        ("Published 5 May 2024", "3 May 2024", "2024-05-05"),
        ("Sunday, 5 May 2024", "Updated 3 May 2024", "2024-05-05"),
    ],
)
def test_the_day_of_the_visit_above_the_headline_is_no_date_of_the_article(top: str, below: str, expected: str) -> None:
    metadata = read(f"<p>{top}</p><p>Harbour and sea</p>", f"<p>{below}</p>")
    assert (found(metadata) or ("",))[0] == expected


def test_the_article_itself_is_no_teaser() -> None:
    body = f"<main><h1>{TITLE}</h1><article class='node node--promoted'><div class=post-date>3 May 2024</div>"
    body += f"<p>By Jane Roe</p>{PARAGRAPH * 3}<h2>What follows</h2>{PARAGRAPH * 3}</article></main>"
    tree = parse_text(f"<html lang=en><head><title>{TITLE}</title></head><body>{body}</body></html>")
    metadata = read_metadata(tree, read_structure(tree))
    assert found(metadata) == ("2024-05-03", "byline")
    assert [author.name for author in metadata.authors] == ["Jane Roe"]


def test_all_candidates_are_kept_the_most_trusted_first() -> None:
    head = (
        f"{JSON_LD}<meta property=article:published_time content=2024-05-03><meta name=w-published-date content=2024>"
    )
    metadata = read(below="<p>May 3, 2024</p>", head=head)
    assert [(one.source, one.raw) for one in metadata.date_candidates] == [
        ("json_ld", "2024-05-03T10:00:00+02:00"), ("meta", "2024-05-03"), ("meta", "2024"), ("byline", "May 3, 2024"),
    ]  # fmt: skip
    assert metadata.date_candidates[0].instant == datetime(2024, 5, 3, 8, tzinfo=UTC)
    assert metadata.date_candidates[2].instant is None


def test_the_candidates_of_a_feed() -> None:
    raw = "Fri, 03 May 2024 08:00:00 GMT"
    assert list_candidates([(raw, "feed"), (raw, "feed"), ("", "feed")]) == (
        DateCandidate(source="feed", raw=raw, instant=datetime(2024, 5, 3, 8, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("candidates", "day", "at", "source"),
    [
        # An instant in UTC has the day that readers see.
        ([("2024-05-04T02:41:41+00:00", "meta"), ("May 3, 2024", "byline")], "2024-05-03", "2024-05-04T02:41", "meta"),
        ([("2024-05-03T23:00:00Z", "json_ld"), ("2024/05/04", "url")], "2024-05-04", "2024-05-03T23:00", "json_ld"),
        # One with another offset has the day that it names.
        ([("2024-05-03T19:30:02+02:00", "json_ld"), ("4 May 2024", "byline")], "2024-05-03", "2024-05-03T17:30",
         "json_ld"),
        # An earlier day that readers see is that of the first publication; a later one is not.
        ([("Aug 21, 2025", "json_ld"), ("Apr 26, 2023", "byline")], "2023-04-26", "2023-04-26T00:00", "byline"),
        ([("2023-04-26", "json_ld"), ("Aug 21, 2025", "byline")], "2023-04-26", "2023-04-26T00:00", "json_ld"),
        # The order of day and month is that which readers see.
        ([("05/11/2023 12:43", "meta"), ("11 May 2023", "byline")], "2023-05-11", "2023-05-11T00:00", "byline"),
        # Meta tags have the time of the later day that readers see.
        ([("2024-05-03T10:00:00Z", "json_ld"), ("2024-05-06T14:25:00+00:00", "meta"), ("6 May 2024", "byline")],
         "2024-05-06", "2024-05-06T14:25", "meta"),
        ([("2024-05-03T10:00:00Z", "json_ld"), ("2024-05-06", "meta"), ("6 May 2024", "byline")],
         "2024-05-03", "2024-05-03T10:00", "json_ld"),
        ([("2024-05-03T10:00:00Z", "json_ld"), ("2024-05-03", "meta"), ("2024-05-06T14:25:00Z", "meta"),
          ("6 May 2024", "byline")], "2024-05-03", "2024-05-03T10:00", "json_ld"),
        # The clock of UTC with the zone of the site.
        ([("2024-05-03T20:17:12+02:00", "json_ld"), ("2024-05-03T22:17:12+02:00", "time")],
         "2024-05-03", "2024-05-03T20:17", "time"),
        ([("2024-05-03T22:17:12+02:00", "json_ld"), ("2024-05-03T20:17:12+02:00", "time")],
         "2024-05-03", "2024-05-03T20:17", "json_ld"),
        ([("2024-05-03T04:31:13-06:00", "json_ld"), ("2024-05-03T04:31:13+00:00", "meta"),
          ("May 2, 2024, 10:31 pm CST", "byline")], "2024-05-02", "2024-05-03T04:31", "meta"),
        ([("2024-05-03T09:31:13-06:00", "json_ld"), ("2024-05-03T09:31:13+00:00", "meta"),
          ("May 3, 2024, 3:31 am CST", "byline")], "2024-05-03", "2024-05-03T09:31", "meta"),
        # Two days that readers see say nothing.
        ([("2025-08-21", "meta"), ("Apr 26, 2023", "byline"), ("Apr 27, 2023", "time")], "2025-08-21",
         "2025-08-21T00:00", "meta"),
    ],
)  # fmt: skip
def test_which_statement_counts(candidates: list[tuple[str, str]], day: str, at: str, source: str) -> None:
    chosen = choose_published(candidates, "en")
    assert chosen is not None
    assert (chosen.parsed.day.isoformat(), chosen.parsed.at.isoformat()[:16], chosen.source) == (day, at, source)


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("", "2024-05-06"),
        ("<meta property='article:modified_time' content='2024-05-07'>", "2024-05-03"),
        ("""<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-03"}</script>""",
         "2024-05-03"),
    ],
)  # fmt: skip
def test_a_meta_tag_may_have_the_day_that_the_page_was_begun(head: str, day: str) -> None:
    meta = "<meta name=date content='2024-05-03'>"
    found = read(below="<p class=date>6 May 2024</p>", head=meta + head).published
    assert found is not None
    assert found.parsed.day.isoformat() == day


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("vendor:publishDate", "published"), ("bt:pubdate", "published"), ("og:datePublished", "published"),
        ("page-updated-date", "modified"), ("vendor:modified_time", "modified"), ("last-updated", "modified"),
        ("unpublish-date", ""), ("article:expiration_time", ""), ("pubmed_id", ""), ("republishing", ""),
    ],
)  # fmt: skip
def test_names_of_meta_tags_that_no_list_has(name: str, field: str) -> None:
    metadata = read(head=f"<meta name='{name}' content=2024-05-03>")
    assert (metadata.published is not None, metadata.modified is not None) == (
        field == "published", field == "modified",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("<p><time datetime=2024-05-03T09:15:00Z>May 3</time> <span class=author>By Jane Roe</span></p>", "2024-05-03"),
        ("<p class=author>By Jane Roe</p><p><time datetime=2024-05-03>May 3</time></p>", "2024-05-03"),
        ("<p class=author>By Jane Roe</p><p>Updated <time datetime=2024-05-03>May 3</time></p>", None),
        ("<p>The fair begins on <time datetime=2024-05-03>May 3</time>.</p>", None),
        ("<div class=comment><p class=author>jroe</p><time datetime=2024-05-03>May 3</time></div>", None),
        ("<p class=author>By Jane Roe</p><p><time datetime=2024-05-03>3</time> <time datetime=2024-05-04>4</time></p>",
         None),
    ],
)  # fmt: skip
def test_the_date_beside_the_byline_below_the_text(end: str, expected: str | None) -> None:
    published = read(end=end).published
    assert (published and published.parsed.day.isoformat()) == expected


@pytest.mark.parametrize(
    ("meta", "line", "precision"),
    [
        ("2024-05-03T00:00:00Z", "3 May 2024", "day"),
        ("2024-05-03T00:00:00.000+00:00", "3 May 2024", "day"),
        ("2024-05-03T00:00:00Z", "3 May 2024, 02:00", "instant"),
        ("2024-05-03T00:00:00Z", "2 May 2024", "instant"),
        ("2024-05-03T00:00:00Z", "", "instant"),
        ("2024-05-03T00:00:00+02:00", "3 May 2024", "instant"),
        ("2024-05-03T12:00:00Z", "3 May 2024", "instant"),
        ("2024-05-03T00:00:07Z", "3 May 2024", "instant"),
    ],
)
def test_midnight_in_utc_is_a_day_where_readers_see_no_time(meta: str, line: str, precision: str) -> None:
    metadata = read(below=f"<p class=date>{line}</p>", head=f"<meta name=date content={meta}>")
    assert metadata.published is not None
    assert metadata.published.parsed.precision == precision
    assert len(metadata.date_candidates) == 1 + bool(line)


@pytest.mark.parametrize(
    ("published", "changed", "day"),
    [
        (("2026-03-09T08:45:32Z", "2021-02-16"), ("2024-07-30", "2026-01-15T17:15:38Z"), "2021-02-16"),
        (("2026-01-15", "2021-02-16"), ("2026-01-15T17:15:38Z",), "2026-01-15"),
        (("2026-01-16", "2021-02-16"), ("2026-01-15T23:15:38Z",), "2026-01-16"),
        (("2026-03-09", "2026-03-08"), ("2026-01-15",), "2026-03-09"),
        (("2026-03-09",), ("2026-01-15",), "2026-03-09"),
    ],
)
def test_what_was_put_out_anew_was_published_before_its_change(
    published: tuple[str, ...], changed: tuple[str, ...], day: str
) -> None:
    names = [("published-time", raw) for raw in published] + [("modified-time", raw) for raw in changed]
    found = read(head="".join(f"<meta name={name} content={raw}>" for name, raw in names)).published
    assert found is not None
    assert found.parsed.day.isoformat() == day


@pytest.mark.parametrize(
    ("heading", "expected"),
    [("May 3, 2024", ("2024-05-03", "byline")), ("The fair of May 3, 2024", None), ("May 3 to May 5, 2024", None)],
)
def test_a_heading_that_is_a_date_below_the_headline(heading: str, expected: tuple[str, str] | None) -> None:
    body = f"<h1>The pier opens</h1><h2>A walk over the water</h2><h2>{heading}</h2>{PARAGRAPH * 20}"
    body += f"<h1>The way there</h1>{PARAGRAPH * 3}<footer><h2>Notes from the harbour</h2></footer>"
    tree = parse_text(f"<html><head><title>Notes from the harbour - The pier opens</title></head>{body}</html>")
    metadata = read_metadata(tree, read_structure(tree))
    assert (metadata.headline, found(metadata)) == ("The pier opens", expected)


def test_the_comments_repeat_the_headline_of_an_h1_that_says_more() -> None:
    title = "Council reopens the eastern pier"
    body = f"<h1>{title} (harbour.example) 87</h1><p>Posted by <a href=/u/7>jroe</a> on 3 May 2024</p>{PARAGRAPH * 20}"
    body += f"<div class=comments><h2>{title}</h2><p>Posted on 9 May 2024</p><p>A fine pier.</p></div>"
    tree = parse_text(f"<html lang=en><head><title>{title} - Ellery Post</title></head><body>{body}</body></html>")
    assert found(read_metadata(tree, read_structure(tree))) == ("2024-05-03", "byline")


def test_a_change_is_in_the_zone_of_the_publication() -> None:
    block = {"@type": "NewsArticle", "datePublished": "2024-05-03T20:17:12+02:00"}
    block["dateModified"] = "2024-05-03T21:00:00+02:00"
    head = f'<script type="application/ld+json">{json.dumps(block)}</script>'
    metadata = read(below="<time datetime=2024-05-03T22:17:12+02:00>3 May</time>", head=head)
    assert metadata.published is not None
    assert metadata.modified is not None
    assert metadata.published.parsed.at == datetime(2024, 5, 3, 20, 17, 12, tzinfo=UTC)
    assert metadata.modified.parsed.at == datetime(2024, 5, 3, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "title", ["Ellery Post » Archive » Council reopens the eastern pier", "EPO - Council reopens the eastern pier"]
)
def test_the_headline_ends_a_title_that_the_site_opens(title: str) -> None:
    body = f"<h1>Ellery Post</h1>{'<ul><li>Harbour</li></ul>' * 40}<h2>Council reopens the eastern pier</h2>"
    body += f"<p class=date>Posted 3 May 2024</p>{PARAGRAPH * 3}"
    tree = parse_text(f"<html lang=en><head><title>{title}</title></head><body>{body}</body></html>")
    assert found(read_metadata(tree, read_structure(tree))) == ("2024-05-03", "byline")


def test_dates_in_a_line_have_their_places() -> None:
    line = "By Jane Roe | Published May 3, 2024 at 10:00 GMT | Updated 4 May 2024"
    assert [(date.raw, date.is_update) for date in find_dates(line)] == [
        ("May 3, 2024 at 10:00 GMT", False), ("4 May 2024", True),
    ]  # fmt: skip
    assert all(line[date.start : date.end] == date.raw for date in find_dates(line))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("نشر في: ٢٢ فبراير ٢٠٢٦ - ١٠:٤٥ م آخر تحديث: ٢٣ فبراير ٢٠٢٦ - ١:١٥ ص",
         [("٢٢ فبراير ٢٠٢٦ - ١٠:٤٥ م", False), ("٢٣ فبراير ٢٠٢٦ - ١:١٥ ص", True)]),
        ("เผยแพร่: 12 มิ.ย. 2569 14:35 น. ปรับปรุง: 13 มิ.ย. 2569 08:10 น.",
         [("12 มิ.ย. 2569 14:35 น.", False), ("13 มิ.ย. 2569 08:10 น.", True)]),
        ("24. června 2026, 6:45 | Aktualizováno 9:10", [("24. června 2026, 6:45", False)]),
        ("Güncellenme Tarihi: 5.4.2026 18:05", [("5.4.2026 18:05", True)]),
        ("Updated Date: 27 Feb 2026 03:40 PM", [("27 Feb 2026 03:40 PM", True)]),
        ("Publish Date: 27 Feb 2026 11:05 AM", [("27 Feb 2026 11:05 AM", False)]),
    ],
)  # fmt: skip
def test_labels_of_more_languages(line: str, expected: list[tuple[str, bool]]) -> None:
    assert [(date.raw, date.is_update) for date in find_dates(line)] == expected


def test_a_short_article_below_a_headline_of_its_own_has_the_date() -> None:
    head = f"<title>{TITLE}</title>"
    body = f"<main><h1>{TITLE}</h1><article><div>12/05/2026 - 16:20</div>{PARAGRAPH * 2}</article></main>"
    tree = parse_text(f"<html lang=vi><head>{head}</head><body>{body}</body></html>")
    assert found(read_metadata(tree, read_structure(tree))) == ("2026-05-12", "byline")
    teasers = "".join(
        f"<article><h2><a href=/{n}>A ferry is sold</a></h2><div>{n}/05/2026</div>{PARAGRAPH}</article>" for n in (1, 2)
    )
    tree = parse_text(f"<html lang=vi><head>{head}</head><body><main><h1>{TITLE}</h1>{teasers}</main></body></html>")
    assert found(read_metadata(tree, read_structure(tree))) is None


def test_the_head_ends_where_the_text_begins() -> None:
    assert read(below=f"{PARAGRAPH * 5}<p>May 3, 2024</p>").published is None
