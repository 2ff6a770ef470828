"""Walls of all vendors are recognised, and articles about walls are not. All sites and texts are invented."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Origin
from schemas.trouble import CODES, Trouble
from transforms.articles.read import read_document
from transforms.walls.classify import LARGEST, Wall, check_wall, find_wall, wall_by_headers

URL = "https://harbourtimes.example/2024/pier"
LONG = (
    "<p>" + "The harbour council voted on Tuesday to rebuild the eastern pier before the winter storms. " * 6 + "</p>"
)


def page(title: str, body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


BOT_WALLS = {
    "cloudflare challenge": page(
        "Just a moment...",
        "<noscript><span>Enable JavaScript and cookies to continue</span></noscript>"
        "<script>window._cf_chl_opt = {cType: 'managed'}; var a = document.createElement('script');"
        "a.src = '/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=0';</script>",
        '<meta name="robots" content="noindex,nofollow">',
    ),
    "cloudflare block": page(
        "Attention Required! | Cloudflare",
        '<div id="cf-error-details"><h1>Sorry, you have been blocked</h1><h2>Why have I been blocked?</h2></div>',
    ),
    "cloudflare code": b"error code: 1020\n",
    "perimeterx": page(
        "Access to this page has been denied.",
        '<div id="px-captcha"></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>'
        "<script>window._pxAppId = 'PX0000';</script>",
    ),
    "perimeterx in the site's frame": page(
        "Access to this page has been denied",
        "".join(f'<a href="/s{n}">Section number {n} of the paper</a>' for n in range(90)) + '<div id="px-captcha">',
    ),
    "datadome": b"<html><head><title>harbourtimes.example</title></head><body><p id='cmsg'>Please enable JS and "
    b"disable any ad blocker</p><script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"
    b"<script src='https://ct.captcha-delivery.com/c.js'></script></body></html>",
    "akamai block": b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\nYou don't "
    b"have permission to access \"http&#58;&#47;&#47;harbourtimes&#46;example&#47;\" on this server.<P>\n"
    b"Reference&#32;&#35;18&#46;0000&#46;1&#46;2\n</BODY></HTML>",
    "akamai challenge": b"<html><head><meta http-equiv='refresh' content=\"5; URL='/2024/pier?bm-verify=AAQ'\"></head>"
    b"<body><script>var i = 1;</script></body></html>",
    "imperva block": b"<html style='height:100%'><head><META NAME='ROBOTS' CONTENT='NOINDEX, NOFOLLOW'></head><body>"
    b"<iframe id='main-iframe' src='/_Incapsula_Resource?CWUDNSAI=1&xinfo=0'>Request unsuccessful. "
    b"Incapsula incident ID: 0-0</iframe></body></html>",
    "imperva interruption": page(
        "Pardon Our Interruption", "<h1>Pardon Our Interruption</h1><p>As you were browsing, something about your "
        "browser made us think you were a bot.</p>",
    ),
    "aws challenge": page(
        "", '<div id="challenge-container"></div><script>window.gokuProps = {};</script>'
        '<script src="https://0a.token.awswaf.com/0a/challenge.js"></script>',
    ),
    "aws captcha": page(
        "Human Verification", '<div id="captcha-container"></div><script>AwsWafIntegration.getToken()</script>'
    ),
    "kasada": b"<html><head></head><body><script>window.KPSDK={};</script><script src='/149e/2d20/ips.js?x=1'></script>"
    b"</body></html>",
    "sucuri": page("You are being redirected...", "<script>var s='';e=s;sucuri_cloudproxy_js='';</script>"),
    "vercel": page("Vercel Security Checkpoint", "<p>We're verifying your browser</p>"),
    "anubis": page(
        "Making sure you&#39;re not a bot!", '<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>'
    ),
    "captcha form": page(
        "Security check", '<form action="/validate"><div class="g-recaptcha" data-sitekey="x"></div></form>'
        "<p>Please complete the security check to read harbourtimes.example.</p>",
    ),
    "words alone": page(
        "harbourtimes.example", "<h1>One more step</h1><p>Please verify you are human by solving the puzzle below.</p>"
    ),
}  # fmt: skip
CONSENT_WALLS = {
    "collected elsewhere": (
        page("Harbour", f"<p>The Harbour family of brands sets cookies.</p><form><button>OK</button></form>{LONG * 9}"),
        "https://consent.harbour.example/v2/collectConsent?sessionId=1",
    ),
    "a path": (page("Zustimmung", "<p>Mit Werbung lesen</p>"), "https://harbourtimes.example/zustimmung?url=%2Fpier"),
    "before you continue": (
        page(
            "Before you continue",
            "<h1>Before you continue to Harbour Search</h1><p>We use cookies and data to deliver our services.</p>"
            '<form action="/save"><input type="submit" value="Reject all"><input type="submit" value="Accept all">'
            "</form>",
        ),
        URL,
    ),
    "nothing but a dialogue": (
        page(
            "Harbour Times",
            "<h2>Your privacy</h2><p>We and our 312 partners store cookies on your device to show you personalised "
            "advertising and to measure it.</p><p>You can withdraw your consent in our privacy policy at any time."
            "</p><button>Accept all</button><button>Manage settings</button><p>Imprint</p>",
        ),
        URL,
    ),
    "German": (
        page(
            "Kurier am Hafen",
            "<p>Wir und unsere 200 Partner setzen Cookies ein, um Ihnen Werbung zu zeigen.</p><p>Ihre Einwilligung "
            "können Sie jederzeit in unserer Datenschutzerklärung widerrufen.</p><button>Alle akzeptieren</button>",
        ),
        URL,
    ),
}
SCRIPTS = (
    '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    '<script src="/_Incapsula_Resource?SWJIYLWA=0"></script><script src="https://0a.token.awswaf.com/challenge.js">'
    "</script><script>window.KPSDK={}</script>"
)
NO_WALLS = {
    "an article with every maker's script": page("Pier", f"<article><h1>Pier</h1>{LONG}</article>", SCRIPTS),
    "a plain one with them": page("Pier", f"<h1>Pier</h1>{LONG * 4}", SCRIPTS),
    "a short video page with them": page(
        "Pier", f"<nav>{'<a href=/x>News</a>' * 20}</nav><h1>The pier in pictures</h1><p>One minute.</p>", SCRIPTS
    ),
    "an article about captchas": page(
        "Are you a robot?",
        '<article><h1>Are you a robot?</h1><p>Clerks of Vask now have to confirm "I\'m not a robot" at every login, '
        "and to verify they are human twice a day.</p></article>",
    ),
    "one without an article tag": page(
        "Library drops its captcha | Harbour Times",
        f"<nav>{'<a href=/x>News</a>' * 30}</nav><h1>Library drops its captcha</h1><p>The box that said I'm not a "
        "robot is gone: readers of the library of Vask no longer need to complete the security check.</p>",
    ),
    "one that is all about it and short": page(
        "Just a moment...", "<p>The play of that name opens tonight.</p>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Just a moment..."}</script>',
    ),
    "one about consent walls": page(
        "Watchdog fines publisher over cookie wall",
        "<h1>Watchdog fines publisher over cookie wall</h1><p>The regulator of Veldia fined a publisher two million "
        "crowns for a cookie wall that gave readers no choice, saying consent must be free.</p><p>Its partners had "
        "built profiles out of personal data, and tracking went on after consent was refused, the ruling says.</p>"
        "<p>The publisher will appeal.</p><div class='banner'>We use cookies.<button>Accept all</button></div>",
    ),
    "an app without text": page("Harbour", "<noscript>You need to enable JavaScript to run this app.</noscript>"),
    "a contact form": page(
        "Write to us", '<h1>Write to the desk</h1><p>We read every letter and answer within the week, and publish the '
        "best ones on Saturdays, with your name if you allow it. Letters may be cut, and come back when they are "
        'rude.</p><form action="/send"><textarea></textarea><div class="g-recaptcha"></div></form>',
    ),
    "an empty page": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", BOT_WALLS)
def test_a_challenge_is_a_bot_wall(name: str) -> None:
    wall = find_wall(BOT_WALLS[name], URL)
    assert wall is not None
    assert wall.kind == "bot_wall"
    assert wall.vendor in (name.split(maxsplit=1)[0], "generic", "captcha", "aws")
    with pytest.raises(Trouble, match=r"fetch\.bot_wall: https://harbourtimes\.example/2024/pier answers 200"):
        check_wall(BOT_WALLS[name], URL, 200)


@pytest.mark.parametrize("name", CONSENT_WALLS)
def test_a_question_for_consent_is_a_consent_wall(name: str) -> None:
    body, url = CONSENT_WALLS[name]
    wall = find_wall(body, url)
    assert wall is not None
    assert wall.kind == "consent_wall"
    with pytest.raises(Trouble) as caught:
        check_wall(body, url, 200)
    assert (caught.value.code, caught.value.status) == ("fetch.consent_wall", 200)


@pytest.mark.parametrize("name", NO_WALLS)
def test_what_is_no_wall_is_none(name: str) -> None:
    assert find_wall(NO_WALLS[name], URL) is None
    check_wall(NO_WALLS[name], URL, 200)


@pytest.mark.parametrize(
    ("status", "headers", "vendor"),
    [
        (403, {"cf-mitigated": "challenge", "server": "cloudflare"}, "cloudflare"),
        (403, {"server": "cloudflare"}, None),
        (202, {"x-amzn-waf-action": "challenge"}, "aws"),
        (405, {"x-amzn-waf-action": "captcha"}, "aws"),
        (403, {"x-vercel-mitigated": "challenge"}, "vercel"),
        (403, {"x-datadome": "protected"}, "datadome"),
        (200, {"x-datadome": "protected"}, None),
        (429, {"x-kpsdk-ct": "0"}, "kasada"),
        (403, {"server": "AkamaiGHost"}, "akamai"),
        (503, {"server": "AkamaiGHost"}, None),
        (200, {"x-iinfo": "0-0-0", "x-cdn": "Imperva"}, None),
        (404, {}, None),
    ],
)
def test_headers_tell_only_where_they_are_sure(status: int, headers: dict[str, str], vendor: str | None) -> None:
    assert wall_by_headers(status, headers.items()) == vendor
    if vendor:
        with pytest.raises(Trouble) as caught:
            check_wall(b"", URL, status, headers.items())
        assert (caught.value.code, caught.value.status) == ("fetch.bot_wall", status)


@pytest.mark.parametrize(
    "url", ["https://harbourtimes.example/consent/how-the-law-changed", "https://consentnews.example/2024/pier", None]
)
def test_an_address_that_speaks_of_consent_is_no_wall(url: str | None) -> None:
    assert find_wall(page("Pier", f"<h1>Pier</h1>{LONG}"), url) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (BOT_WALLS["cloudflare challenge"], "extract.bot_wall"),
        (CONSENT_WALLS["nothing but a dialogue"][0], "extract.consent_wall"),
    ],
)
def test_a_stored_wall_is_no_article_and_the_entry_stands_in(body: bytes, code: str) -> None:
    document = Document(media="html", origin=Origin(uri="a.warc", kind="warc"), body=body, url=URL)
    with pytest.raises(Trouble) as caught:
        read_document(document)
    assert caught.value.code == code
    told = Entry(url=URL, title="Pier", content_html=LONG)
    article = read_document(Document(media="html", origin=document.origin, body=body, url=URL, entry=told))
    assert (article.text_source, article.robots_directives, article.charset) == ("feed_content", (), None)


def test_all_codes_are_known() -> None:
    assert {f"{stage}.{kind}" for stage in ("fetch", "extract") for kind in ("bot_wall", "consent_wall")} <= set(CODES)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([b"<p>", b"<!--", b"-->", b"<script>", b"</script>", b"captcha", b"\xff", b"<a ", b">"]))
)
def test_any_bytes_give_a_wall_or_none(pieces: list[bytes]) -> None:
    found = find_wall(b"".join(pieces), URL)
    assert found is None or isinstance(found, Wall)


@pytest.mark.parametrize(
    "piece", [b"<script>", b"<!--", b"<input value='", b"<", b"<title>", b"cookie ", b"og:type ", b"<b>accept ", b"&"]
)
def test_hostile_pages_cost_little(piece: bytes) -> None:
    body = (piece * (LARGEST // len(piece)))[: LARGEST - 1]
    start = time.process_time()
    find_wall(body, "https://consent.harbour.example/")
    find_wall(b"<title>Access denied</title>" + body * 3, URL)
    assert time.process_time() - start < 1


def test_a_large_page_costs_next_to_nothing() -> None:
    chance = random.Random(1)
    body = page("Pier", "".join(f"<p>{chance.random()}</p>" for _ in range(20_000)))
    start = time.process_time()
    for _ in range(20):
        assert find_wall(body, URL) is None
    assert (time.process_time() - start) / 20 < 0.001
