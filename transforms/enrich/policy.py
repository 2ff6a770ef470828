"""Which enrichments are done."""

from schemas.policy import policy, setting
from schemas.stages import STAGES

NAMES = tuple(stage.word for stage in STAGES if stage.enriches)
"""Names of all enrichments, in the order in which they are done."""


def in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of enrichments without repeats, in the order in which they are done; unknown ones come last."""
    known = tuple(name for name in NAMES if name in names)
    return (*known, *(name for name in names if name not in NAMES))


@policy
class EnrichPolicy:
    """Which enrichments are done.

    Raises:
        ValueError: an unknown name, or an enrichment that others need which are done.
    """

    without: tuple[str, ...] = setting(
        "enrichments that are not done: their columns stay empty, and not_run names each with '.off'",
        default=(),
        unset="all are done",
        shapes_rows=True,
        choices=NAMES,
        metavar="NAME",
        many="+",
        read=in_order,
    )

    def __post_init__(self) -> None:
        if self.without:
            # The declarations load the code of all enrichments.
            from transforms.enrich.enrichment import check_left_out  # noqa: PLC0415
            from transforms.enrich.registry import ENRICHMENTS  # noqa: PLC0415

            check_left_out(self.without, ENRICHMENTS)
