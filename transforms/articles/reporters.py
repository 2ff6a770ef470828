"""Reporters whom a report in China, Japan or Korea names in its first or last line, as "（记者 林晓燕）" does."""

import re
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from transforms.articles.name_forms import HAN, has_family_name
from transforms.articles.sentence_ends import is_sentence
from transforms.articles.words import han_words
from transforms.characters import is_wide

MAX_OPENING = 70
"""Code points from the start of a report in which its reporters are named in brackets."""

MAX_SIGNATURE = 50
"""Code points of a line at the end that names them."""

_MAX_REPORTERS = 6
_MAX_PARTS = 24
"""Offices and names of a line that holds nothing else."""

_LONGEST_PEN_NAME = 4

_LONGEST_CREDITS = 80
"""Code points of a line that names author, editor, source and date side by side."""

_LONGEST_LEAD = 16
"""Code points that stand before the word for a reporter in the last line: a newspaper, an office."""

_LONGEST_REST = 8
"""Code points behind the last name of that line, such as "发自海州"."""

_OTHER_WORK = ("摄", "攝", "图", "圖", "视频", "視頻", "影像")
_BRACKET_STARTS, _BRACKET_ENDS = ("（", "(", "【"), ("）", ")", "】")
_BRACKETS = re.compile(r"[（(【〔［\[]([^（(【〔［\[\]］〕】)）]{2,60})[\]］〕】)）]")
_RUN = re.compile(r"[\u3400-\u9fff]+(?:·[\u3400-\u9fff]{1,8})?")
_BETWEEN = re.compile(r"[\s、，,／/|｜丨:：]{1,3}")
_JAPANESE_LIST = re.compile(r"[、・，,]\s?")
_WRITTEN = re.compile(r"(?:文|作者|撰文|撰稿|记者|記者)\s?[/／:：]\s?")
_BEFORE_NAME = re.compile(r"\s?[:：|｜/／]?\s?")
_OFFICES = ("기자", "특파원", "記者", "特派員")
_PLACED = re.compile(rf"([^\s=＝、,・]{{1,12}})\s?[=＝]\s?([^=＝]{{2,30}}?)\s?({'|'.join(_OFFICES)})?")
_HAN = re.compile(r"[\u3400-\u9fff々]{2,6}")
_LEAST_NAME = 3
"""Signs of the shortest name behind a place that is more than a family name."""

_KOREAN_NAMES = re.compile(r"(?:^|(?<=\s))[가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,5}$")
"""The names at the end, behind that of the newspaper: "항구일보 한지원"."""

_KANA = re.compile("[\u3041-\u30fa]")
_LEAST_JAPANESE, _MOST_JAPANESE = 3, 5
"""Signs of a full name in Japanese."""

_FILED = re.compile(
    r"[(（\[【][^()（）\[\]【】]{2,40}[)）\]】]\s?([가-힣]{2,4}(?:[\s·,]{1,2}[가-힣]{2,4}){0,5}\s(?:기자|특파원))\s?="
)
"""Place, agency and reporters, as Korean agencies open a report: "(해주=연합뉴스) 박지훈 기자 ="."""

_NAMED = re.compile(r"(?:[^\s=]{2,12}\s){1,2}([가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,5})\s(?:기자|특파원)")
"""Newspaper and reporters, as the brackets hold them that open a report in Korea: "해주일보 박지훈 기자"."""

_SIGNED_OFF = re.compile(
    r"[.?!”\"'’]\s?/?\s?(?:[가-힣]{2,8}\s?[=|]\s?|[가-힣]{2,8}\s)?((?!인턴|수습|선임|객원)[가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,5})"
    r"\s(?:(?:인턴|수습|선임|객원|[가-힣]{0,4}전문)\s?)?(?:기자|특파원)(?:\s?[(|=/]?\s?[\w.+-]{1,40}@[\w.-]{3,40}\)?)?$"
)
"""Reporters behind the last sentence, with place and address or without: "했다. 해주=박지훈 기자 park@post.example"."""

_MAX_SIGNED_OFF = 120

_WIRED = re.compile(r"([\u3400-\u9fff]{5,6})\d{1,2}日[电電]")
"""Name, place and day without a blank: "林曉燕海州21日電"."""
_NAME_OF_WIRED = 3


@cache
def _labels(kind: str = "reporters") -> re.Pattern[str]:
    words = sorted(han_words()[kind], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


@lru_cache(maxsize=1_024)
def is_han_name(name: str) -> bool:
    """Return whether a string has the form of a Chinese full name: a family name, and one or two given ones.

    >>> [is_han_name(name) for name in ("林晓燕", "欧阳晓燕", "海州晚报", "整合")]
    [True, True, False, False]
    """
    words = han_words()
    if name in words["not_names"] or name.endswith(tuple(words["not_name_ends"])) or _RUN.fullmatch(name) is None:
        return False
    if name[:2] in words["double_surnames"] and len(name) in (3, 4):
        return True
    return len(name) in (2, 3) and name[0] in words["surnames"]["zh"]


class Placed(NamedTuple):
    """A place and the reporters who write from there; empty where no name is known as one."""

    place: str
    names: list[str]


def read_placed(inside: str) -> Placed | None:
    """Read the place and the reporter in the brackets that open a report in Japan and Korea; None of anything else.

    >>> read_placed("ロンドン＝木下陽一"), read_placed("부산=항구일보 한지원 기자"), read_placed("写真＝海州新聞")
    (Placed(place='ロンドン', names=['木下陽一']), Placed(place='부산', names=['한지원']), None)

    Args:
        inside: what stands in the brackets.
    """
    found = _PLACED.fullmatch(inside)
    if found is None or not is_wide(inside[0]):
        return None
    place, who, office = found.groups()
    if _HAN.fullmatch(who):
        is_name = has_family_name(who)
        names = [who] if is_name and len(who) >= _LEAST_NAME else []
        return Placed(place, names) if is_name or office else None
    named = _KOREAN_NAMES.search(who)
    return Placed(place, _hangul_names(named[0]) if named else []) if office else None


def _hangul_names(line: str) -> list[str]:
    """Return those words of a line in Hangul that begin with a family name and do not end as desks and ranks do."""
    words = han_words()
    return [
        word
        for word in re.split(r"[\s·,]+", line)
        if len(word) > 1 and word[0] in words["hangul_surnames"] and not word.endswith(tuple(words["not_hangul_ends"]))
    ]


def find_reporters(text: str) -> tuple[list[str], str]:
    """Return the reporters whom a report names in brackets in its opening, in order, and the brackets.

    >>> find_reporters("海州晚报讯（记者 林晓燕 周文）跨海大桥周一通车。")
    (['林晓燕', '周文'], '（记者 林晓燕 周文）')
    >>> find_reporters("(해주=연합뉴스) 박지훈 기자 = 다리가 개통됐다.")
    (['박지훈'], '박지훈 기자')
    >>> find_reporters("[해주일보 박지훈·한지원 기자] 다리가 개통됐다.")
    (['박지훈', '한지원'], '[해주일보 박지훈·한지원 기자]')

    Args:
        text: the first paragraph of a report.
    """
    opening = text[:MAX_OPENING]
    if opening.isascii():
        return [], ""
    filed = _FILED.match(opening)
    if filed:
        return _hangul_names(filed[1].rpartition(" ")[0]), filed[1]
    for bracket in _BRACKETS.finditer(opening):
        names, _ = _read_names(bracket[1])
        if not names and bracket.start() == 0:
            named = _NAMED.fullmatch(bracket[1])
            placed = read_placed(bracket[1])
            names = _hangul_names(named[1]) if named else placed.names if placed else []
        if names:
            return names, bracket[0]
    return [], ""


def has_office(bracket: str) -> bool:
    """Return whether brackets say that whom they name is a reporter.

    >>> has_office("【ロンドン＝木下陽一】"), has_office("【ロンドン＝木下陽一記者】")
    (False, True)
    """
    return any(office in bracket for office in _OFFICES) or _labels().search(bracket) is not None


def find_signature(text: str) -> tuple[list[str], str]:
    """Return the reporters whom the end of a report names, in a line or in brackets, and that line or the brackets.

    >>> find_signature("海州晚报记者 林晓燕"), find_signature("大桥周一通车。（记者 周文）")
    ((['林晓燕'], '海州晚报记者 林晓燕'), (['周文'], '（记者 周文）'))
    >>> find_signature("海州晚报记者林晓燕采访了周文。")
    ([], '')
    >>> find_signature("다리가 개통됐다. 해주=박지훈 기자 park@post.example")
    (['박지훈'], '해주=박지훈 기자 park@post.example')

    Args:
        text: one paragraph.
    """
    signed = _SIGNED_OFF.search(text[-_MAX_SIGNED_OFF:]) if _OFFICES[0] in text[-_MAX_SIGNED_OFF:] else None
    if signed and (reporters := _hangul_names(signed[1])):
        return reporters, signed[0][1:].strip()
    if text.isascii():
        return [], ""
    if not text.endswith(_BRACKET_ENDS):
        line = text if len(text) <= MAX_SIGNATURE and not is_sentence(text) else ""
    else:
        start = max(text.rfind(sign, -MAX_SIGNATURE) for sign in _BRACKET_STARTS)
        line = text[start:] if start >= 0 else ""
    if line.isascii():
        return [], ""
    bare = line.strip(" （()）【】[]")
    label = _labels().search(bare)
    if label is None or label.start() > _LONGEST_LEAD:
        return [], ""
    names, end = _read_names(bare)
    rest = bare[end:].strip()
    return (names, line) if names and (len(rest) <= _LONGEST_REST or is_staff_line(rest)) else ([], "")


def find_signed(text: str, *, is_japanese: bool) -> tuple[list[str], str]:
    """Return the persons whom a Chinese or Japanese text names in the brackets that end it, and the brackets.

    >>> find_signed("橋は月曜日に開通した。（山田花子）", is_japanese=True)
    (['山田花子'], '（山田花子）')
    >>> find_signed("大桥周一通车。（林晓燕 周文）", is_japanese=False), find_signed("（文/周文）", is_japanese=False)
    ((['林晓燕', '周文'], '（林晓燕 周文）'), (['周文'], '（文/周文）'))
    >>> find_signed("橋は月曜日に開通した。（山口市）", is_japanese=True)
    ([], '')

    Args:
        text: the last paragraph, or the line behind it.
        is_japanese: whether the text is in Japanese; then a blank may part family and given name.
    """
    start = max(text.rfind(sign, -MAX_SIGNATURE) for sign in _BRACKET_STARTS)
    if start < 0 or not text.endswith(_BRACKET_ENDS) or (start and not is_sentence(text[:start].rstrip())):
        return [], ""
    inside = _WRITTEN.sub("", text[start + 1 : -1].strip())
    names = (_JAPANESE_LIST if is_japanese else _BETWEEN).split(inside)
    is_name = _is_japanese_name if is_japanese else _is_signature
    return (names, text[start:]) if len(names) <= _MAX_REPORTERS and all(map(is_name, names)) else ([], "")


def _is_signature(name: str) -> bool:
    """Return whether a string has the form of a Chinese full name and not of a newspaper: "路透社"."""
    return is_han_name(name) and not name.endswith(tuple(han_words()["organization_ends"]))


def find_bracketed(line: str) -> list[str]:
    """Return the persons whom a line in square brackets names; a publication may stand behind them.

    >>> find_bracketed("[山田宏昌，デイリー港]"), find_bracketed("［山田花子、鈴木一郎］")
    (['山田宏昌'], ['山田花子', '鈴木一郎'])
    >>> find_bracketed("[写真，山田花子]")
    []

    Args:
        line: the whole of it.
    """
    if len(line) > MAX_SIGNATURE or not line.startswith(("[", "［")) or not line.endswith(("]", "］")):
        return []
    parts = re.split(r"\s?[、，,]\s?", line[1:-1].strip())
    names = parts if _is_japanese_name(parts[-1]) else parts[:-1]
    return names if all(map(_is_japanese_name, names)) else []


def _is_japanese_name(name: str) -> bool:
    """Return whether a string has the form of a Japanese full name: its ends are those of family and given names."""
    words = han_words()
    bare = re.sub(r"(?<=\S)[ \u3000](?=\S)", "", name)
    return (
        _LEAST_JAPANESE <= len(bare) <= _MOST_JAPANESE
        and HAN.fullmatch(bare) is not None
        and has_family_name(bare)
        and bare[-1] in words["given_ends_ja"]
        and not bare.endswith(tuple(words["not_given_ja"]))
    )


def has_kana(text: str) -> bool:
    """Return whether a text is Japanese, as its kana show."""
    return _KANA.search(text) is not None


def find_editors(line: str) -> tuple[list[str], str]:
    """Return the editors in charge whom a short line names, and the word that says so.

    >>> find_editors("（责任编辑：林晓燕、周文）")
    (['林晓燕', '周文'], '责任编辑')
    """
    label = _labels("editors").search(line) if len(line) <= _LONGEST_CREDITS and not line.isascii() else None
    if label is None:
        return [], ""
    names, _ = _read_names(line[label.start() :], "editors")
    return names, label[0]


def is_staff_line(line: str) -> bool:
    """Return whether a line holds nothing but offices of a newsroom and the names of who has them.

    >>> is_staff_line("编辑 林晓燕 校对 周文"), is_staff_line("【编辑：海天】"), is_staff_line("编辑的一天")
    (True, True, False)

    Args:
        line: one paragraph.
    """
    if len(line) > _LONGEST_CREDITS or line.isascii() or is_sentence(line):
        return False
    parts = [part for part in _BETWEEN.split(line.strip(" （()）【】[]")) if part]
    if not 2 <= len(parts) <= _MAX_PARTS:
        return False
    is_labelled = len(parts) == 2 and parts[0] in han_words()["editors"] and any(sign in line for sign in ":：")
    if is_labelled and len(parts[1]) <= _LONGEST_PEN_NAME and HAN.fullmatch(parts[1]):
        return True
    offices = tuple(han_words()["staff"])
    groups = (*offices, *han_words()["organization_ends"])
    is_office = [part in offices or (len(part) <= _LONGEST_LEAD and part.endswith(offices)) for part in parts]
    is_named = any(is_han_name(part) for part in parts)
    return (
        is_named
        and any(is_office)
        and (is_office[0] or parts[0].endswith(groups))
        and all(
            is_one or is_han_name(part) or part.endswith(groups) for is_one, part in zip(is_office, parts, strict=True)
        )
    )


def _read_names(text: str, kind: str = "reporters") -> tuple[list[str], int]:
    """Return the names behind each word for a reporter, or an editor, and where the last one ends."""
    found: list[str] = []
    end = 0
    labels = _labels(kind)
    for label in islice(labels.finditer(text), _MAX_REPORTERS):
        if label.start() < end:
            continue
        place = _BEFORE_NAME.match(text, label.end()).end()  # type: ignore[union-attr]
        wired = _WIRED.match(text, place)
        if wired and is_han_name(wired[1][:_NAME_OF_WIRED]):
            return [wired[1][:_NAME_OF_WIRED]], place + _NAME_OF_WIRED
        while place < len(text) and is_wide(text[place]) and len(found) < _MAX_REPORTERS:
            run = _RUN.match(text, place)
            stop = labels.search(run[0]) if run else None
            name = run[0][: stop.start()] if run and stop else run[0] if run else ""
            if not is_han_name(name):
                break
            found.append(name)
            end = place + len(name)
            between = _BETWEEN.match(text, end)
            if stop or between is None:
                break
            place = between.end()
    rest = text[end:].lstrip()
    is_other_work = rest.startswith(_OTHER_WORK) and not is_staff_line(rest)
    return [] if is_other_work else list(dict.fromkeys(found)), end
