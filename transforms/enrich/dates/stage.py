"""Articles with the dates that they mention."""

from transforms.enrich.dates.enrichment import make_step
from transforms.enrich.each import EnrichEach


class FindDates(EnrichEach):
    """Find the dates that each article mentions, and count relative ones from its date of publication.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output. An article in a
    language without rules passes with ``dates.no_language`` in ``not_run``. Drops nothing. Costs about 0.3 ms an
    article.
    """

    def __init__(self) -> None:
        super().__init__(make_step())
