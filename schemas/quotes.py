"""What people are quoted with."""

import pyarrow as pa

from schemas.record import column, record


@record
class Quote:
    """One quotation in the text of an article, and who said it."""

    start: int = column("Offset in text of the first quoted code point, behind the mark.", arrow=pa.int32())
    end: int = column("Offset after the last one, before the mark.", arrow=pa.int32())
    text: str = column("The quoted words, equal to text[start:end] of the article.")
    speaker: str | None = column(
        "The words that name who said it, such as 'Jane Roe', 'she' or 'a spokesman'; None when nothing does.",
        default=None,
    )
    speaker_start: int | None = column("Offset in text of these words.", default=None, arrow=pa.int32())
    speaker_end: int | None = column("Offset after them.", default=None, arrow=pa.int32())
    speaker_name: str | None = column(
        "Name of the entity that they stand for, as entities has it; None where that is not certain.", default=None
    )
    entity_id: str | None = column("entity_id of that entity.", default=None)
    verb: str | None = column("The verb of saying, as it stands in text, in lower case.", default=None)
    method: str = column(
        "How the speaker was found: 'after' or 'before' (a clause behind or in front of it), 'inside' (a clause within "
        "it), 'pronoun' (such a clause has a pronoun), 'colon', 'according', 'continued' (speaker of the quotation "
        "before), 'context' (subject of the sentence before) or 'none'."
    )
