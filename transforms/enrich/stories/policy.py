"""How far back texts are compared."""

from schemas.policy import policy, setting


@policy
class StoryPolicy:
    """How far back texts are compared."""

    story_days: int = setting(
        "new texts are compared with those that runs of so many last days have written, to find copies and stories",
        default=30,
        shapes_rows=True,
        at_least=1,
        at_most=3650,
        unit="days",
    )
