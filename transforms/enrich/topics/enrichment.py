"""Media Topics of an article, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.topics.assign import assign_topics
from transforms.workers.steps import Step


def make_step() -> Step:
    """Assign topics to an article."""
    return Step(
        stages.TOPICS.word, assign_topics, stages.TOPICS.crash, (("transforms.enrich.topics.classify", "warm_up"),)
    )


TOPICS = Enrichment(
    stage=stages.TOPICS,
    make_step=make_step,
    columns=("topics", "topic_model"),
    model="topic_model",
    needs=("language", "headline", "text", "article_section", "keywords"),
)
