"""What counts as an article, and for whom a page is read."""

from schemas.policy import policy, setting
from schemas.values import PAGE_TYPES

AGENT = "newsmill"
"""Name that rules for one robot are looked up by, where the run has no other: lower case."""

MIN_CHARS = 50
"""The shortest real briefs have one sentence; what is shorter is a notice."""


@policy
class ExtractPolicy:
    """Which documents become articles.

    Raises:
        ValueError: a number out of range.
    """

    min_chars: int = setting(
        "shortest main text of an article, in code points",
        default=MIN_CHARS,
        shapes_rows=True,
        at_least=1,
    )
    respect_opt_outs: bool = setting(
        "leave out articles whose publisher reserves text and data mining or opts out of AI (TDMRep, noai); the "
        "reservation is a column of every article in any case",
        default=False,
        shapes_rows=True,
    )
    keep_text_raw: bool = setting(
        "keep the main text as it was before cleaning, in text_raw",
        help="leave text_raw empty; what was removed from it stays listed in cleaning_actions",
        default=True,
        shapes_rows=True,
        option="no_text_raw",
    )
    keep_page_types: tuple[str, ...] = setting(
        "types of pages that become articles; pages of other types are left out as page.not_an_article",
        default=("article", "live_blog"),
        shapes_rows=True,
        choices=PAGE_TYPES,
        metavar="TYPE,...",
        many=",",
    )

    def __post_init__(self) -> None:
        if not self.keep_page_types:
            raise ValueError("keep_page_types names no type: write article,live_blog, the default")


DEFAULTS = ExtractPolicy()
