"""The sketch of a text, as an enrichment. What is made of sketches is made at the commit: see relate.py."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.stories.policy import StoryPolicy
from transforms.workers.steps import LazyFunction, Step


def make_step(policy: StoryPolicy) -> Step:
    """Sketch the text of an article; the policy is for what is made of the sketches."""
    del policy
    sketch_text = LazyFunction("transforms.enrich.stories.annotate", "sketch_text")
    return Step(stages.STORIES.word, sketch_text, stages.STORIES.crash)


STORIES = Enrichment(
    stage=stages.STORIES,
    policy=StoryPolicy,
    make_step=make_step,
    columns=("text_sketch", "story_model"),
    model="story_model",
    needs=("text",),
)
