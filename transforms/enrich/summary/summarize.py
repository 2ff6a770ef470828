"""A lead summary, keyphrases, reading time and sentence count of an article."""

from schemas import stages
from schemas.articles import Article
from schemas.record import replace
from transforms.enrich.not_run import note_not_run
from transforms.enrich.summary.background import load_background
from transforms.enrich.summary.keyphrases import TextWords, choose_keyphrases
from transforms.enrich.summary.lead import MIN_TEXT_WORDS, choose_lead, find_sentences, skip_dateline

MODEL = "newsmill-summary 1"

WORDS_PER_MINUTE = 238
"""How fast adults read English prose in silence: the average of 190 studies; Brysbaert 2019, "How many words do we read
per minute?", Journal of Memory and Language 109, 104047."""

_NO_SPACES = frozenset(("bo", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh"))
"""Languages that are written without spaces between words."""


def summarize(article: Article) -> Article:
    """Add to an article the first sentences that carry it, its keyphrases, and figures of its length."""
    language = article.in_language
    background = load_background(language) if language else None
    sentences, count = find_sentences(article.text, article.text_blocks, language)
    has_words = language not in _NO_SPACES
    lead: str | None = None
    phrases: tuple[str, ...] = ()
    headline = TextWords(article.headline or "", background)
    words = TextWords(article.text, background)
    if background is not None:
        phrases = choose_keyphrases(headline, words, background)
    else:
        article = note_not_run(article, stages.SUMMARY, "language_unknown" if language is None else "no_language")
    if has_words and article.word_count >= MIN_TEXT_WORDS:
        sentences = skip_dateline(article.text, article.dateline, sentences)
        lead = choose_lead(article.text, sentences, headline, words, background)
    return replace(
        article,
        lead_summary=lead,
        keyphrases=phrases,
        sentence_count=count,
        reading_time_s=round(60 * article.word_count / WORDS_PER_MINUTE) if has_words else None,
        summary_model=MODEL,
    )
