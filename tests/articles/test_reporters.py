"""Reporters and editors of Chinese, Japanese and Korean reports: in the opening, in the last line, and what is none."""

import pytest

from schemas.articles import Author
from transforms.articles.metadata import read_metadata
from transforms.articles.pages import parse_text
from transforms.articles.reporters import (
    find_editors,
    find_reporters,
    find_signature,
    find_signed,
    is_han_name,
    is_staff_line,
)
from transforms.articles.walk import read_structure

OPENINGS = [
    ("海州晚报讯（记者 林晓燕）跨海大桥周一通车。", ["林晓燕"]),
    ("海州5月3日电（记者林晓燕 周文）跨海大桥周一通车。", ["林晓燕", "周文"]),
    ("（记者林晓燕 通讯员欧阳文、周文）跨海大桥周一通车。", ["林晓燕", "欧阳文", "周文"]),
    ("〔記者林曉燕／海州報導〕跨海大橋週一通車。", ["林曉燕"]),
    ("（海州社記者林曉燕海州21日電）跨海大橋週一通車。", ["林曉燕"]),
    ("【文/海州网专栏作者 周文】", ["周文"]),
    ("（记者 林晓燕 整合）跨海大桥周一通车。", ["林晓燕"]),
    ("【ロンドン＝木下陽一】橋は月曜日に開通した。", ["木下陽一"]),
    ("【ロンドン＝木下陽一特派員】橋は月曜日に開通した。", ["木下陽一"]),
    ("【ロンドン＝木下】橋は月曜日に開通した。", []),
    ("【写真＝海州新聞】橋は月曜日に開通した。", []),
    ("[해주=항구일보 한지원 기자] 다리가 월요일에 개통됐다.", ["한지원"]),
    ("[해주=한지원·이서연 기자] 다리가 월요일에 개통됐다.", ["한지원", "이서연"]),
    ("[해주일보 박지훈·이서연 기자] 다리가 월요일에 개통됐다.", ["박지훈", "이서연"]),
    ("[해주일보 정치부 기자] 다리가 월요일에 개통됐다.", []),
    ("[해주=항구일보] 다리가 월요일에 개통됐다.", []),
    ("(해주=연합뉴스) 박지훈 기자 = 다리가 월요일에 개통됐다.", ["박지훈"]),
    ("[해주=해주통신] 박지훈·이서연 특파원 = 다리가 월요일에 개통됐다.", ["박지훈", "이서연"]),
    ("(해주=연합뉴스) 어느 기자는 다리를 건넜다고 말했다.", []),
    ("（海州晚报记者 林晓燕 摄）", []),
    ("（记者周五获悉）跨海大桥通车。", []),
    ("（作者单位：海州大学）跨海大桥周一通车。", []),
    ("记者林晓燕在桥上采访了周文。", []),
    ("Harbour Post (Jane Roe) The pier is open.", []),
]


@pytest.mark.parametrize(("text", "expected"), OPENINGS)
def test_reporters_in_the_opening(text: str, expected: list[str]) -> None:
    assert find_reporters(text)[0] == expected


ENDINGS = [
    ("海州晚报记者 林晓燕", ["林晓燕"]),
    ("采写：海州晚报见习记者 林晓燕", ["林晓燕"]),
    ("（记者 林晓燕 周文）", ["林晓燕", "周文"]),
    ("文｜海州晚报记者 林晓燕 图｜周文 编辑｜李娜", ["林晓燕"]),
    ("桥上已有三千多辆汽车通过。（记者林晓燕、周文）", ["林晓燕", "周文"]),
    ("记者 林晓燕 发自海州", ["林晓燕"]),
    ("这座桥属于每一个海州人！（评论员 林晓燕 周文）", ["林晓燕", "周文"]),
    ("海州晚报记者 林晓燕 摄", []),
    ("海州晚报记者林晓燕采访了周文。", []),
    ("记者站", []),
]


@pytest.mark.parametrize(("text", "expected"), ENDINGS)
def test_reporters_at_the_end(text: str, expected: list[str]) -> None:
    assert find_signature(text)[0] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("责任编辑：林晓燕", (["林晓燕"], "责任编辑")),
        ("【编辑:林晓燕 周文】", (["林晓燕", "周文"], "编辑")),
        ("2024-05-03 来源：海州网 责编：林晓燕", (["林晓燕"], "责编")),
        ("责任编辑：", ([], "责任编辑")),
        ("编辑部电话：010-555", ([], "编辑")),
    ],
)
def test_editors(line: str, expected: tuple[list[str], str]) -> None:
    assert find_editors(line) == expected


def test_a_name_in_han_begins_with_a_family_name() -> None:
    assert all(map(is_han_name, ("周文", "林晓燕", "林曉燕", "诸葛晓燕")))
    assert not any(map(is_han_name, ("海州", "高雄", "整合", "林晓燕报道", "Roe", "林")))


PARAGRAPHS = "".join(
    f"<p>{text}</p>"
    for text in (
        "海州5月3日电（记者林晓燕）连接海州与东岛的跨海大桥周一上午正式通车，两地之间的车程由两小时缩短为二十分钟，首批车辆在九点整驶上桥面。",
        "市交通局负责人介绍，大桥全长十一公里，工程历时五年，总投资三十亿元，沿线设有两个服务区和一处观景平台，预计每天通行两万辆汽车。",
        "不少市民一早赶到桥头等候通车。住在东岛的渔民说，过去遇到大风天气渡轮停航，孩子们只能请假在家，以后上学再也不用看天气了。",
        "大桥管理处提醒司机，桥面限速八十公里，遇到七级以上大风时将临时封闭，请大家出行前留意交通广播发布的消息，合理安排行程。",
    )
)


def read_authors(text: str, head: str = "") -> tuple[Author, ...]:
    title = "海州跨海大桥周一正式通车"
    tree = parse_text(
        f"<html lang=zh><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )
    return read_metadata(tree, read_structure(tree), url="https://haizhou.example/news/1").authors


def test_who_reports_counts_before_who_edits_and_who_publishes() -> None:
    site = '<meta name="author" content="海州网">'
    editor = "<p>责任编辑：周文</p>"
    assert read_authors(PARAGRAPHS + editor, head=site) == (Author(name="林晓燕", type="Person"),)
    plain = PARAGRAPHS.replace("（记者林晓燕）", "")
    assert read_authors(plain + "<p>海州晚报记者 林晓燕</p>" + editor) == (Author(name="林晓燕", type="Person"),)
    assert read_authors(plain + editor) == (Author(name="周文", type="Person", role="责任编辑"),)
    assert read_authors(plain, head=site) == (Author(name="海州网", type="Organization"),)
    assert read_authors(plain, head='<meta name="author" content="海天一色">') == (Author(name="海天一色"),)


def test_who_signs_a_chinese_report() -> None:
    plain = PARAGRAPHS.replace("（记者林晓燕）", "")
    vendor = '<meta name="author" content="海天网络">'
    editor = "<p>【编辑:刘欢】</p>"
    for end in ("<p>（周文）</p>", "<p>海州报记者 周文 江南海县报道</p>" + editor, "<p>（文/周文）</p>"):
        assert [author.name for author in read_authors(plain + end, head=vendor)] == ["周文"], end
    top = "<p>海州网频道 记者 伊琳 李清芬</p>"
    assert [author.name for author in read_authors(top + plain)] == ["伊琳", "李清芬"]


@pytest.mark.parametrize(
    "line",
    [
        "<p><a href=/blog/>记者博客</a></p>",
        "<p><a href=/>首页</a>|<a href=/people/>人物</a>|<a href=/talks/>会展</a></p>",
        "<div class=author-card><span class=author-label>文章</span> <span class=author-label>总阅读</span></div>",
    ],
)
def test_labels_and_sections_are_no_authors(line: str) -> None:
    assert read_authors(line + PARAGRAPHS.replace("（记者林晓燕）", "")) == ()


def test_a_dateline_that_names_a_person_counts_where_nothing_else_names_an_author() -> None:
    dated = PARAGRAPHS.replace("海州5月3日电（记者林晓燕）", "【海州＝木下陽一】")
    assert read_authors(dated) == (Author(name="木下陽一", type="Person"),)
    site = '<meta name="author" content="海州网">'
    assert read_authors(dated, head=site) == (Author(name="海州网", type="Organization"),)
    assert read_authors(dated.replace("木下陽一", "木下陽一特派員"), head=site)[0].name == "木下陽一"


@pytest.mark.parametrize(
    "line",
    [
        "编辑 林晓燕 校对 周文",
        "【编辑：林晓燕】",
        "（编辑：林晓燕 周文）",
        "市交通局供稿 摄影/林晓燕 编辑/周文",
        "編輯｜林曉燕",
        "编辑：海天",
    ],
)
def test_lines_that_only_name_the_staff(line: str) -> None:
    assert is_staff_line(line)


@pytest.mark.parametrize(
    "line", ["编辑的一天", "图 3", "作者与读者", "编辑：", "林晓燕 周文", "编辑林晓燕说：桥已通车。"]
)
def test_lines_that_say_more(line: str) -> None:
    assert not is_staff_line(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("橋は月曜日に開通した。（山田花子）", ["山田花子"]),
        ("橋は月曜日に開通した。【山田花子・鈴木一郎】", ["山田花子", "鈴木一郎"]),
        ("（山田 花子）", ["山田 花子"]),
        ("橋は月曜日に開通した。（山口市）", []),
        ("橋は月曜日に開通した。（中村女子）", []),
        ("橋は月曜日に開通した。（共同）", []),
        ("橋は月曜日に開通した。（山田花子、写真も）", []),
        ("渡り初めには市長（山田花子）", []),
        ("（山田花子）橋は月曜日に開通した。", []),
    ],
)
def test_persons_in_the_brackets_that_end_a_japanese_text(text: str, expected: list[str]) -> None:
    assert find_signed(text, is_japanese=True)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大桥周一通车。（常晓燕 周文 ）", ["常晓燕", "周文"]),
        ("大桥周一通车。（林晓燕、周文）", ["林晓燕", "周文"]),
        ("（周文）", ["周文"]),
        ("（文/林晓燕）", ["林晓燕"]),
        ("大桥周一通车。（路透社）", []),
        ("大桥周一通车。（张家界）", []),
        ("大桥周一通车。（林晓燕摄）", []),
        ("大桥周一通车。（完）", []),
        ("主持人（林晓燕）", []),
        ("（林晓燕）大桥周一通车。", []),
    ],
)
def test_persons_in_the_brackets_that_end_a_chinese_text(text: str, expected: list[str]) -> None:
    assert find_signed(text, is_japanese=False)[0] == expected


LAST = (
    "橋は月曜日に開通し、市長や住民らおよそ三百人が渡り初めを祝った。"
    "海州市によると、工事には四年の歳月と九億円の費用がかかったという。"
)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f"<p>{LAST}</p><p>{LAST}（山田花子）</p>", ["山田花子"]),
        (f"<p>{LAST}</p><p>{LAST}</p><p>【山田花子】</p>", ["山田花子"]),
        (f"<p>文・鈴木一郎</p><p>{LAST}</p><p>{LAST}（山田花子）</p>", ["鈴木一郎"]),
        (f"<p>{LAST}（山田花子）</p><p>{LAST}</p>", []),
        (f"<p>{LAST}</p><p>{LAST}</p><p>関連記事</p><p>（山田花子）</p>", []),
    ],
)
def test_who_signs_a_japanese_text_is_its_author(body: str, names: list[str]) -> None:
    tree = parse_text(f"<html><body><article><h1>橋が開通</h1>{body}</article></body></html>")
    assert [author.name for author in read_metadata(tree, read_structure(tree)).authors] == names
