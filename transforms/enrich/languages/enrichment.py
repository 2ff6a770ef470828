"""The language of a text, as an enrichment."""

import dataclasses
import difflib
import functools

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.languages.identify import LANGUAGES, identify_language
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LanguagePolicy:
    """Which languages are kept.

    Attributes:
        languages: codes to keep, as in :data:`~transforms.enrich.languages.identify.LANGUAGES`; articles in others are
            filtered, ``language.not_wanted``. Empty keeps all.

    Raises:
        ValueError: an unknown code.
    """

    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for code in self.languages:
            if code not in LANGUAGES:
                near = difflib.get_close_matches(code.lower(), sorted(LANGUAGES), n=1, cutoff=0.0)[0]
                raise ValueError(f"unknown language {code!r}: give ISO 639-1 codes such as {near!r}")


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
