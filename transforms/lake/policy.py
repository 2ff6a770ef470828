"""Which files rows are written to."""

from schemas.policy import policy, setting


@policy
class WritePolicy:
    """How articles are spread over directories and files; other tables go by day.

    Raises:
        ValueError: a number out of range, or no column.
    """

    partition_by: tuple[str, ...] = setting(
        "columns of articles that become directories; good ones are ingest_date, published_date, publisher_domain and "
        "in_language",
        default=("ingest_date",),
        shapes_rows=True,
        metavar="COLUMN,...",
        many=",",
    )
    max_partitions: int = setting(
        "most directories that one run may make; the rarest beyond it go to the null partition",
        default=500,
        shapes_rows=True,
        at_least=1,
    )
    shards: int = setting(
        "files that a partition of one commit is cut into",
        default=1,
        shapes_rows=True,
        at_least=1,
    )

    def __post_init__(self) -> None:
        if not self.partition_by:
            raise ValueError("partition_by names no column: write ingest_date, the default")
