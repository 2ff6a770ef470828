"""Options that all commands have which send documents through the graph."""

from pipeline.options import Group, policy_groups, policy_options
from pipeline.policies import PagePolicy, RunPolicy
from schemas.errors import ExitCode
from transforms.articles.policy import ExtractPolicy
from transforms.enrich.policies import enrichment_policies
from transforms.export.loads.policy import LoadPolicy
from transforms.export.publish.policy import PublishPolicy
from transforms.feeds.limits import PollLimits
from transforms.lake.policy import WritePolicy
from transforms.sources.limits import ReadLimits
from transforms.web.policy import FetchPolicy
from transforms.workers.policy import WorkerPolicy

GRAPH = policy_groups(
    writing=(WritePolicy,),
    publishing=(PublishPolicy,),
    loading=(LoadPolicy,),
    fetching=(PagePolicy, FetchPolicy),
    reading_and_enriching=(ReadLimits, ExtractPolicy, *enrichment_policies()),
    worker_processes=(WorkerPolicy,),
    the_run=(RunPolicy,),
)
POLLING = Group("polling", policy_options(PollLimits))

GRAPH_EXIT_CODES = (ExitCode.TOO_MANY_DEAD, ExitCode.UNBALANCED, ExitCode.LOCKED)
