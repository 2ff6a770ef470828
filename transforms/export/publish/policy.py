"""Which table formats a lake is published in, and where."""

from schemas.policy import policy, setting

DELTA, ICEBERG = "delta", "iceberg"
FORMATS = (DELTA, ICEBERG)
"""Formats that a lake can be published in."""

NAMESPACE = "newsmill"
"""Namespace of the Iceberg tables, where none is named."""

ICEBERG_DIRECTORY = "_iceberg"
"""Directory below a lake of the metadata of Iceberg tables, and of the catalog where none is named."""

CATALOG_FILE = "catalog.db"
"""The catalog there."""


@policy
class PublishPolicy:
    """In which table formats each commit is published.

    Raises:
        ValueError: a format that is not known.
    """

    publish: tuple[str, ...] = setting(
        "table formats in which the data files are listed after each commit; see docs/warehouse-formats.md",
        default=(),
        unset="none",
        shapes_rows=False,
        choices=FORMATS,
        many=",",
        metavar="FORMAT,...",
    )
    iceberg_catalog: str | None = setting(
        "catalog of the Iceberg tables, by its name in pyiceberg's configuration (.pyiceberg.yaml, or variables such "
        "as PYICEBERG_CATALOG__NAME__URI)",
        default=None,
        unset="an SQLite file in the output",
        shapes_rows=False,
        metavar="NAME",
    )
    iceberg_namespace: str = setting(
        "namespace of the Iceberg tables in their catalog; dots separate its levels",
        default=NAMESPACE,
        shapes_rows=False,
        metavar="NAME",
    )
