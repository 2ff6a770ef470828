"""The stages that a document passes: what each is called, how it can end there, and why."""

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

OUTCOMES: Mapping[str, str] = {
    "done": "It goes on to the next stage.",
    "dead": "It failed: a row of dead_letters.",
    "filtered": "It was left out on purpose: a row of dropped.",
    "duplicate": "It repeats another: a row of dropped.",
    "known": "An earlier run has committed it: counted, without a row.",
}
"""What can become of a document in a stage; each that enters ends in exactly one. ``<stage>.<outcome>`` is counted."""

_WORKER_CODES: Mapping[str, str] = {
    "run.ended_twice": "Two runs were ended from outside (killed, out of memory) while this alone was worked on: it is "
    "left out so that others get through. Replay it with more memory.",
    "too_slow": "It takes more time than --element_timeout_s allows; its process was ended. Replay with more.",
    "too_large": "It takes more memory than --element_memory_mb allows; its process was ended. Replay with more.",
    "worker_died": "Its worker process died of it twice, such as by a fault in native code of a library.",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of the ledger.

    Attributes:
        word: its name in the ledger, in codes and in the report; lower case.
        does: what it does, for the data dictionary.
        ends: outcomes that it has beside "done".
        codes: why a document fails there, and what to do about it. A name without a dot is of this stage.
        reasons: why a document is left out or repeats another there. A name without a dot is of this stage.
        in_workers: it is a pure function of a document and runs in worker processes, which may be ended: it has the
            codes for that, too. Reprocessing does it again.
        enriches: it is one of the ENRICHMENTS of transforms/enrich.
        not_run: codes for Article.not_run: why the stage found nothing in a document, or not all. A name without a
            dot is of this stage.
        gathers: it needs all documents of a chunk before it gives any.
        takes_from: words of the stages whose documents enter it; empty for the one before it.
    """

    word: str
    does: str
    ends: tuple[str, ...]
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    reasons: Mapping[str, str] = dataclasses.field(default_factory=dict)
    in_workers: bool = False
    enriches: bool = False
    not_run: Mapping[str, str] = dataclasses.field(default_factory=dict)
    gathers: bool = False
    takes_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := [name for name in self.ends if name not in OUTCOMES or name == "done"]:
            raise ValueError(f"stage {self.word}: {unknown} are not outcomes: choose from {', '.join(OUTCOMES)}")
        if (self.codes or self.in_workers) and "dead" not in self.ends:
            raise ValueError(f"stage {self.word} has codes of failures: add 'dead' to its ends")
        if self.reasons and not {"filtered", "duplicate"} & {*self.ends}:
            raise ValueError(f"stage {self.word} has reasons: add 'filtered' or 'duplicate' to its ends")
        if self.not_run and not self.enriches:
            raise ValueError(f"stage {self.word} has codes for not_run: only stages that enrich write these")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What is counted of a document that enters it."""
        return ("done", *self.ends)

    @property
    def crash(self) -> str:
        """Code for an exception that its function was not expected to raise."""
        return f"{self.word}.crash"

    def own(self, meanings: Mapping[str, str]) -> dict[str, str]:
        """Return names completed with the word of the stage, and their meanings."""
        return {name if "." in name else f"{self.word}.{name}": meaning for name, meaning in meanings.items()}


_OFF_CODE = {"off": "It was left out: --without names it."}
_BY_RULES = {
    "language_unknown": "The language of the text is not known.",
    "no_language": "There are no rules for the language of the text.",
    "text_too_long": "The text is too long: what was found is in the part that was read.",
}
_TAKEN_DOWN = {"retract.taken_down": "The article was taken down by 'newsmill retract'."}
_REPEATS = {
    "repeats.same_id": "Another document of the run has the same article_id: by its address, or by headline and text.",
    "repeats.same_text": "Another document of the run has the same headline and text.",
}
_OFF = {"fetch.off": "Only its address is known, and --fetch=never forbids asking for it."}

READ = Stage(
    word="read",
    does="Open files, feeds and lists, and read documents and links out of them.",
    ends=("dead", "filtered"),
    in_workers=True,
    codes={
        "missing": "The file went away between listing and opening: restore it and replay.",
        "unreadable": "The file could not be opened or read: check permissions and the disk.",
        "corrupt": "Compressed data ends early or does not inflate: fetch the file anew.",
        "too_large": "The input or one document in it is over the size limit, before or after inflating, "
        "or takes more memory than --element_memory_mb allows.",
        "unrecognised": "Neither a feed, a list, a page, records nor text: docs/inputs.md says what is read.",
        "empty": "The input holds nothing: no byte, or white space alone.",
        "bad_feed": "It announces itself as a feed, but no entry could be read.",
        "bad_record": "One line or record is not what its container promises (JSON, WARC header, missing url).",
        "bad_list": "An OPML or URL list in which no address could be read.",
        "not_feed": "A subscription leads to a page, not a feed: 'newsmill feeds add PAGE' finds the feed of a page.",
        "nested_list": "A list that came out of a list; one level is followed.",
        "crash": "A parser failed in an unexpected way; the traceback says where.",
    },
    reasons={
        "no_entries": "The feed is valid and has no entry.",
        "ignored": "A WARC record that is not a page (request, metadata, picture), counted by file.",
        "outside_directory": "A link that leads out of the input's directory: name it itself to have it read.",
        **_OFF,
    },
)
KNOWN = Stage(
    word="known",
    does="Leave out links that an earlier run has read.",
    ends=("filtered", "duplicate", "known"),
    reasons={
        "link": "An earlier run has fetched the address, and its feed says nothing new of it; counted, not stored.",
        **_REPEATS,
        **_TAKEN_DOWN,
    },
)
FETCH = Stage(
    word="fetch",
    does="Fetch the page behind each link.",
    ends=("dead", "filtered", "duplicate"),
    codes={
        "bad_url": "Not an absolute http(s) address with a host.",
        "private_address": "The host resolves to an internal address: --allow_private permits private and "
        "loopback ones; link-local, cloud metadata, multicast and reserved ones are never asked.",
        "dns": "The host name does not resolve.",
        "connect": "No connection: refused, reset or unreachable.",
        "tls": "The certificate or the handshake failed; TLS is always verified.",
        "timeout": "No answer within --timeout_s, or not done within --deadline_s.",
        "too_many_redirects": "More than --max_redirects redirects, or a loop.",
        "too_large": "The body is over --max_page_bytes; reading stopped there.",
        "content_type": "The response is not a page: a picture, a PDF, a film.",
        "protocol": "The server's answer is not HTTP, or its encoding is broken.",
        "robots": "robots.txt of the host does not allow it.",
        "http_4xx": "The server refuses the page; the exact status is in http_status (404 and 410 have codes).",
        "http_404": "The page does not exist (404).",
        "http_410": "The page is gone for good (410).",
        "http_429": "Too many requests (429): run later or with a larger --delay_s.",
        "http_5xx": "The server failed; the exact status is in http_status. Replay later.",
        "bot_wall": "A challenge for robots (captcha, script, block) instead of the page: left alone, never worked "
        "around. Ask the publisher for access.",
        "consent_wall": "A question for consent instead of the page, which only a person can answer.",
        "home_page": "The address of an article leads to the home page of a site: the article is gone, or moved.",
        "crash": "The client failed in an unexpected way; the traceback says where.",
    },
    reasons={**_OFF, **_REPEATS},
)
EXTRACT = Stage(
    word="extract",
    does="Read the article out of each page, text or feed entry.",
    ends=("dead", "filtered"),
    in_workers=True,
    takes_from=("read", "fetch"),
    codes={
        "empty": "The page or text holds nothing.",
        "no_main_text": "No main text of at least --min_chars was found.",
        "too_complex": "More markup than real articles have; not parsed, since it would hold the run up.",
        "not_html": "The bytes are not a page: binary data or another format.",
        "bot_wall": "The stored page (saved, in a WARC, archived) is a challenge for robots and not an article.",
        "consent_wall": "The stored page is a question for consent and not an article.",
        "not_found_page": "The page says that what was asked for is not there, with a status that says it is.",
        "login_page": "A form to log in stands where the article would; only a person can fill it in.",
        "redirect_page": "The page leads elsewhere and holds nothing itself.",
        "script_page": "The page says that it needs JavaScript, and holds no article without.",
        "crash": "A parser failed in an unexpected way; the traceback says where.",
    },
    reasons={
        "rights.reserved": "Its publisher reserves text and data mining or opts out of AI, and --respect_opt_outs is "
        "set.",
        "page.not_an_article": "The page is a front, a list, a gallery, a product or another page that is not an "
        "article; its type is in the message, and --keep_page_types keeps it (docs/page-types.md).",
    },
)
LANGUAGE = Stage(
    word="language",
    does="Identify the language of each article's text.",
    ends=("dead", "filtered"),
    in_workers=True,
    enriches=True,
    codes={"crash": "The language identifier failed; the traceback says where."},
    reasons={"not_wanted": "Its language is not among --languages."},
)
REPEATS = Stage(
    word="repeats",
    does="Keep one article of each id and of each text.",
    ends=("duplicate",),
    gathers=True,
    reasons=_REPEATS,
)
VERSIONS = Stage(
    word="versions",
    does="Tell new articles and new versions from what is stored, and number them.",
    ends=("filtered", "duplicate", "known"),
    reasons={
        "known.same_version": "An earlier run has the same article with the same text; stored only where its feed "
        "said something new.",
        "known.same_text": "An earlier run has another article with the same text.",
        "since.older": "It was published before --since.",
        **_REPEATS,
        **_TAKEN_DOWN,
    },
)
ENTITIES = Stage(
    word="entities",
    does="Find people, places, organisations and other named things in each article.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "spaCy failed on this text; the traceback says where."},
    not_run={
        "off": "It was left out: --without names it, or --spacy_model is 'none'.",
        "language_unknown": _BY_RULES["language_unknown"],
        "no_model": "No pipeline for the language is configured.",
        "text_too_long": _BY_RULES["text_too_long"],
    },
)
TOPICS = Stage(
    word="topics",
    does="Assign IPTC Media Topics to each article.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The classifier failed on this text; the traceback says where."},
    not_run={
        "no_model": "No classifier for the language of the text, or it is not known: topics are the publisher's.",
    },
)
QUOTES = Stage(
    word="quotes",
    does="Find what people are quoted with in each article, and who said it.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The rules for quotations failed on this text; the traceback says where."},
    not_run=_BY_RULES,
)
AMOUNTS = Stage(
    word="amounts",
    does="Find the sums of money, percentages and quantities that each article states.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The finder of amounts failed on this text; the traceback says where."},
    not_run=_BY_RULES,
)
DATES = Stage(
    word="dates",
    does="Find the dates that each article mentions, and count relative ones from its date of publication.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The finder of dates failed on this text; the traceback says where."},
    not_run=_BY_RULES,
)

STORIES = Stage(
    word="stories",
    does="Sketch each text, by which the commit finds copies and stories.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The sketch of this text failed; the traceback says where."},
)

SUMMARY = Stage(
    word="summary",
    does="Find the sentences and phrases that say what each article is about, and measure its length.",
    ends=("dead",),
    in_workers=True,
    enriches=True,
    codes={"crash": "The summary failed on this text; the traceback says where."},
    not_run={
        "language_unknown": "The language of the text is not known: there are no keyphrases.",
        "no_language": "Which words are frequent in the language is not known: there are no keyphrases.",
    },
)

STAGES: tuple[Stage, ...] = (
    READ,
    KNOWN,
    FETCH,
    EXTRACT,
    LANGUAGE,
    REPEATS,
    VERSIONS,
    ENTITIES,
    TOPICS,
    QUOTES,
    AMOUNTS,
    DATES,
    SUMMARY,
    STORIES,
)
"""The stages of a run, in order; all count documents. Enrichments are done in this order, too.

An enrichment before the stage that gathers is done to every document, and may leave it out; one behind ``versions``
only to new articles and new versions, and may have tables.
"""

REPROCESSED: tuple[Stage, ...] = (*(stage for stage in STAGES if stage.in_workers), VERSIONS)
"""The stages of a reprocessing, in order: what is a pure function of a document is done again, and then compared."""

SOURCES = Stage(word="sources", does="Open each input.", ends=("dead", "filtered", "known"))
ARCHIVING = Stage(word="archive", does="Keep fetched pages as WARC.", ends=())

BESIDE: tuple[Stage, ...] = (SOURCES, ARCHIVING)
"""What is counted beside the stages of documents."""


def stage_named(word: str) -> Stage:
    """Return the stage with a word.

    Raises:
        ValueError: none is declared.
    """
    for stage in (*STAGES, *BESIDE):
        if stage.word == word:
            return stage
    raise ValueError(f"{word!r} is not a stage: declare it in schemas/stages.py")


def words_with(*outcomes: str) -> str:
    """Return the stages that have one of the outcomes, for a sentence."""
    return ", ".join(stage.word for stage in STAGES if {*stage.ends} & {*outcomes})


class Junction(NamedTuple):
    """Where documents pass on: all that the givers have done enters one of the takers."""

    givers: tuple[str, ...]
    takers: tuple[str, ...]


def find_junctions(stages: Sequence[Stage]) -> list[Junction]:
    """Return where documents pass from stage to stage, when these stages follow one another.

    >>> find_junctions((READ, EXTRACT, VERSIONS))
    [Junction(givers=('read',), takers=('extract',)), Junction(givers=('extract',), takers=('versions',))]
    """
    there = {stage.word for stage in stages}
    found: list[tuple[set[str], set[str]]] = []
    for before, stage in itertools.pairwise(stages):
        givers, takers = {word for word in stage.takes_from if word in there} or {before.word}, {stage.word}
        for junction in [junction for junction in found if junction[0] & givers]:
            found.remove(junction)
            givers, takers = givers | junction[0], takers | junction[1]
        found.append((givers, takers))
    order = [stage.word for stage in stages]
    return [
        Junction(tuple(sorted(givers, key=order.index)), tuple(sorted(takers, key=order.index)))
        for givers, takers in found
    ]


def _merge(meanings: Iterable[Mapping[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for more in meanings:
        for name, meaning in more.items():
            if merged.setdefault(name, meaning) != meaning:
                raise ValueError(f"{name} is declared with two meanings: give it one in schemas/stages.py")
    return merged


def _codes(stage: Stage) -> dict[str, str]:
    generated = stage.own(_WORKER_CODES) if stage.in_workers else {}
    return generated | stage.own(stage.codes)


CODES: dict[str, str] = _merge(map(_codes, STAGES))
"""Why an input can fail, and what to do about it."""

REASONS: dict[str, str] = _merge(stage.own(stage.reasons) for stage in STAGES)
"""Why an input is left out: a duplicate (``repeats.``, ``known.``) or filtered."""

NOT_RUN: dict[str, str] = _merge(stage.own({**_OFF_CODE, **stage.not_run}) for stage in STAGES if stage.enriches)
"""Why an enrichment found nothing in an article, or not all."""

if len({stage.word for stage in (*STAGES, *BESIDE)}) < len(STAGES) + len(BESIDE):
    raise ValueError("two stages in schemas/stages.py have the same word")
