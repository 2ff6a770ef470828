"""Articles that an enrichment was not done to, or only to a part of their text."""

import dataclasses

from schemas.articles import Article
from schemas.stages import NOT_RUN, Stage


def note_not_run(article: Article, stage: Stage, why: str) -> Article:
    """Add to an article's ``not_run`` why an enrichment was not done.

    Args:
        article: that passes the stage.
        stage: that of the enrichment.
        why: one of its codes for this, without its word.

    Raises:
        ValueError: the stage declares no such code.
    """
    code = f"{stage.word}.{why}"
    if code not in NOT_RUN:
        raise ValueError(f"{code} is not a code for not_run: declare it in schemas/stages.py")
    return dataclasses.replace(article, not_run=(*article.not_run, code))
