"""Places in the texts of articles where entities are named, as rows of their own."""

import pyarrow as pa

from schemas.record import column, record
from schemas.stored_row import StoredRow


@record
class EntityMention(StoredRow):
    """One place in the text of an article where an entity is named: an item of ``mentions`` in its ``entities``."""

    article_id: str = column("Article that names it.", default="")
    version: int = column("Version of that article.", default=1, arrow=pa.int32())
    version_id: str = column("version_id of that article.", default="")
    entity_id: str = column("Entity that is named, the same in all articles; as in entities.")
    name: str = column("Name of that entity in this article.")
    type: str = column("Label of that entity in this article.")
    text: str = column("The words, equal to text[start:end] of the article.")
    start: int = column("Offset of the first code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last code point in text.", arrow=pa.int32())
