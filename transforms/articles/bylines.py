"""Who the visible lines around an article name as its authors."""

import re
from dataclasses import dataclass, replace
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.blocks import (
    Block,
    Container,
    Mark,
    Structure,
    containers_around,
    is_paragraph,
    split_at_seams,
)
from transforms.articles.byline_openings import (
    byline_start,
    find_labelled,
    is_byline,
    is_byline_label,
    is_other_work,
    is_sure_opening,
    without_about,
)
from transforms.articles.dates_in_lines import find_dates, is_label, may_hold_date
from transforms.articles.facts import NamedAuthor
from transforms.articles.folding import letters
from transforms.articles.heads import Head, is_outside, marks_in
from transforms.articles.name_forms import (
    has_family_name,
    is_domain,
    is_faceless,
    is_office_line,
    is_organization,
    is_person,
    is_single_name,
    is_user,
)
from transforms.articles.names import read_names
from transforms.articles.page_elements import visible_words
from transforms.articles.reporters import (
    find_editors,
    find_reporters,
    find_signature,
    find_signed,
    has_kana,
    has_office,
    is_staff_line,
)
from transforms.articles.roles import Role, split_name
from transforms.characters import is_wide

MAX_BYLINES = 6
"""Most bylines of one page."""

_MAX_LINE = 250
"""Code points of the longest byline."""

_MAX_NAME_LINE = 80
_MAX_LABEL = 30
"""Code points that may stand before a date as its label."""
_MAX_LINES = 8
"""Lines of one marked element that are read."""

_LONGEST_TEAM = 4
"""Words of an organisation that a full stop may follow, as in "Ellery Media Inc."; more are a sentence."""

_MAX_BLOCKS = 24
"""Blocks of a marked element; what holds more is the article, with its author's name in its class."""

_MAX_GAP = 4
"""Most blocks from one marked element to the next that belongs to it."""

_MAX_NEXT, _FEWEST = 20, 4
"""Where a name is not marked as that of an author, so many paragraphs must follow among so many blocks."""

_MAX_JOINS = 4
"""Letters of a word between two names."""

_MAX_TAIL = 600
"""Blocks below the text that are read."""

_BYLINE, _QUOTE, _NOT_BELOW = int(Role.BYLINE), int(Role.QUOTE), int(Role.COMMENT | Role.QUOTE)
_OF_QUOTES = frozenset(("comment", "testimonial", "testimonials", "quote", "blockquote"))
_AFTER_NAME = ",|·•⋅-–—("
_SEPARATORS = " |,•·⋅–—/-"
_BEHIND_SEPARATOR = re.compile(rf"[{_SEPARATORS}](?=[^{_SEPARATORS}])")
_PROFILE = re.compile(
    r"author|autor|/people/|/person/|/by/|/team/|/staff/|/profile|/journalist|/redakt|/users?/|/contributor|/member/|"
    r"/editors?/|/reporters?/|/columnists?/|/writers?/",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"/(?:categor|tags?/|topics?/|section|rubrik|search)", re.IGNORECASE)
_SECTION = re.compile(r"[^\W\d_][^|•·⋅]{2,29} [|•·⋅] ")
"""The section of the article, before the names of its authors."""

_FILED = re.compile(r"\s(?:in|under|unter)\s(?=[A-ZÀ-Þ])")
"""What stands before the category of an article, behind the name of its author."""

_INTERVIEW = re.compile(r"interview|gespräch|entretien|entrevista|intervista", re.IGNORECASE)
_WITH = re.compile(r"\s(?:with|mit|avec|con|com|met|med)\s")
"""What stands before the name of who is interviewed."""

_SURE_LABEL = re.compile(r"\w+\s\w+|\w+\s?[:：.]")
"""Two words, or a colon or full stop: what opens a byline below the text."""

_Links = tuple[tuple[int, int, str], ...]


@dataclass(slots=True)
class Byline:
    """One line, or several that belong together, that names authors.

    Attributes:
        line: as it stands.
        is_sure: it stands in the head of the article and opens as a byline does: "By Jane Roe".
        is_below: it stands below the text.
        is_bare: it is a dateline that names a person without an office: "【ロンドン＝木下陽一】".
    """

    line: str
    authors: list[NamedAuthor]
    is_sure: bool = False
    is_below: bool = False
    is_bare: bool = False


def read_bylines(structure: Structure, head: Head) -> list[Byline]:
    """Read the lines that name authors, the surest first.

    Lines in the head that open as bylines do; elements there that are marked as bylines; links to profiles; full names
    beside a date or an office. Only where the head names no one, the end of the article is asked.

    Args:
        structure: of the page.
        head: of its article.
    """
    numbers = [number for number in range(head.start, head.end) if number != head.anchor]
    lines = [
        number
        for number in numbers
        if len(structure.blocks[number].text) <= _MAX_LINE
        and not structure.blocks[number].roles & _QUOTE
        and not is_outside(structure, structure.blocks[number].container, head, number)
    ]
    found = _read_lines(structure, lines)
    marks = [mark for mark in structure.marks if mark.own & _BYLINE and not _is_of_quote(mark)]
    found += _read_marks(structure, list(islice(marks_in(marks, structure, head), 20)), head)
    if not _name_person(found):
        near = [number for number in lines if number < head.near]
        found += _read_profiles(structure, near) or _read_neighbours(structure, near, head)
    opening = [] if any(line.is_sure for line in found) else _read_opening(structure, head)
    found[:0] = [line for line in opening if not line.is_bare]
    if not _name_family(found):
        found[:0] = _read_signature(structure, head)
    if not _name_person(found):
        tail = _read_tail(structure, marks, head)
        found += [line for line in tail if not found or _name_person([line])]
    if not found:
        found = _read_signed(structure, head) or _read_editors(structure, head)
    return [*found, *(line for line in opening if line.is_bare)][:MAX_BYLINES]


def _read_opening(structure: Structure, head: Head) -> list[Byline]:
    """Read the brackets in the opening of the text that name its reporters: "（记者 林晓燕）"."""
    if head.anchor is None:
        return []
    for number in range(head.anchor + 1, min(head.near, len(structure.blocks))):
        block = structure.blocks[number]
        if block.roles & _QUOTE or block.level or block.kind == "caption":
            continue
        names, line = find_reporters(block.text)
        if names and not is_outside(structure, block.container, head, number):
            is_office = has_office(line)
            return [Byline(line, [NamedAuthor(name) for name in names], is_sure=is_office, is_bare=not is_office)]
    return []


def _read_signature(structure: Structure, head: Head) -> list[Byline]:
    """Read the last line of a Chinese report, or the brackets that end a paragraph, where they name reporters."""
    if head.anchor is None:
        return []
    near = enumerate(structure.blocks[head.anchor + 2 : head.end + _MAX_TAIL], head.anchor + 2)
    for number, block in [(number, block) for number, block in near if not block.text.isascii()]:
        names, line = find_signature(block.text)
        is_signature = line != block.text or is_paragraph(structure.blocks[number - 1]) or is_staff_line(line)
        if not (names and is_signature) or block.roles & _NOT_BELOW or block.kind == "caption":
            continue
        if not is_outside(structure, block.container, head, number):
            return [Byline(line, [NamedAuthor(name) for name in names], is_below=True)]
    return []


def _read_signed(structure: Structure, head: Head) -> list[Byline]:
    """Read the brackets with a name that end the last paragraph of a Japanese text, or stand in a line behind it."""
    if head.anchor is None:
        return []
    blocks = structure.blocks
    paragraphs = [
        number
        for number in range(head.anchor + 1, min(len(blocks), head.end + _MAX_TAIL))
        if not blocks[number].text.isascii()
        and is_paragraph(blocks[number])
        and not blocks[number].roles & _NOT_BELOW
        and not is_outside(structure, blocks[number].container, head, number)
    ]
    if not paragraphs or not has_kana(blocks[paragraphs[-1]].text):
        return []
    for block in blocks[paragraphs[-1] : paragraphs[-1] + 2]:
        names, line = find_signed(block.text)
        if names and not block.roles & _NOT_BELOW and block.kind != "caption":
            return [Byline(line, [NamedAuthor(name) for name in names], is_below=True)]
    return []


def _read_editors(structure: Structure, head: Head) -> list[Byline]:
    """Read the line of a Chinese page that names the editor in charge, above or below the text."""
    if head.anchor is None:
        return []
    near = enumerate(structure.blocks[head.start : head.end + _MAX_TAIL], head.start)
    for number, block in [(number, block) for number, block in near if not block.text.isascii()]:
        names, office = find_editors(block.text)
        if names and not block.roles & _NOT_BELOW and not is_outside(structure, block.container, head, number):
            return [Byline(block.text, [NamedAuthor(name, role=office) for name in names], is_below=True)]
    return []


def _is_whole_byline(line: str) -> bool:
    return is_byline(line) and not is_byline_label(line)


def _is_of_quote(mark: Mark) -> bool:
    """Return whether an element is marked as the author of a comment or of what a customer says."""
    words = split_name((mark.element.get("class") or "")[:_MAX_LINE])
    return not _OF_QUOTES.isdisjoint(words)


def _name_person(lines: list[Byline]) -> bool:
    """Return whether one of some lines names a person."""
    return any(is_person(author.name) for line in lines for author in line.authors)


def _name_family(lines: list[Byline]) -> bool:
    """Return whether one of some lines names a person whose name in Han, if it is, begins with a family name."""
    return any(
        is_person(author.name) and (not is_wide(author.name[0]) or has_family_name(author.name))
        for line in lines
        for author in line.authors
    )


def _read_lines(structure: Structure, numbers: list[int]) -> list[Byline]:
    """Read the lines that open as bylines do, and those below a label: "Written by"."""
    found: list[Byline] = []
    for number in numbers:
        whole = structure.blocks[number]
        if whole.level in (1, 2) or _is_of_menu(structure, number):
            continue
        lines = split_at_seams(whole)
        for place, line in enumerate(lines):
            if is_other_work(line.text):
                continue
            if is_byline_label(line.text):
                authors = _read_below(lines[place + 1 :] + structure.blocks[number + 1 : number + 1 + _MAX_LINES])
            elif is_byline(line.text):
                authors = _from_line(line.text, line.links)
            elif (part := _behind_date(line)) is not None:
                authors = _from_line(part.text, part.links)
            else:
                continue
            if authors:
                found.append(Byline(find_reporters(line.text)[1] or line.text, authors, is_sure=True))
    return found


def _behind_date(line: Block) -> Block | None:
    """Return the part of a line that begins as a byline behind a date and a separator: "May 3, 2024 / By Jane Roe"."""
    if not may_hold_date(line.text):
        return None
    if not any(is_sure_opening(line.text[found.end() :]) for found in _BEHIND_SEPARATOR.finditer(line.text)):
        return None  # a faster look than that for dates
    dates = find_dates(line.text)
    if not dates or dates[0].start > _MAX_LABEL:
        return None
    start = dates[-1].end
    rest = line.text[start:]
    text = rest.lstrip(_SEPARATORS)
    if not text or text == rest or not is_sure_opening(text):
        return None
    begin = start + len(rest) - len(text)
    links = tuple((first - begin, last - begin, url) for first, last, url in line.links if first >= begin)
    return Block(text, links=links)


def _is_of_menu(structure: Structure, number: int) -> bool:
    """Return whether a line is one of several items in a row that are links as a whole, and not to profiles."""
    blocks = structure.blocks[max(0, number - 1) : number + 2]
    return len(blocks) == 3 and all(
        block.kind == "list_item"
        and len(block.links) == 1
        and block.link_chars == len(block.text)
        and not _PROFILE.search(block.links[0][2])
        for block in blocks
    )


def _read_below(lines: list[Block]) -> list[NamedAuthor]:
    """Read the names in the lines below a label, each with its office below it."""
    found: list[NamedAuthor] = []
    for block in lines[:_MAX_LINES]:
        text = _without_dates(block.text)
        if found and is_office_line(text) and not is_person(text):
            found[-1] = found[-1]._replace(role=found[-1].role or text)
            continue
        names = _names_of(block, text, is_marked=not found) if block.level not in (1, 2) else []
        if not names:
            break
        found += names
    return found


def _without_dates(text: str) -> str:
    """Return a line without its dates, cut to the longest line."""
    text = text[:_MAX_LINE]
    for date in reversed(find_dates(text)):
        text = f"{text[: date.start]} | {text[date.end :]}"
    return text.strip(" |,•·⋅-–—/")


def _without_label(text: str) -> str:
    """Return what stands before a date without the label of the date: "Jane Roe Published"."""
    words = text.split()
    while len(words) > 1 and is_label(words[-1]):
        words.pop()
    return " ".join(words)


def _names_of(block: Block, text: str, *, is_marked: bool) -> list[NamedAuthor]:
    """Return the names that make up a line.

    Args:
        block: of the line.
        text: the line without its dates.
        is_marked: something says that it is a byline, so that one name will do, or that of an organisation.
    """
    if not 2 <= len(text) <= _MAX_NAME_LINE or is_other_work(text):
        return []
    if is_byline(text):
        return _from_line(text, ())
    end = next((end for start, end, url in block.links[:1] if start == 0 and _PROFILE.search(url)), 0)
    if block.text[end : end + 1].isalnum() and end:
        text = block.text[:end]  # no blank separates the linked name from what follows
    names = read_names(text)
    if is_marked and _SECTION.match(text) and len(names) > 1 and not is_person(names[0].name):
        names = names[1:] if all(is_person(name.name) for name in names[1:]) else names  # "Politics · Jane Roe"
    is_alone = len(names) == 1 and (names[0].role is not None or names[0].name == text) and not block.text.endswith(",")
    urls = {block.text[start:end]: url for start, end, url in block.links}
    if not names or not (
        is_person(names[0].name)
        or (is_marked and (_is_team(names[0].name) or (is_alone and is_single_name(names[0].name))))
    ):
        return []
    return [NamedAuthor(name.name, urls.get(name.name), role=name.role) for name in names if _is_author(name.name)]


def _is_team(name: str) -> bool:
    is_sentence = name.endswith((".", "!", "?")) and len(name.split()) > _LONGEST_TEAM
    is_name = name.removeprefix("the ")[:1].isupper() or is_domain(name.split(maxsplit=1)[0])
    return is_organization(name) and is_name and not is_sentence


def _is_author(name: str) -> bool:
    return is_person(name) or _is_team(name) or is_single_name(name)


def _from_line(text: str, links: _Links) -> list[NamedAuthor]:
    """Return the names of a line that opens as a byline does; those that are linked, where the first is."""
    reporters, _ = find_reporters(text)
    if reporters:
        return [NamedAuthor(name) for name in reporters]
    start = byline_start(text)
    labelled = find_labelled(text) if not start else ""
    if labelled and is_person(labelled):
        return [NamedAuthor(labelled, next((url for begin, end, url in links if text[begin:end] == labelled), None))]
    linked = [
        NamedAuthor(text[begin:end], url)
        for begin, end, url in links[:20]
        if begin >= start and (begin == start or _PROFILE.search(url)) and 2 <= end - begin <= 60
    ]
    rest = text[start:] if len(text) <= _MAX_LINE else text[start:_MAX_LINE].rpartition(",")[0]
    if _INTERVIEW.search(text[:start]):
        rest = _WITH.split(rest, maxsplit=1)[0]
    filed = _FILED.search(rest)
    if filed and any(start + filed.end() == begin and not _PROFILE.search(url) for begin, _, url in links[:20]):
        rest = rest[: filed.start()]
    dates = [date.start for date in find_dates(rest) if date.start > 2]
    rest = _without_label(rest[: dates[0]]) if dates else _without_dates(rest)
    names = [NamedAuthor(name.name, None, role=name.role) for name in read_names(rest.split(" | ")[0])]
    persons = [name for name in names if is_person(name.name)]
    if linked and any(begin == start for begin, _, _ in links) and len(linked) >= len(persons):
        roles = {name.name: name.role for name in names}
        return [name._replace(role=roles.get(name.name)) for name in linked]
    found = [name for name in names if is_person(name.name) or _is_team(name.name)]
    if not found and names and is_sure_opening(text) and is_single_name(names[0].name):
        after = rest.strip().removeprefix(names[0].name).lstrip()
        found = names[:1] if not after or after[0] in _AFTER_NAME else []
    if not found or found[0] != names[0]:
        return []
    urls = {name.name: name.url for name in linked}
    return [name._replace(url=urls.get(name.name)) for name in found]


def _read_marks(structure: Structure, marks: list[Mark], head: Head) -> list[Byline]:
    """Read elements that are marked as bylines; those of one class, side by side, belong together."""
    found: list[Byline] = []
    before: Mark | None = None
    read_to = -1
    for mark in marks:
        if mark.block < read_to or len(found) >= MAX_BYLINES:
            continue  # it stands in one that was read
        line, authors, end = _read_mark(structure, mark, head)
        if not authors:
            continue
        read_to = end
        about = (mark.element.tag, mark.element.get("class"))
        is_next = (
            before is not None
            and (before.element.tag, before.element.get("class")) == about
            and mark.block - before.block <= _MAX_GAP
            and before.element not in islice(mark.element.iterancestors(), 20)
        )
        if is_next and found:
            found[-1].authors += [author for author in authors if author not in found[-1].authors]
        else:
            found.append(Byline(line, authors))
        before = mark
    return found


def _container_of(structure: Structure, mark: Mark) -> Container | None:
    """Return the container that a marked element is; None for an inline element."""
    for container in structure.containers[mark.container + 1 :]:
        if container.start > mark.block:
            return None
        if container.element is mark.element:
            return container
    return None


def _link_of(element: HtmlElement, line: str) -> str | None:
    """Return the address that an inline element links as a whole, itself or by the only link in it."""
    links = list(islice(element.iter("a"), 2))
    is_whole = len(links) == 1 and (links[0] is element or visible_words(links[0], max_chars=_MAX_LINE) == line)
    return links[0].get("href") if is_whole else None


def _read_mark(structure: Structure, mark: Mark, head: Head) -> tuple[str, list[NamedAuthor], int]:
    """Return the line of a marked element, the authors that it names, and the block after those that it holds."""
    container = _container_of(structure, mark)
    if container is None:
        line = visible_words(mark.element, max_chars=_MAX_LINE)[:_MAX_LINE]
        url = _link_of(mark.element, line)
        block = Block(line, links=((0, len(line), url),) if url else ())
        if is_byline(line):
            return line, _from_line(line, block.links), 0
        if url and is_user(line) and _PROFILE.search(url):
            return line, [NamedAuthor(line, url)], 0
        return line, _names_of(block, without_about(_without_dates(line)), is_marked=True), 0
    is_article = head.is_inside(container) or container.tag == "article"
    if is_article or container.end - container.start > _MAX_BLOCKS:
        return "", [], 0
    blocks = structure.blocks[container.start : min(container.end, container.start + _MAX_LINES)]
    found: list[NamedAuthor] = []
    lines: list[str] = []
    for block in [piece for whole in blocks for piece in _split_at_office(whole)]:
        text = without_about(_without_dates(block.text))
        if is_other_work(text):
            break
        if found and is_office_line(text) and not is_person(text):
            found[-1] = found[-1]._replace(role=found[-1].role or text)
            lines.append(block.text)
            continue
        is_opened = is_byline(block.text)
        names = _from_line(block.text, block.links) if is_opened else _names_of(block, text, is_marked=not found)
        found += [name for name in names if name.name not in {author.name for author in found}]
        if names or is_byline_label(block.text):
            lines.append(block.text)
    return " ".join(lines)[:_MAX_LINE], found, container.end


def _split_at_office(block: Block) -> list[Block]:
    """Return what the elements in a line hold, each as a block, where a name and an office are among them.

    "<span>Jane Roe</span> <span>Business Reporter</span>": in one line, nothing says where the name ends.
    """
    element = block.element
    if element is None or len(block.text) > _MAX_LINE or not 2 <= len(element) <= _MAX_LINES:
        return [block]
    if any(part.strip(_SEPARATORS) for part in (element.text or "", *(child.tail or "" for child in element))):
        return [block]
    pieces = []
    for child in element:
        if not isinstance(child.tag, str):
            return [block]
        line = visible_words(child, max_chars=_MAX_LINE)[:_MAX_LINE]
        url = next((link.get("href") for link in child.iter("a")), None)
        pieces.append(replace(block, text=line, links=((0, len(line), url),) if url else (), seams=()))
    pieces = [piece for piece in pieces if piece.text]
    is_office = any(is_office_line(piece.text) and not is_person(piece.text) for piece in pieces[1:])
    return pieces if is_office and is_person(pieces[0].text) else [block]


def _read_profiles(structure: Structure, numbers: list[int]) -> list[Byline]:
    """Read links whose address is that of a profile, and whose text is a full name."""
    found: list[NamedAuthor] = []
    line = ""
    for number in numbers:
        block = structure.blocks[number]
        for start, end, url in block.links[:20]:
            name = block.text[start:end]
            if len(block.text) - block.link_chars > _MAX_NAME_LINE:
                break  # a sentence
            if _PROFILE.search(url) and is_person(name) and name not in {author.name for author in found}:
                found.append(NamedAuthor(name, url))
                line = line or block.text
    return [Byline(line, found)] if 0 < len(found) <= 4 else []


def _read_neighbours(structure: Structure, numbers: list[int], head: Head) -> list[Byline]:
    """Read full names that stand alone beside a date, beside an office, or in one line with either."""
    first = max(0, head.near - 1)
    text_follows = sum(is_paragraph(block) for block in structure.blocks[first : first + _MAX_NEXT]) >= _FEWEST
    if not text_follows or not numbers:
        return []
    above = (head.anchor or 0) - 1  # the line above the headline, where it names its day, too
    own = {
        number
        for number in numbers
        if number > above
        or (number == above and find_dates(structure.blocks[number].text[:_MAX_LINE]))
        or _is_in_article(structure, number, head)
    }
    found: list[Byline] = []
    blocks: list[Block] = []
    tried: list[int] = []
    for number in range(max(head.start, numbers[0] - 1), min(head.end, numbers[-1] + 2)):
        for piece in split_at_seams(structure.blocks[number]):
            if number in own:
                tried.append(len(blocks))
            blocks.append(piece)
    for number in tried:
        block = blocks[number]
        if block.text.endswith((":", ",")) or block.kind == "caption":
            continue
        is_headed = block.level > 2 and number + 1 < len(blocks) and is_office_line(blocks[number + 1].text)
        if block.level and not is_headed:
            continue
        if len(block.text) > _MAX_NAME_LINE or is_other_work(block.text) or not _can_link(block):
            continue
        text = _without_dates(block.text)
        names = _names_of(block, text, is_marked=False)
        has_date = bool(find_dates(block.text))
        beside = [blocks[other].text for other in (number - 1, number + 1) if 0 <= other < len(blocks)]
        if not names and (has_date or any(is_date(line) for line in beside)):
            names = [name for name in _names_of(block, text, is_marked=True) if is_faceless(name.name)]
        if not names or (not names[0].name[0].isascii() and not names[0].name[0].isupper()):
            continue
        if has_date or names[0].role or any(is_date(line) or is_office_line(line) for line in beside):
            if names[0].role is None and number + 1 < len(blocks) and is_office_line(blocks[number + 1].text):
                names[-1] = names[-1]._replace(role=blocks[number + 1].text)
            found.append(Byline(block.text, names))
            if is_person(names[0].name):
                return found[-1:]
    return found[:1]


def _is_in_article(structure: Structure, number: int, head: Head) -> bool:
    """Return whether a line before the headline stands in the same ``<article>``."""
    around = containers_around(structure, structure.blocks[number].container)
    article = next((one for one in around if one.tag == "article"), None)
    return article is not None and head.is_inside(article)


def _can_link(block: Block) -> bool:
    """Return whether the links of a line may lead to the profile of whom it names."""
    return all(
        not letters(url)
        or (
            (not url.startswith("#") or _PROFILE.search(url))
            and not _TOPIC.search(url)
            and (_PROFILE.search(url) or letters(block.text[start:end].split()[-1]) in letters(url))
        )
        for start, end, url in block.links[:5]
        if block.text[start:end].split()
    )


def is_date(line: str) -> bool:
    """Return whether a line is hardly more than a date."""
    return len(line) <= _MAX_NAME_LINE and 2 * sum(date.end - date.start for date in find_dates(line)) >= len(line)


def _ends_text(structure: Structure, number: int) -> bool:
    """Return whether a line without links ends a row of paragraphs, as their author's name does."""
    blocks, containers = structure.blocks, structure.containers
    block, before = blocks[number], blocks[number - 1]
    parent = containers[block.container].parent
    after = blocks[number + 1] if number + 1 < len(blocks) else None
    return (
        not block.links
        and not block.level
        and is_paragraph(before)
        and containers[before.container].parent == parent
        and (after is None or containers[after.container].parent != parent)
    )


def _name_all(line: str, authors: list[NamedAuthor]) -> bool:
    """Return whether the full names of persons are all that a line holds but for what opens it and joins them."""
    names = sum(len(letters(author.name)) for author in authors)
    rest = letters(line[byline_start(line) :])
    return all(is_person(author.name) for author in authors) and len(rest) - names <= _MAX_JOINS * (len(authors) - 1)


def _read_tail(structure: Structure, marks: list[Mark], head: Head) -> list[Byline]:
    """Read the byline below the text: marked elements, and lines that say "Written by"."""
    if head.anchor is None:
        return []
    below = [
        mark
        for mark in islice((mark for mark in marks if mark.block >= head.end), 50)
        if not is_outside(structure, mark.container, head, mark.block)
    ]
    found = _read_marks(structure, below[:10], head)
    for number in range(head.end, min(len(structure.blocks), head.end + _MAX_TAIL)):
        whole = structure.blocks[number]
        if found or len(whole.text) > _MAX_NAME_LINE or whole.roles & _NOT_BELOW:
            continue
        lines = split_at_seams(whole) if whole.seams else ()
        block = next((line for line in lines if _is_whole_byline(line.text)), whole)
        is_label = is_byline_label(block.text)
        if not (is_label or is_byline(block.text)) or is_other_work(block.text):
            continue
        opening = block.text if is_label else block.text[: byline_start(block.text)]
        is_sure = find_labelled(block.text) or _SURE_LABEL.match(opening.strip(" ([（"))
        if (is_sure or _ends_text(structure, number)) and not is_outside(structure, block.container, head, number):
            more = structure.blocks[number + 1 : number + 1 + _MAX_LINES]
            authors = _read_below(more) if is_label else _from_line(block.text, block.links)
            found += [Byline(block.text, authors)] if authors and (is_sure or _name_all(block.text, authors)) else []
    for byline in found:
        byline.is_below = True
    return found
