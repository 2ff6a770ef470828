"""Articles with IPTC Media Topics."""

from transforms.enrich.each import EnrichEach
from transforms.enrich.topics.enrichment import make_step


class AssignTopics(EnrichEach):
    """Assign Media Topics to each article.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output.
    Drops nothing. Costs about 1 ms an article; taxonomy and terms are read once per process and language, in 0.2 s.
    """

    def __init__(self) -> None:
        super().__init__(make_step())
