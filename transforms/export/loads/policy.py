"""Which databases a run is loaded into when it has ended."""

from schemas.policy import policy, setting


@policy
class LoadPolicy:
    """Which databases follow the output, and with which tables."""

    load_to: tuple[str, ...] = setting(
        "database that is brought to the state of the output when the run has ended, by 'stream' after each batch, as "
        "'newsmill load' does; may be repeated",
        default=(),
        unset="none",
        shapes_rows=False,
        metavar="DEST",
        many="*",
    )
    load_tables: tuple[str, ...] = setting(
        "tables that are loaded",
        default=(),
        unset="all",
        shapes_rows=False,
        metavar="TABLE,...",
        many=",",
    )
