"""Media Topics of an article, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import LazyFunction, Step


def make_step() -> Step:
    """Assign topics to an article."""
    assign_topics = LazyFunction("transforms.enrich.topics.assign", "assign_topics")
    preload = ("transforms.enrich.topics.classify", "warm_up")
    return Step(stages.TOPICS.word, assign_topics, stages.TOPICS.crash, (preload,))


TOPICS = Enrichment(
    stage=stages.TOPICS,
    make_step=make_step,
    columns=("topics", "topic_model"),
    model="topic_model",
    needs=("language", "headline", "text", "article_section", "keywords"),
)
