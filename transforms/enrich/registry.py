"""The enrichments that newsmill has. To add one, follow CONTRIBUTING.md."""

from transforms.enrich.amounts.enrichment import AMOUNTS
from transforms.enrich.dates.enrichment import DATES
from transforms.enrich.enrichment import register
from transforms.enrich.entities.enrichment import ENTITIES
from transforms.enrich.languages.enrichment import LANGUAGE
from transforms.enrich.quotes.enrichment import QUOTES
from transforms.enrich.stories.enrichment import STORIES
from transforms.enrich.summary.enrichment import SUMMARY
from transforms.enrich.topics.enrichment import TOPICS

ENRICHMENTS = register(
    LANGUAGE,
    ENTITIES,
    TOPICS,
    QUOTES,
    AMOUNTS,
    DATES,
    SUMMARY,
    STORIES,
)
"""All, in the order in which they are done."""

EARLY = tuple(enrichment for enrichment in ENRICHMENTS if enrichment.is_early)
"""Those done to every document."""

LATE = tuple(enrichment for enrichment in ENRICHMENTS if not enrichment.is_early)
"""Those done to new articles and new versions alone."""
