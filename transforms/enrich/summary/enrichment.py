"""Summaries of texts, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import LazyFunction, Step


def make_step() -> Step:
    """Summarise an article."""
    preload = ("transforms.enrich.summary.background", "load_background", "en")
    summarize = LazyFunction("transforms.enrich.summary.summarize", "summarize")
    return Step(stages.SUMMARY.word, summarize, stages.SUMMARY.crash, (preload,))


SUMMARY = Enrichment(
    stage=stages.SUMMARY,
    make_step=make_step,
    columns=("lead_summary", "keyphrases", "sentence_count", "reading_time_s", "summary_model"),
    model="summary_model",
    needs=("language", "headline", "text", "text_blocks", "word_count"),
)
