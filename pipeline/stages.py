"""The stages that run in worker processes, made from the settings of a run, and their pool."""

import dataclasses
import functools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import signals
from pipeline.settings import Settings
from transforms.articles import step
from transforms.enrich.fold import fold_steps
from transforms.enrich.policy import EnrichPolicy
from transforms.enrich.registry import ENRICHMENTS
from transforms.enrich.stories.enrichment import STORIES
from transforms.enrich.stories.policy import StoryPolicy
from transforms.lake.manifest import DataFile
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Pool
from transforms.workers.shared_pools import kill_pools, shared_pool
from transforms.workers.steps import Step


def extract_step(settings: Settings) -> Step:
    """Read the article out of a document."""
    return step.extract_step(
        settings.extract_policy,
        agent=settings.fetch_policy.robots_name,
        # The start of the run, which one that is carried on shares; an unbounded job goes on for months.
        clock=time.time if settings.is_unbounded else functools.partial(float, settings.started_at.timestamp()),
    )


def enrichment_policies(settings: Settings) -> dict[type, Any]:
    """Give the policies of enrichments that have options, by their class; the others have their defaults."""
    return {type(policy): policy for policy in settings.enrichment_policies}


def story_policy(settings: Settings) -> StoryPolicy | None:
    """Return how the stories of a commit are found; None where they are switched off."""
    policies = enrichment_policies(settings)
    if STORIES.name in policies.get(EnrichPolicy, EnrichPolicy()).without:
        return None
    found: StoryPolicy = policies.get(StoryPolicy, StoryPolicy())
    return found


def count_staged(counters: Mapping[str, int] | None, more: Sequence[DataFile]) -> Mapping[str, int] | None:
    """Return counters with the rows of files that were staged when the graph had ended; None where there are none."""
    if counters is None:
        return None
    counted = Counter(counters)
    for file in more:
        counted[f"{file.table}.rows"] += file.rows
    return counted


def worker_policy(settings: Settings) -> WorkerPolicy:
    """Make the policy of the run's pool: that of the settings, and what its steps load beforehand."""
    steps = (extract_step(settings), *fold_steps(ENRICHMENTS, enrichment_policies(settings)))
    preload = [preload for step in steps for preload in step.preload]
    prepare = (("transforms.lake.store_options", "set_options", *settings.beam_args),) if settings.beam_args else ()
    return dataclasses.replace(settings.workers, preload=tuple(preload), prepare=prepare)


def start_workers(settings: Settings, *, loads_now: bool = True) -> Pool | None:
    """Start the run's pool; a signal ends it with the run.

    Args:
        settings: of the run.
        loads_now: whether it loads its models while the graph is built; else when the first page is to be read.

    Returns:
        None where the engine has processes of its own: each of them makes a pool.
    """
    if not settings.engine.is_one_process:
        return None
    signals.before_exit(kill_pools)
    pool = shared_pool(worker_policy(settings))
    if loads_now:
        pool.load()
    return pool
