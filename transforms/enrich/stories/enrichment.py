"""The sketch of a text, as an enrichment. What is made of sketches is made at the commit: see relate.py."""

from schemas import stages
from schemas.articles import Article
from schemas.record import replace
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.stories.policy import StoryPolicy
from transforms.enrich.stories.sketch import MODEL, sketch
from transforms.workers.steps import Step


def sketch_text(article: Article) -> Article:
    """Set ``text_sketch`` and ``story_model`` of an article."""
    return replace(article, text_sketch=sketch(article.text), story_model=MODEL)


def make_step(policy: StoryPolicy) -> Step:
    """Sketch the text of an article; the policy is for what is made of the sketches."""
    del policy
    return Step(stages.STORIES.word, sketch_text, stages.STORIES.crash)


STORIES = Enrichment(
    stage=stages.STORIES,
    policy=StoryPolicy,
    make_step=make_step,
    columns=("text_sketch", "story_model"),
    model="story_model",
    needs=("text",),
)
