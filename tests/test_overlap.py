"""Whether two texts are versions of one another."""

import pytest

from transforms.overlap import MAX_CHARS, has_much_in_common

ONE = "The harbour board decided on Monday to close the eastern quay until the cracks in its wall have been filled."
OTHER = "Rain is expected along the whole coast, with gusts of ninety kilometres an hour on the outer islands at night."
JAPANESE = "港湾委員会は月曜日、壁の亀裂が埋められるまで東埠頭を閉鎖することを決定した。"

CASES = [
    ("the same", ONE, ONE, True),
    ("white space, case and markup", ONE, "<p>" + ONE.upper().replace(" ", "\n<b></b> ") + "</p>", True),
    ("a word of it", ONE, ONE.replace("Monday", "Tuesday"), True),
    ("more of it", ONE, ONE + " " + OTHER, True),
    ("its first half", ONE, ONE[:50], True),
    ("nothing", ONE, OTHER, False),
    ("the same words in another order", ONE, " ".join(reversed(ONE.split())), False),
    ("without spaces", JAPANESE, JAPANESE.replace("月曜日", "火曜日"), True),
    (
        "without spaces, nothing",
        JAPANESE,
        "沿岸全域で雨が予想され、夜には外島で時速九十キロの突風が吹く見込みだ。",
        False,
    ),
    ("two words", "Quay closed", "quay closed!", True),
    ("two other words", "Quay closed", "Road open", False),
    ("nothing at all", "", "...", True),
    ("something and nothing", ONE, "", False),
]


@pytest.mark.parametrize(("what", "one", "other", "expected"), CASES, ids=[case[0] for case in CASES])
def test_much_in_common(what: str, one: str, other: str, expected: bool) -> None:
    assert has_much_in_common(one, other) is expected
    assert has_much_in_common(other, one) is expected


def test_no_more_is_looked_at_than_so_much() -> None:
    assert has_much_in_common("a " * MAX_CHARS + "b c d", "a " * MAX_CHARS)
    assert not has_much_in_common("<" * MAX_CHARS, ONE)
