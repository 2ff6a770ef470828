"""Media Topics of an article, as an enrichment."""

import dataclasses

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.topics.assign import assign_topics
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TopicPolicy:
    """How topics are assigned; there is nothing to choose yet."""


def make_step(policy: TopicPolicy) -> Step:
    """Assign topics to an article."""
    del policy
    return Step(
        stages.TOPICS.word, assign_topics, stages.TOPICS.crash, (("transforms.enrich.topics.classify", "warm_up"),)
    )


TOPICS = Enrichment(
    stage=stages.TOPICS,
    policy=TopicPolicy,
    make_step=make_step,
    columns=("topics", "topic_model"),
    model="topic_model",
    needs=("language", "headline", "text", "article_section", "keywords"),
)
