"""What is done to each document and article, as the settings want it, and the pool of workers that does it."""

import dataclasses
import functools
import time

from pipeline import signals
from pipeline.settings import Settings
from transforms.articles.extract import ExtractArticles
from transforms.enrich.entities.stage import RecognizeEntities
from transforms.enrich.languages.stage import IdentifyLanguages
from transforms.enrich.topics.stage import AssignTopics
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Pool, kill_pools, shared_pool
from transforms.workers.steps import Step


def reading_steps(settings: Settings) -> tuple[Step, ...]:
    """Document to article: extract, language."""
    extract = ExtractArticles(
        min_chars=settings.min_chars,
        agent=settings.fetch_policy.robots_name,
        respect_opt_outs=settings.respect_opt_outs,
        # The start of the run, which one that is carried on shares; an unbounded job goes on for months.
        clock=time.time if settings.is_unbounded else functools.partial(float, settings.started_at.timestamp()),
    )
    return extract.step, IdentifyLanguages(languages=settings.languages).step


def enriching_steps(settings: Settings) -> tuple[Step, ...]:
    """Article to enriched article: entities, topics."""
    models = {spec.language: spec.name for spec in settings.models}
    return RecognizeEntities(models=models).step, AssignTopics.step


def worker_policy(settings: Settings) -> WorkerPolicy:
    """The policy of the run's pool: what the settings say, and what its steps want loaded."""
    steps = (*reading_steps(settings), *enriching_steps(settings))
    preload = [preload for step in steps for preload in step.preload]
    preload.append(("transforms.sources.opening", "set_store_options", *settings.beam_args))
    return dataclasses.replace(settings.workers, preload=tuple(preload))


def start_workers(settings: Settings) -> Pool | None:
    """The run's pool, which loads its models while the graph is built; a signal ends it with the run.

    None where the engine has processes of its own: each of them makes a pool.
    """
    if not settings.engine.is_one_process:
        return None
    signals.before_exit(kill_pools)
    return shared_pool(worker_policy(settings))
