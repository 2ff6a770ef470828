"""The stored records: what became of each input. The Article is what newsmill is for."""

from datetime import date, datetime

import pyarrow as pa

from schemas.amounts import Amount
from schemas.dates import MentionedDate
from schemas.documents import Entry
from schemas.quotes import Quote
from schemas.record import column, record
from schemas.stages import words_with
from schemas.stored_row import StoredRow
from schemas.values import BLOCK_KINDS, PAGE_TYPES, any_of

SCHEMA_VERSION = 6
"""Raised by one whenever a column is added; a type is never changed and a column never removed."""


@record
class Author:
    """One author, as schema.org Person or Organization."""

    name: str = column("Name as published, without 'By' and titles of office.")
    url: str | None = column("Profile page.", default=None)
    type: str | None = column(
        "'Person' or 'Organization', as the source or the form of the name says; None when neither does.", default=None
    )
    role: str | None = column("Office as published, such as 'Political Editor'.", default=None)


@record
class DateCandidate:
    """One date that a source states for the article."""

    source: str = column("Where it stands; values as date_published_source has them.")
    raw: str = column("As written, at most 200 code points.")
    instant: datetime | None = column(
        "UTC; midnight when only the day is stated; None when it cannot be read.", default=None
    )


@record
class CleaningAction:
    """One removal from the main text."""

    rule: str = column("Name of the rule, such as boilerplate.subscribe; listed in docs/data-dictionary.md.")
    start: int = column("Offset of the first removed code point in text_raw, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last removed code point in text_raw.", arrow=pa.int32())


@record
class TextBlock:
    """One block of the main text. Blocks cover the text but for the newlines between them."""

    kind: str = column(f"{any_of(BLOCK_KINDS)}.")
    level: int = column("Of a heading, 1 to 6; 0 for others.", default=0, arrow=pa.int32())
    start: int = column("Offset of the first code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last code point in text.", arrow=pa.int32())


@record
class TextLink:
    """One link in the main text."""

    url: str = column("Absolute http or https address.")
    start: int = column("Offset of the first linked code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last linked code point in text.", arrow=pa.int32())


@record
class ImageObject:
    """One picture of the article, as schema.org ImageObject."""

    url: str = column("Absolute http or https address.")
    caption: str | None = column("Caption as published, without the credit where that stands apart.", default=None)
    credit: str | None = column("Credit line as published (schema.org creditText).", default=None)
    alt: str | None = column("Alternative text.", default=None)


@record
class Mention:
    """One place in the text where an entity is named."""

    text: str = column("The words, equal to text[start:end] of the article.")
    start: int = column("Offset of the first code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last code point in text.", arrow=pa.int32())


@record
class Entity:
    """One person, place, organisation or other named thing, with all its mentions."""

    name: str = column("The fullest or most frequent form among the mentions.")
    type: str = column("Label of the model, such as PERSON, ORG, GPE, LOC, EVENT, PER.")
    count: int = column("How many mentions.", arrow=pa.int32())
    first: int = column("Offset of the first mention, in code points.", arrow=pa.int32())
    mentions: tuple[Mention, ...] = column("In order of appearance.", default=())
    entity_id: str | None = column(
        "blake2b-128 of canonical name and kind of thing, 32 hex digits: the same in all articles; None in rows of "
        "schema 5 and before.",
        default=None,
    )
    salience: float | None = column(
        "How much the article is about it, 0 to 1: .4 where the headline names it, .2 where the first paragraph does, "
        "and .4 times its mentions over those of the entity with most; None in rows of schema 5 and before.",
        default=None,
    )
    country: str | None = column(
        "ISO 3166-1 alpha-2 code of the country that the place is or lies in; None for a thing that is not a "
        "place, or a place that is not known or could be one of several.",
        default=None,
    )
    subdivision: str | None = column(
        "ISO 3166-2 code of the state or province that the place is or lies in; None where not known.", default=None
    )
    latitude: float | None = column("Of the place, in degrees north (WGS 84), by GeoNames.", default=None)
    longitude: float | None = column("Of the place, in degrees east (WGS 84), by GeoNames.", default=None)
    geonames_id: int | None = column("Number of the place in GeoNames.", default=None)
    wikidata_id: str | None = column("Wikidata item of a country, such as Q142.", default=None)
    is_metonym: bool | None = column(
        "Whether the name of a capital stands for a government in one of the mentions at least, as in 'Washington "
        "said'; None for all but capitals.",
        default=None,
    )


@record
class Topic:
    """One IPTC Media Topic."""

    code: str = column("NewsCode, such as medtop:15000000.")
    label: str = column("English name of the topic.")
    score: float = column(
        "Probability that it is right, 0 to 1, calibrated; 1 for a publisher's section, and for a keyword of the "
        "publisher that the text bears out."
    )
    source: str = column("'classifier' or 'publisher' (mapped from its section, category or keyword).")
    path: str | None = column(
        "Codes from the top level to it, both included, with '/' between them; None in rows of schema 5 and before.",
        default=None,
    )
    wikidata_id: str | None = column(
        "Wikidata item of the topic, such as Q349, where IPTC gives one; None where not.", default=None
    )


@record
class Article(StoredRow):
    """One news article, as read from one page, feed entry or text file."""

    article_id: str = column(
        "blake2b-128 of what id_scheme names: the canonical URL, where that identifies the article; 32 hex digits."
    )
    id_scheme: str = column(
        "What article_id was made of and the version of the rules: url1 or url2 (url_canonical), fragment1 (the same, "
        "with fragment), guid1 or reused1 (url_canonical and feed_entry_id, since others have the address, or had it "
        "before), text1 (headline and text)."
    )
    version: int = column("1 for the first text seen of the article, 2 for the next …", default=1, arrow=pa.int32())
    version_id: str = column(
        "blake2b-128 of article_id and content_hash, and of version where the text is that of the one before.",
        default="",
    )
    content_hash: str = column("blake2b-128 of headline and text, white space and case folded; 32 hex digits.")
    text_hash: str = column("blake2b-128 that exact copies share, whatever their headline; 32 hex digits.", default="")
    link_id: str | None = column("Id made of the address first asked; None where none was.", default=None)
    entry_hash: str | None = column("blake2b-128 of what the feed said of it; None without a feed.", default=None)
    url: str | None = column("Address the article was read from or named by; None for a text without one.")
    url_canonical: str | None = column("Normalised address; it identifies the article but where id_scheme says more.")
    headline: str | None = column("None when the page names none.")
    subheadline: str | None = column("Deck or standfirst below the headline.", default=None)
    alternative_headline: str | None = column("Another headline for the same article, as for sharing.", default=None)
    description: str | None = column("Teaser or summary by the publisher.", default=None)
    text: str = column("Main text; one newline between paragraphs, and between the lines of a preformatted block.")
    text_raw: str | None = column(
        "Main text before cleaning: without the ranges of cleaning_actions it is text. None where it is not kept.",
        default=None,
    )
    cleaning_actions: tuple[CleaningAction, ...] = column("What was removed from text_raw, in order.", default=())
    text_blocks: tuple[TextBlock, ...] = column("Blocks of text, in order.", default=())
    links: tuple[TextLink, ...] = column("Links in text, in order.", default=())
    images: tuple[ImageObject, ...] = column("Pictures beside or in the main text, in order.", default=())
    extraction_confidence: float | None = column(
        "Expected F1 of text against what a reader would mark, 0 to 1, calibrated; None where nothing was chosen.",
        default=None,
    )
    page_type: str | None = column(f"{any_of(PAGE_TYPES)}; None for what is not a page.", default=None)
    is_truncated: bool | None = column(
        "True where the text is a teaser of a longer article; None for what cannot be told.", default=None
    )
    truncated_reason: str | None = column(
        "'paywall', 'continue_reading' or 'shorter_than_declared'; None where it is not truncated.", default=None
    )
    dateline: str | None = column(
        "Place and date that open a report, as published, such as 'PARIS, May 3'.", default=None
    )
    provider_name: str | None = column(
        "Agency that the report names as its source, in its dateline, as its author or in a credit line, as written: "
        "'Reuters', 'dpa/AFP'.",
        default=None,
    )
    text_source: str = column(
        "'page', 'json_ld' (articleBody of a page that shows no other text), 'page_data' (the data of the scripts of "
        "such a page), 'feed_content', 'feed_summary' or 'text' (a plain-text input)."
    )
    word_count: int = column("Words in text, split at white space.", arrow=pa.int32())
    byline: str | None = column("Byline or credit as published.", default=None)
    authors: tuple[Author, ...] = column("In order of the byline.", default=())
    publisher_name: str | None = column("Name of the publication.", default=None)
    publisher_domain: str | None = column("Host of the article's address, without 'www.'.", default=None)
    syndicated_from: str | None = column("Site that the article says it came from.", default=None)
    date_published: datetime | None = column("UTC; midnight when only the day is known; None when nothing says.")
    date_published_raw: str | None = column("The date as published.", default=None)
    date_published_precision: str | None = column("'instant' or 'day'; None without a date.", default=None)
    date_published_source: str | None = column(
        "'json_ld', 'meta' (meta tags and microdata), 'time' (in the head of the article), 'byline' (a visible date "
        "line there, or one below the text that says that it is of publication), 'url' (the address), 'feed', "
        "'feed_updated' (an entry that says nothing but when it was updated) or 'text' (a line of a plain text).",
        default=None,
    )
    date_candidates: tuple[DateCandidate, ...] = column(
        "Every date of publication that a source states, most trusted first.", default=()
    )
    published_date: date | None = column("Day of publication as published, in the publisher's zone.", default=None)
    date_modified: datetime | None = column("UTC instant of the last change the publisher declares.", default=None)
    date_modified_raw: str | None = column("That date as published.", default=None)
    in_language: str | None = column(
        "Language of text, ISO 639-1 (639-3 where there is no shorter code); None when too short to tell.",
        default=None,
    )
    in_language_score: float | None = column("Confidence of the identification, 0 to 1.", default=None)
    in_language_declared: str | None = column("Language that page or feed declares (BCP 47).", default=None)
    keywords: tuple[str, ...] = column(
        "Tags and keywords that the publisher gives, in order; of a page whose markup names none, the words of "
        "its links with rel=tag.",
        default=(),
    )
    article_section: str | None = column("Section the publisher files it under.", default=None)
    article_type: str | None = column("schema.org type that the page declares, such as NewsArticle.", default=None)
    image_url: str | None = column("Lead picture.", default=None)
    license: str | None = column("Licence URL or copyright notice.", default=None)
    is_accessible_for_free: bool | None = column(
        "As the page declares it (schema.org isAccessibleForFree, of the article or of a part; article:content_tier): "
        "False behind a paywall, metered ones included; None when undeclared.",
        default=None,
    )
    tdm_reservation: bool | None = column(
        "TDM rights reserved by TDMRep, as page or header says (1 or 0); None when neither does.", default=None
    )
    tdm_policy: str | None = column("Address of the TDM policy that goes with it.", default=None)
    robots_directives: tuple[str, ...] = column(
        "Directives for all robots or this one, of X-Robots-Tag and robots meta tags, lower case, such as noarchive.",
        default=(),
    )
    ai_opt_out: bool | None = column(
        "True where noai, DisallowAITraining or a TDM reservation was said; False where the contrary was; else None.",
        default=None,
    )
    entities: tuple[Entity, ...] = column("In order of first mention.", default=())
    topics: tuple[Topic, ...] = column("Best first.", default=())
    quotes: tuple[Quote, ...] = column("What people are quoted with, in order of text; at most 200.", default=())
    amounts: tuple[Amount, ...] = column("Sums of money, percentages and quantities in text, in order.", default=())
    dates_mentioned: tuple[MentionedDate, ...] = column("Dates that text mentions, in order.", default=())
    lead_summary: str | None = column(
        "Up to two of the first sentences of text, those that carry the story, as they stand there; None for a text of "
        "less than 80 words, or whose words cannot be counted.",
        default=None,
    )
    keyphrases: tuple[str, ...] = column(
        "Up to ten words and phrases that are frequent in text and rare elsewhere, most telling first; keywords are "
        "those of the publisher.",
        default=(),
    )
    sentence_count: int | None = column("Sentences in text; None when not run.", default=None, arrow=pa.int32())
    reading_time_s: int | None = column(
        "Time in which an adult reads text in silence, at 238 words a minute; None for what is written without spaces.",
        default=None,
        arrow=pa.int32(),
    )
    text_sketch: str | None = column(
        "Sampled hashes of the word triples of text, ascending, 8 hex digits each; texts with many in common share "
        "passages (docs/stories.md). Empty for a text of less than three words; None when not run.",
        default=None,
    )
    not_run: tuple[str, ...] = column(
        "Enrichments left out, such as 'entities.no_model', and metadata that could not be read, such as "
        "'metadata.json_ld'.",
        default=(),
    )
    fetch_error: str | None = column("Code of the failed fetch when text is the feed's.", default=None)
    http_status: int | None = column("Status of the response.", default=None, arrow=pa.int32())
    charset: str | None = column(
        "Encoding that the page, file or feed was read in, such as utf-8 or windows-1252; None when unknown.",
        default=None,
    )
    charset_source: str | None = column(
        "What told it: 'bom', 'header' (Content-Type), 'meta' (or XML declaration), 'detected' (also where a "
        "declaration was overridden) or 'default' (nothing told: plain ASCII).",
        default=None,
    )
    url_requested: str | None = column("Address first asked, where it differs from url.", default=None)
    redirects: tuple[str, ...] = column("Addresses asked before the final one, in order.", default=())
    fetched_at: datetime | None = column("Wall clock of the fetch, UTC; None for local input.", default=None)
    archive_file: str | None = column("WARC file that keeps the page, below the output.", default=None)
    archive_offset: int | None = column("Byte offset of its response record in that file.", default=None)
    feed_url: str | None = column("Feed that named the article.", default=None)
    feed_title: str | None = column("Title of that feed.", default=None)
    feed_entry_id: str | None = column("guid or id of the entry, verbatim.", default=None)
    tags: tuple[str, ...] = column("Outline titles of the OPML that named the feed.", default=())
    source_uri: str = column("Input the article came from.")
    source_kind: str = column("What that input was recognised as.")
    source_position: int | None = column("0-based index in the input; None for a whole file.", default=None)
    replay_of: str | None = column(
        "letter_id of the dead letter that it answers; None where it was not written by a replay.", default=None
    )
    extractor: str = column("Name and version of what read the text.")
    language_model: str | None = column("Name and version of the language identifier.", default=None)
    entity_model: str | None = column("Name and version of the spaCy pipeline; None when not run.", default=None)
    topic_model: str | None = column("Name and version of the topic classifier; None when not run.", default=None)
    quote_model: str | None = column("Name and version of the rules for quotations; None when not run.", default=None)
    amount_model: str | None = column("Name and version of the finder of amounts; None when not run.", default=None)
    date_model: str | None = column("Name and version of the finder of dates; None when not run.", default=None)
    story_model: str | None = column(
        "Name and version of what made text_sketch and compares by it; None when not run.", default=None
    )
    summary_model: str | None = column("Name and version of what summarised the text; None when not run.", default=None)
    newsmill_version: str = column("Version of newsmill that made the row.")
    schema_version: int = column("Version of this schema.", default=SCHEMA_VERSION, arrow=pa.int32())
    entry: Entry | None = column(
        "What its feed said of it, for a dead letter about it; not stored, and None in a stored article.",
        default=None,
        is_stored=False,
    )


@record
class DeadLetter(StoredRow):
    """One input that failed, with all that is needed to try it again."""

    letter_id: str = column("blake2b-128 of stage, code, address and position; 32 hex digits.")
    stage: str = column(f"Stage that failed: {words_with('dead')}.")
    code: str = column("Stable reason, such as fetch.timeout; listed in docs/data-dictionary.md.")
    message: str = column("What happened, with the value that caused it.")
    traceback: str | None = column("Where a library crashed; None for expected trouble.", default=None)
    url: str | None = column("Address of the article or input.", default=None)
    host: str | None = column("Host of that address.", default=None)
    http_status: int | None = column("Status of the response, if there was one.", default=None, arrow=pa.int32())
    source_uri: str = column("Input it came from.")
    source_kind: str = column("What that input was recognised as.")
    source_position: int | None = column("0-based index in the input; None for a whole file.", default=None)
    replay_json: str = column("The element to feed back (Source or Link; of older versions also Article), as JSON.")
    attempts: int = column("How often it was tried.", default=1, arrow=pa.int32())
    replay_of: str | None = column(
        "letter_id of the dead letter that it answers; None where it was not written by a replay.", default=None
    )
    newsmill_version: str = column("Version of newsmill that made the row.")
    schema_version: int = column("Version of this schema.", default=SCHEMA_VERSION, arrow=pa.int32())


@record
class Dropped(StoredRow):
    """One input that was left out on purpose: a duplicate, or filtered by a setting."""

    outcome: str = column("'duplicate' or 'filtered'.")
    stage: str = column(f"Stage that left it out: {words_with('filtered', 'duplicate')}.")
    reason: str = column("Stable reason, such as repeats.same_text; listed in docs/data-dictionary.md.")
    message: str = column("The reason in words, with the value that caused it.")
    page_type: str | None = column(
        "Type of the page, as page_type of articles, where it was left out for that.", default=None
    )
    article_id: str | None = column("Id the article would have had.", default=None)
    duplicate_of: str | None = column(
        "article_id it repeats (which may repeat another in turn); None when filtered.", default=None
    )
    url: str | None = column("Its address.", default=None)
    link_id: str | None = column("Id made of the address first asked; None where none was.", default=None)
    entry_hash: str | None = column("blake2b-128 of what the feed said of it; None without a feed.", default=None)
    headline: str | None = column("Its headline.", default=None)
    source_uri: str = column("Input it came from.")
    source_kind: str = column("What that input was recognised as.")
    source_position: int | None = column("0-based index in the input; None for a whole file.", default=None)
    replay_of: str | None = column(
        "letter_id of the dead letter that it answers; None where it was not written by a replay.", default=None
    )
    newsmill_version: str = column("Version of newsmill that made the row.")
    schema_version: int = column("Version of this schema.", default=SCHEMA_VERSION, arrow=pa.int32())


@record
class Replay(StoredRow):
    """One more try at the input of an open dead letter, by a replay or by a run that read the input again."""

    letter_id: str = column("Letter whose input was tried again.")
    outcome: str = column("'article', 'duplicate', 'filtered' or 'dead_letter'.")
    attempts: int = column("How often it was tried, this time included.", arrow=pa.int32())
    article_id: str | None = column("Id of the article that came of it.", default=None)
    newsmill_version: str = column("Version of newsmill that made the row.")
    schema_version: int = column("Version of this schema.", default=SCHEMA_VERSION, arrow=pa.int32())
