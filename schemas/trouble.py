"""Why an input can fail or be left out: every code, what it means and what to do about it."""

CODES: dict[str, str] = {
    "read.missing": "The file went away between listing and opening: restore it and replay.",
    "read.unreadable": "The file could not be opened or read: check permissions and the disk.",
    "read.corrupt": "Compressed data ends early or does not inflate: fetch the file anew.",
    "read.too_large": "The input or one document in it is over the size limit, before or after inflating.",
    "read.unrecognised": "Neither a feed, a list, a page, records nor text: docs/inputs.md says what is read.",
    "read.empty": "The input holds nothing: no byte, or white space alone.",
    "read.bad_feed": "It announces itself as a feed, but no entry could be read.",
    "read.bad_record": "One line or record is not what its container promises (JSON, WARC header, missing url).",
    "read.bad_list": "An OPML or URL list in which no address could be read.",
    "read.not_feed": "A subscription leads to a page, not a feed: 'newsmill feeds add PAGE' finds the feed of a page.",
    "read.nested_list": "A list that came out of a list; one level is followed.",
    "read.crash": "A parser failed in a way of its own; the traceback says where.",
    "fetch.bad_url": "Not an absolute http(s) address with a host.",
    "fetch.private_address": "The host resolves to an internal address: --allow_private permits private and "
    "loopback ones; link-local, cloud metadata, multicast and reserved ones are never asked.",
    "fetch.dns": "The host name does not resolve.",
    "fetch.connect": "No connection: refused, reset or unreachable.",
    "fetch.tls": "The certificate or the handshake failed; TLS is always verified.",
    "fetch.timeout": "No answer within --timeout_s, or not done within --deadline_s.",
    "fetch.too_many_redirects": "More than --max_redirects redirects, or a loop.",
    "fetch.too_large": "The body is over --max_page_bytes; reading stopped there.",
    "fetch.content_type": "The response is not a page: a picture, a PDF, a film.",
    "fetch.protocol": "The server's answer is not HTTP, or its encoding is broken.",
    "fetch.robots": "robots.txt of the host does not allow it.",
    "fetch.http_4xx": "The server refuses the page; the exact status is in http_status (404 and 410 have codes).",
    "fetch.http_404": "The page does not exist (404).",
    "fetch.http_410": "The page is gone for good (410).",
    "fetch.http_429": "Too many requests (429): run later or with a larger --delay_s.",
    "fetch.http_5xx": "The server failed; the exact status is in http_status. Replay later.",
    "fetch.bot_wall": "A challenge for robots (captcha, script, block) instead of the page: left alone, never worked "
    "around. Ask the publisher for access.",
    "fetch.consent_wall": "A question for consent instead of the page, which only a person can answer.",
    "fetch.crash": "The client failed in a way of its own; the traceback says where.",
    "extract.empty": "The page or text holds nothing.",
    "extract.no_main_text": "No main text of at least --min_chars was found.",
    "extract.too_complex": "More markup than any real page has; not parsed, since it would hold the run up.",
    "extract.not_html": "The bytes are not a page: binary data or another format.",
    "extract.bot_wall": "The stored page (saved, in a WARC, archived) is a challenge for robots and no article.",
    "extract.consent_wall": "The stored page is a question for consent and no article.",
    "extract.crash": "A parser failed in a way of its own; the traceback says where.",
    "language.crash": "The language identifier failed; the traceback says where.",
    "entities.crash": "spaCy failed on this text; the traceback says where.",
    "topics.crash": "The classifier failed on this text; the traceback says where.",
}
"""Dead-letter codes. The part before the dot is the stage."""

REASONS: dict[str, str] = {
    "read.no_entries": "The feed is well and has no entry.",
    "read.ignored": "A WARC record that is no page (request, metadata, picture), counted by file.",
    "fetch.off": "Only its address is known, and --fetch=never forbids asking for it.",
    "repeats.same_id": "Another document of the run has the same canonical address.",
    "repeats.same_text": "Another document of the run has the same headline and text.",
    "known.link": "An earlier run has fetched the address, and its feed says nothing new of it; counted, not stored.",
    "known.same_version": "An earlier run has the same article with the same text; stored only where its feed "
    "said something new.",
    "known.same_text": "An earlier run has another article with the same text.",
    "retract.taken_down": "The article was taken down by 'newsmill retract'.",
    "since.older": "It was published before --since.",
    "rights.reserved": "Its publisher reserves text and data mining or opts out of AI, and --respect_opt_outs is set.",
    "language.not_wanted": "Its language is not among --languages.",
}
"""Why an input is a duplicate (``repeats.``) or filtered (any other)."""


class Trouble(Exception):
    """Expected trouble with one input: becomes a dead letter.

    Args:
        code: one of CODES.
        message: what happened, naming the value that caused it.
        status: HTTP status, where one was received.

    Raises:
        ValueError: an unknown code.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"unknown code {code!r}: add it to schemas.trouble.CODES")
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return (_revive, (self.code, self.message, self.status))

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def _revive(code: str, message: str, status: int | None) -> Trouble:
    return Trouble(code, message, status=status)


class LeftOut(Exception):
    """The input is left out on purpose: becomes a row of ``dropped`` with outcome 'filtered'.

    Args:
        reason: one of REASONS.
        message: the reason in words.

    Raises:
        ValueError: an unknown reason.
    """

    def __init__(self, reason: str, message: str) -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}: add it to schemas.trouble.REASONS")
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
