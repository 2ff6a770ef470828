"""The step that reads articles, made without importing what reads them."""

from collections.abc import Callable

from schemas.stages import EXTRACT
from transforms.articles.policy import AGENT, DEFAULTS, ExtractPolicy
from transforms.workers.steps import LazyFunction, Step

_READ = "transforms.articles.read"


def extract_step(
    policy: ExtractPolicy = DEFAULTS, *, agent: str = AGENT, clock: Callable[[], float] | None = None
) -> Step:
    """Read the article out of a document: :func:`transforms.articles.read.read_document`.

    Args:
        policy: what counts as an article.
        agent: name that robots directives may address this robot by, lower case.
        clock: seconds since 1970, for documents that do not say when they were received.
    """
    read = LazyFunction(_READ, "read_document", {"policy": policy, "agent": agent, "clock": clock})
    return Step(EXTRACT.word, read, EXTRACT.crash, ((_READ, "warm_up"),))
