"""The language of a text, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.languages.policy import LanguagePolicy
from transforms.workers.steps import LazyFunction, Step


def make_step(policy: LanguagePolicy) -> Step:
    """Identify the language of an article."""
    identify = LazyFunction(
        "transforms.enrich.languages.identify", "identify_language", {"languages": policy.languages}
    )
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
