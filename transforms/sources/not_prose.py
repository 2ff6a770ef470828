"""Texts that are not prose: programs, style sheets, logs, lists of links and bare figures, as lie among other files."""

import re

_LINE_LENGTH = 200
"""How much of a line is examined, in code points."""

_WORD = re.compile(r"[^\W\d_]{2}")
_INTERPRETER = re.compile(r"#! ?/")
_DECLARATION = re.compile(
    r"(?:async )?def \w+\(|class \w+(?:\(|:$)"
    r"|import \w[\w.]*(?: as \w+|(?:, ?\w[\w.]*)+)?$"
    r"|from \.*\w[\w.]* import (?:[(*]|\w+(?: as \w+)?(?:,|$))|from \.+ import [\w(*]"
    r"""|# *(?:include *[<"]|define +\w|if(?:n?def)? +[\w!(]|endif\b|pragma )"""
)
"""Lines that only Python, C and their kin have: functions, classes, imports, directives."""
_COMMENT = re.compile(r"#|//|\*|--")
_CODE_LINE = re.compile(
    r"""[;{}()\[\],=\\]$|[\])\w]:$|\w\(|[\w\])] [-+*/|.]?==? |^["'\])}@]|^/\*"""
    r"|^(?:else|try|finally|return|pass|break|continue|raise|yield|end|fi|done)\b[^.]*$"
)
_LOG_LINE = re.compile(
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S"
    r"|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\S{1,100} \S{1,50} \S{1,50} \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d"
)
"""What begins a line of a log: a date and a time to the second, of programs, syslog and servers."""
_LINK_LINE = re.compile(r"(?:[-*+]|\d{1,4}[.)])\s{1,9}\[[^\[\]\n]{1,300}\]\([^\s()]{1,2000}\)[^\w\n]{0,20}$")


def is_not_prose(text: str) -> bool:
    r"""Return whether a text is a program, a style sheet, a log or a list of links, or has no word. Linear.

    Cautious: prose never is.

    >>> is_not_prose("2031-05-04 10:00:01 INFO started\n" * 5)
    True
    """
    if _INTERPRETER.match(text) or not _WORD.search(text) or _is_script(text):
        return True
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    return _is_program(lines) or _is_log(lines) or _is_link_list(lines)


def _is_script(text: str) -> bool:
    """Return whether a text is a script or a style sheet, as lie beside a page that a browser saved.

    Either one character in forty is a brace, ``;`` or ``=``, of both sorts some, or every other line ends in one.
    """
    braces, others = text.count("{") + text.count("}"), text.count(";") + text.count("=")
    if braces < 2 or "~{" in text:  # in HZ, an encoding of Chinese, any mark may stand for half a character
        return False
    if braces >= 4 and 200 * min(braces, others) >= len(text) and 40 * (braces + others) >= len(text):
        return True
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return len(lines) >= 4 and 2 * sum(line[-1] in ";{}" for line in lines) >= len(lines)


def _is_program(lines: list[str]) -> bool:
    """Return whether lines are source code: three declarations, and half of all characters outside of comments.

    It begins as code does, with a comment, a string or a statement, where an article that shows code has a headline.
    Such an article in Markdown marks its code by fences.
    """
    declarations = code = length = 0
    for number, line in enumerate(lines):
        start = line[:_LINE_LENGTH]
        if start.startswith("```"):
            return False
        if _DECLARATION.match(start):
            declarations += 1
            code += len(line)
        elif _COMMENT.match(start):
            continue
        elif _CODE_LINE.search(start):
            code += len(line)
        elif number == 0:
            return False
        length += len(line)
    return declarations >= 3 and 2 * code >= length


def _is_log(lines: list[str]) -> bool:
    return len(lines) >= 5 and 2 * sum(_LOG_LINE.match(line) is not None for line in lines) >= len(lines)


def _is_link_list(lines: list[str]) -> bool:
    """Return whether lines are a list in Markdown of links and nothing more; headings of its parts do not count."""
    entries = [line for line in lines if not line.startswith("#")]
    links = sum(_LINK_LINE.match(line[:3000]) is not None for line in entries)
    return links >= 5 and 10 * links >= 9 * len(entries)
