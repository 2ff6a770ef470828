"""Why an input can fail or be left out: every code, what it means and what to do about it."""

from schemas.errors import InputError
from schemas.userinfo import mask_userinfo

CODES: dict[str, str] = {
    "run.ended_twice": "Two runs were ended from outside (killed, out of memory) while this alone was worked on: it is "
    "left out so that others get through. Replay it with more memory.",
    "read.missing": "The file went away between listing and opening: restore it and replay.",
    "read.unreadable": "The file could not be opened or read: check permissions and the disk.",
    "read.corrupt": "Compressed data ends early or does not inflate: fetch the file anew.",
    "read.too_large": "The input or one document in it is over the size limit, before or after inflating, "
    "or takes more memory than --element_memory_mb allows.",
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
    "fetch.home_page": "The address of an article leads to the home page of a site: the article is gone, or moved.",
    "fetch.crash": "The client failed in a way of its own; the traceback says where.",
    "extract.empty": "The page or text holds nothing.",
    "extract.no_main_text": "No main text of at least --min_chars was found.",
    "extract.too_complex": "More markup than any real page has; not parsed, since it would hold the run up.",
    "extract.not_html": "The bytes are not a page: binary data or another format.",
    "extract.bot_wall": "The stored page (saved, in a WARC, archived) is a challenge for robots and no article.",
    "extract.consent_wall": "The stored page is a question for consent and no article.",
    "extract.not_found_page": "The page says that what was asked for is not there, with a status that says it is.",
    "extract.login_page": "A form to log in stands where the article would; only a person can fill it in.",
    "extract.redirect_page": "The page leads elsewhere and holds nothing itself.",
    "extract.script_page": "The page says that it needs JavaScript, and holds no article without.",
    "extract.crash": "A parser failed in a way of its own; the traceback says where.",
    "language.crash": "The language identifier failed; the traceback says where.",
    "entities.crash": "spaCy failed on this text; the traceback says where.",
    "topics.crash": "The classifier failed on this text; the traceback says where.",
}
"""Dead-letter codes. The part before the dot is the stage."""

WORKER_CODES = {
    "too_slow": "It takes more time than --element_timeout_s allows; its process was ended. Replay with more.",
    "too_large": "It takes more memory than --element_memory_mb allows; its process was ended. Replay with more.",
    "worker_died": "Its worker process died of it twice, such as by a fault in native code of a library.",
}
"""What may end an element in a worker process, whatever the stage; ``<stage>.<name>`` is the code."""

CODES = {
    f"{stage}.{name}": meaning
    for stage in ("read", "extract", "language", "entities", "topics")
    for name, meaning in WORKER_CODES.items()
} | CODES

REASONS: dict[str, str] = {
    "read.no_entries": "The feed is well and has no entry.",
    "read.ignored": "A WARC record that is no page (request, metadata, picture), counted by file.",
    "read.outside_directory": "A link that leads out of the input's directory: name it itself to have it read.",
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


class Trouble(InputError):
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
        message = mask_userinfo(message)
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


class LeftOut(InputError):
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
        message = mask_userinfo(message)
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
