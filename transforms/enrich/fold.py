"""Several enrichments as one chain of steps."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.articles import Article
from schemas.outcomes import ArticleRows
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.not_run import note_not_run
from transforms.enrich.policy import EnrichPolicy
from transforms.workers.steps import LazyFunction, Step


def fold_steps(enrichments: Iterable[Enrichment], policies: Mapping[type, Any]) -> tuple[Step, ...]:
    """Return the steps of enrichments, which carry an article and all rows that were made from it.

    Args:
        policies: by their class; an enrichment without one has its defaults. One that :class:`EnrichPolicy` leaves out
            loads nothing, and its step notes in ``not_run`` that it is off.
    """
    steps = []
    left_out = policies[EnrichPolicy].without if EnrichPolicy in policies else ()
    for enrichment in enrichments:
        if enrichment.name in left_out:
            leave_out = functools.partial(note_not_run, stage=enrichment.stage, why="off")
            step = Step(enrichment.name, leave_out, enrichment.stage.crash)
        else:
            step = enrichment.step(policies)
        if isinstance(step.fn, LazyFunction):
            step = step._replace(preload=(step.fn.preload, *step.preload))
        steps.append(step._replace(stage=enrichment.name, fn=functools.partial(_add, enrich=step.fn)))
    return tuple(steps)


def _add(element: Article | ArticleRows, *, enrich: Callable[[Article], Article | ArticleRows]) -> ArticleRows:
    before = element if isinstance(element, ArticleRows) else ArticleRows(element)
    made = enrich(before.article)
    if isinstance(made, Article):
        return ArticleRows(made, before.rows)
    return ArticleRows(made.article, (*before.rows, *made.rows))
