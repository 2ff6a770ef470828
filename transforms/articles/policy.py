"""What counts as an article."""

from schemas.policy import policy, setting

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
