"""Summaries of texts, as an enrichment."""

import dataclasses

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.summary.summarize import summarize
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SummaryPolicy:
    """How texts are summarised; there is nothing to choose yet."""


def make_step(policy: SummaryPolicy) -> Step:
    """Summarise an article."""
    del policy
    preload = ("transforms.enrich.summary.background", "load_background", "en")
    return Step(stages.SUMMARY.word, summarize, stages.SUMMARY.crash, (preload,))


SUMMARY = Enrichment(
    stage=stages.SUMMARY,
    policy=SummaryPolicy,
    make_step=make_step,
    columns=("lead_summary", "keyphrases", "sentence_count", "reading_time_s", "summary_model"),
    model="summary_model",
    needs=("language", "headline", "text", "text_blocks", "word_count"),
)
