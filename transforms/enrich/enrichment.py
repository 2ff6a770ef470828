"""What an enrichment is."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from schemas.articles import Article
from schemas.record import replace, stored_fields
from schemas.stages import REPEATS, STAGES, VERSIONS, Stage
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Enrichment:
    """Something that is found in an article: a column of it, or rows of a table of its own.

    Attributes:
        stage: its stage; the word is its name. Where it stands among STAGES says when it is done.
        make_step: makes the function and what it needs, from a policy where it has settings. The function is given an
            Article and gives the Article, or with rows of its tables an ArticleRows; of the rows, the columns
            ``article_id``, ``version`` and ``version_id`` are filled in later. It runs in worker processes: its module
            must not import Beam, and a LazyFunction names it, so that the process of the run does not import it.
        columns: of Article that it sets, and nothing else does. ``not_run`` belongs to all; what an enrichment adds
            to it begins with its name and a dot.
        model: that of the columns which holds name and version of what found the rest; None where it was not run.
        policy: class of its settings, which without arguments has the defaults; None where there is nothing to choose.
        needs: enrichments and columns that it reads, beside what every article has.
        uses: the same where it can do without: they may be left out while it is done.
        tables: of schemas/tables.py that its function alone gives rows of. Rows that compare articles with one another
            are made when they are committed, of columns that it sets: see transforms/enrich/stories/commit.py.
    """

    stage: Stage
    make_step: Callable[..., Step]
    columns: tuple[str, ...]
    model: str
    policy: type | None = None
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word of its stage."""
        return self.stage.word

    def step(self, policies: Mapping[type, Any]) -> Step:
        """Return its step, with its policy among these by their class, or with the defaults."""
        if self.policy is None:
            return self.make_step()
        return self.make_step(policies.get(self.policy) or self.policy())

    @property
    def is_early(self) -> bool:
        """Whether it is done to every document, before repeats are looked for; it has no tables, then."""
        return STAGES.index(self.stage) < STAGES.index(REPEATS)


def register(*enrichments: Enrichment) -> tuple[Enrichment, ...]:
    """Check enrichments against the stages and columns that are declared, and sort them as they are done.

    Raises:
        ValueError: a declaration that is missing, or contradicts another; the message says which.
    """
    found = {enrichment.name: enrichment for enrichment in enrichments}
    declared = [stage.word for stage in STAGES if stage.enriches]
    if {*found} != {*declared} or len(found) < len(enrichments):
        odd = ", ".join(sorted({*found} ^ {*declared})) or "one name twice"
        raise ValueError(
            f"stages that enrich and ENRICHMENTS are not the same: {odd}: "
            "declare the stage in schemas/stages.py, and list the enrichment in transforms/enrich/registry.py"
        )
    ordered = [found[word] for word in declared]
    columns = {field.name for field in stored_fields(Article)}
    owners: dict[str, str] = {}
    for enrichment in ordered:
        for name in enrichment.columns:
            if name not in columns:
                raise ValueError(f"enrichment {enrichment.name} sets {name!r}, which is not a column of Article")
            if owners.setdefault(name, enrichment.name) != enrichment.name:
                raise ValueError(f"column {name!r} belongs to both {owners[name]} and {enrichment.name}")
        if enrichment.model not in enrichment.columns:
            raise ValueError(f"enrichment {enrichment.name}: {enrichment.model!r} is not among its columns")
        if enrichment.tables and STAGES.index(enrichment.stage) < STAGES.index(VERSIONS):
            raise ValueError(f"enrichment {enrichment.name} has tables: its stage must stand behind {VERSIONS.word}")
    given = (columns - {*owners}) | {"not_run"}
    for enrichment in ordered:
        if missing := {*enrichment.needs, *enrichment.uses} - given:
            raise ValueError(
                f"enrichment {enrichment.name} needs {sorted(missing)[0]!r}, which nothing before it gives"
            )
        given |= {enrichment.name, *enrichment.columns}
    return tuple(ordered)


def with_dependents(names: Iterable[str], enrichments: Sequence[Enrichment]) -> tuple[Enrichment, ...]:
    """Return the enrichments with these names and all that need them or their columns, in order.

    Raises:
        ValueError: an unknown name.
    """
    chosen = set(names)
    if unknown := chosen - {enrichment.name for enrichment in enrichments}:
        known = ", ".join(enrichment.name for enrichment in enrichments)
        raise ValueError(f"{', '.join(sorted(unknown))} is not an enrichment: choose from {known}")
    changed = {name for enrichment in enrichments if enrichment.name in chosen for name in enrichment.columns}
    for enrichment in enrichments:  # each needs only what stands before it
        if {*enrichment.needs, *enrichment.uses} & (chosen | changed):
            chosen.add(enrichment.name)
            changed.update(enrichment.columns)
    return tuple(enrichment for enrichment in enrichments if enrichment.name in chosen)


def check_left_out(names: Sequence[str], enrichments: Sequence[Enrichment]) -> None:
    """Check that the enrichments with these names can be left out while all others are done.

    Raises:
        ValueError: an unknown name, or one that others need; the message names these.
    """
    known = [enrichment.name for enrichment in enrichments]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{unknown[0]} is not an enrichment: choose from {', '.join(known)}")
    for left_out in (enrichment for enrichment in enrichments if enrichment.name in names):
        given = {left_out.name, *left_out.columns}
        needing = [one.name for one in enrichments if one.name not in names and given & {*one.needs}]
        if needing:
            raise ValueError(
                f"--without {left_out.name}: {', '.join(needing)} {'need' if len(needing) > 1 else 'needs'} it: "
                f"leave out {'these' if len(needing) > 1 else 'that'} too, or keep {left_out.name}"
            )


def clear(article: Article, enrichments: Iterable[Enrichment]) -> Article:
    """Return the article as it was before the enrichments were done."""
    names = {name for enrichment in enrichments for name in enrichment.columns}
    blank: dict[str, Any] = {field.name: field.default for field in stored_fields(Article) if field.name in names}
    kept = tuple(reason for reason in article.not_run if not _is_of(reason, enrichments))
    return replace(article, **blank, not_run=kept)


def take_over(article: Article, made: Article, enrichments: Sequence[Enrichment]) -> Article:
    """Return the article with what the enrichments have found in it anew; all other columns are as they were."""
    names = {name for enrichment in enrichments for name in enrichment.columns}
    kept = [reason for reason in article.not_run if not _is_of(reason, enrichments)]
    added = [reason for reason in made.not_run if _is_of(reason, enrichments)]
    order = [stage.word for stage in STAGES]

    def place(reason: str) -> int:
        word = reason.partition(".")[0]
        return order.index(word) if word in order else -1

    not_run = tuple(sorted((*kept, *added), key=place))
    return replace(article, **{name: getattr(made, name) for name in names}, not_run=not_run)


def _is_of(reason: str, enrichments: Iterable[Enrichment]) -> bool:
    return any(reason.startswith(f"{enrichment.name}.") for enrichment in enrichments)
