"""Which articles tell the same story, and how they are related."""

import pyarrow as pa

from schemas.record import column, record
from schemas.stored_row import StoredRow


@record
class StoryPart(StoredRow):
    """One version of an article, and the story that it is part of; every article is part of one."""

    article_id: str = column("Article.")
    version: int = column("Version of it.", arrow=pa.int32())
    version_id: str = column("Id of that version.")
    story_id: str = column(
        "blake2b-128 made of the article_id of the first article of the story; it stays as it is when others join."
    )
    is_first: bool = column("True for the article that the story began with: it was committed first.")


@record
class Relation(StoredRow):
    """One article that has text of another, which was committed before it."""

    article_id: str = column("The later article; of an exact copy the id it would have had: it is a row of dropped.")
    version: int | None = column("Version of it; None for a copy that is not stored.", arrow=pa.int32(), default=None)
    version_id: str | None = column("Id of that version; None for a copy that is not stored.", default=None)
    other_article_id: str = column("The earlier article.")
    other_version: int | None = column(
        "Newest version of it at that time; None where it is older than --story_days.", arrow=pa.int32(), default=None
    )
    other_version_id: str | None = column("Id of that version.", default=None)
    kind: str = column(
        "'exact_copy' (the same text), 'syndicated' (on another site, and one of them names an agency or site as its "
        "origin), 'update' (has the earlier text and more) or 'near_copy'."
    )
    score: float = column("Share of the shorter text that the other has too, estimated: .5 to 1.")
    share: float | None = column("Share of the text that is in the other; None for a copy that is not stored.")
    other_share: float | None = column("Share of the other text that is in this one; None for such a copy.")
    origin: str | None = column("Agency or site that the article names as its origin.", default=None)
    other_origin: str | None = column("Agency or site that the other names.", default=None)
    lag_s: int | None = column(
        "Seconds from the publication of the other to that of this one; negative where this one says it was published "
        "first. None where a date is missing.",
        default=None,
    )
    story_id: str | None = column(
        "Story of the other: the one the article belongs to, or another it has text of; None where it is older than "
        "--story_days.",
        default=None,
    )
