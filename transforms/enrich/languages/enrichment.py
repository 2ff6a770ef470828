"""The language of a text, as an enrichment."""

import functools

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.languages.identify import identify_language
from transforms.enrich.languages.policy import LanguagePolicy
from transforms.workers.steps import Step


def make_step(policy: LanguagePolicy) -> Step:
    """Identify the language of an article."""
    identify = functools.partial(identify_language, languages=policy.languages)
    preload = ("transforms.enrich.languages.identify", "warm_up")
    return Step(stages.LANGUAGE.word, identify, stages.LANGUAGE.crash, (preload,))


LANGUAGE = Enrichment(
    stage=stages.LANGUAGE,
    policy=LanguagePolicy,
    make_step=make_step,
    columns=("in_language", "in_language_score", "language_model"),
    model="language_model",
    needs=("text", "in_language_declared"),
)
