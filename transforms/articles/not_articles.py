"""Pages that hold a notice and not an article: not found, log in, redirecting.

A server that answers 200 for a page that it does not have says so in words alone. A heading that is such a notice and
nothing else, on a page with next to no text, is the sign; a page that declares an article is never a notice.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.page_elements import Elements

MOST_TEXT = 600
"""Code points of main text up to which a heading alone makes a page a notice."""

MOST_TEXT_WITH_WORDS = 2_500
"""Code points up to which it does where the text speaks of the address, too: such pages list the latest news."""

MOST_TEXT_REDIRECT = 400
"""Code points of the text of a page that leads elsewhere."""

MOST_TEXT_BESIDE_SCRIPT = 100
"""Code points of other text beside the wish for JavaScript: more is an article with a widget in it."""

MOST_TEXT_ALONE = 200
"""Code points up to which words in the text or in a lesser heading make it a notice."""

_MAX_HEADING = 120
_MAX_ELEMENTS = 2_000


class Signs(NamedTuple):
    """What distinguishes a notice from an article."""

    headings: tuple[str, ...]
    """The title, its parts, and headings of the first level."""
    lesser: tuple[str, ...]
    """Headings of the second level, where there is none of the first."""
    has_password: bool
    """Whether there is a field for a password."""
    leads_elsewhere: bool
    """Whether it sends the browser to another address by itself (meta refresh)."""


class Notice(NamedTuple):
    """What a page is in the place of an article."""

    kind: str
    """'not_found_page', 'login_page', 'redirect_page' or 'script_page'."""
    mark: str
    """What gave it away."""


_THING = r"(?:web ?page|page|article|story|post|content|document|url|file|resource|address)"
_NOT_FOUND = re.compile(
    r"(?:(?:(?:http )?(?:error|status|fehler|erreur|errore?|ошибка|エラー|错误|錯誤|오류)? ?40[34]|40[34] error) ?)?"
    r"(?:(?:o{1,5}ps|whoops|sorry|uh oh|hm{1,5}|oh no|ups|hoppla|désolé|lo sentimos|ops) ?)?"
    r"(?:|not found|file not found|nothing (?:was )?found(?: here)?|(?:the |that |this |requested |your ){0,3}"
    + _THING
    + r" (?:was |is |could |can |has |does |do |cannot |can['’]?t |couldn['’]?t |doesn['’]?t |isn['’]?t |no longer |"
    r"not |been |be |we |you |requested |were |are |looking |for |that |seems |to |have |moved |removed |"
    r"deleted |or ){0,12}"
    r"(?:found|exists?|available|here|moved|removed|deleted|missing|unavailable)|"
    r"(?:we |i )?(?:can(?:['’]?t|not)|could(?: not|n['’]t)|were unable to|are unable to) (?:seem to )?find "
    r"(?:that|this|the|your|what)(?: " + _THING + r")?(?: you(?:['’]re| are| were)? ?(?:looking for|requested)?)?|"
    r"(?:diese |die (?:angeforderte |gewünschte |gesuchte )?|der )?(?:web)?(?:seite|artikel|inhalt)"
    r" (?:wurde |konnte |kann |ist )?(?:leider )?(?:nicht |nicht mehr )"
    r"(?:gefunden(?: werden)?|verfügbar|vorhanden)|(?:diese |die )?seite existiert nicht(?: mehr)?|nicht gefunden|"
    r"(?:la |cette )?(?:page|article) (?:est |demandée? (?:est )?)?(?:introuvable|non trouvée?|inexistante?)|"
    r"(?:cette |la )?page (?:que vous (?:cherchez|demandez) )?n['’]existe (?:pas|plus)|introuvable|"
    r"(?:la )?página no (?:encontrada|existe|disponible)|no se (?:ha )?encontr(?:ó|ado) la página|no encontrad[oa]|"
    r"(?:la )?pagina non (?:è stata )?(?:trovata|esiste|disponibile)|(?:a )?página não (?:foi )?(?:encontrada|existe)|"
    r"(?:de |deze )?pagina (?:is )?niet (?:gevonden|beschikbaar)|(?:deze |de )?pagina bestaat niet(?: meer)?|"
    r"sidan (?:kunde inte hittas|hittades inte|finns inte|saknas)|"
    r"siden (?:ble|blev|er|kunne) ikke (?:funnet|fundet|findes)|"
    r"siden (?:finnes|findes) ikke|(?:vi )?(?:fant|finner|fandt) ikke siden|sivua ei (?:löytynyt|löydy)|"
    r"nie znaleziono(?: strony)?|strona nie (?:została znaleziona|istnieje)|stránka (?:nebyla |nebola )?"
    r"(?:nenalezena|nalezena|nájdená|nenájdená|neexistuje)|az oldal nem található|a keresett oldal nem található|"
    r"pagina (?:nu a fost găsită|nu există|negăsită)|sayfa bulunamadı|aradığınız sayfa bulunamadı|"
    r"(?:запрашиваемая )?страница не (?:найдена|существует)|сторінк[уа] не (?:знайдено|знайдена|існує)|"
    r"страницата не (?:е намерена|съществува)|stranica nije pronađena|страница није пронађена|"
    r"stran ni (?:bila )?najdena|"
    r"puslapis nerastas|lapa nav atrasta|lehekülge ei leitud|η σελίδα δεν (?:βρέθηκε|υπάρχει)|"
    r"(?:お探しの)?ページ(?:が|は)(?:見つかりません(?:でした)?|存在しません)|"
    r"(?:抱歉 ?)?(?:您(?:访问|訪問)的)?(?:页面|網頁|頁面|网页)(?:不存在|未找到|找不到)|"
    r"找不到(?:页面|頁面|網頁|网页|该页面)|"
    r"(?:요청하신 )?페이지를 찾을 수 없습니다|존재하지 않는 페이지(?:입니다)?|halaman tidak ditemukan|"
    r"không tìm thấy(?: trang)?|trang không tồn tại|ไม่พบหน้า.{0,20}|الصفحة غير موجودة|(?:ה)?דף לא נמצא|"
    r"(?:पृष्ठ|पेज) नहीं मिला|صفحه (?:مورد نظر )?(?:پیدا|یافت) نشد)"
    r"(?: ?(?:\(?(?:error )?40[34]\)?|error|fehler))?",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"o{1,5}ps|whoops|sorry|uh oh|hm{1,5}|oh no|ups|hoppla|désolé|lo sentimos|ops|error|fehler", re.IGNORECASE
)
"""What says too little alone."""

_NOT_FOUND_WORDS = re.compile(
    r"you (?:are|were) (?:looking|searching|trying)|"
    r"(?:may|might|could) have (?:been )?(?:moved|removed|deleted|renamed)|"
    r"no longer (?:exists|available)|check the (?:address|url|spelling)|typed? the (?:address|url)|broken link|"
    r"could(?: not|n['’]t) (?:be )?f(?:ou|i)nd|does(?: not|n['’]t) exist|"
    r"nicht (?:mehr )?(?:gefunden|existiert|verfügbar)|adresse (?:falsch|überprüfen|prüfen)|n['’]existe (?:pas|plus)|"
    r"introuvable|no existe|no se (?:ha )?encontr|non esiste|bestaat niet|não existe|"
    r"finns inte|findes ikke|finnes ikke|"
    r"nie istnieje|neexistuje|не существует|не найдена",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:please |bitte |you must |you need to |veuillez |por favor,? )?"
    r"(?:(?:log|sign)[ -]?in(?: or (?:register|sign[ -]?up|create an account|subscribe))?(?: required)?|login|"
    r"(?:member|subscriber|user|account|customer) (?:log|sign)[ -]?in|anmelden|anmeldung|einloggen|"
    r"(?:melden sie sich|loggen sie sich) (?:bitte )?(?:an|ein)|anmeldung erforderlich|connexion|"
    r"(?:se connecter|connectez[ -]vous|identifiez[ -]vous)|identification|iniciar? sesión|inicia sesión|acceder|"
    r"identif[ií]cate|accedi|accesso|effettua il login|inloggen|aanmelden|log in|entrar|iniciar sessão|fazer login|"
    r"logga in|inloggning|log ind|logg inn|innlogging|kirjaudu(?: sisään)?|kirjautuminen|zaloguj(?: się)?|logowanie|"
    r"přihlášení|přihlásit se|prihlásenie|prihlásiť sa|bejelentkezés|autentificare|conectare|giriş(?: yap)?|"
    r"войти|вход(?: на сайт)?|авторизация|увійти|вхід|пријава|prijava|prijavi se|σύνδεση|είσοδος|ログイン|"
    r"登录|登錄|登入|로그인|đăng nhập|masuk|เข้าสู่ระบบ|تسجيل الدخول|ورود|התחברות|כניסה|लॉग ?इन)"
    r"(?:(?: to| with| for| in| zu[rm]?| um| à| pour| a| para| per| om| på| till| för| til| for).{1,60})?",
    re.IGNORECASE,
)
_LOGIN_WORDS = re.compile(
    r"(?:log|sign) ?in to (?:continue|read|access|view)|forgot(?:ten)? (?:your )?password|remember me|"
    r"passwor[dt] vergessen|angemeldet bleiben|mot de passe oublié|contraseña|password dimenticata|wachtwoord vergeten|"
    r"must be (?:logged|signed) in|(?:do not|don['’]t) have an account|already have an account|create an? (?:free )?"
    r"account|registrieren sie sich|noch kein konto|"
    r"glömt lösenord|glemt (?:kodeord|passord)|забыли пароль|esqueceu (?:a|sua) senha",
    re.IGNORECASE,
)
_REDIRECT = re.compile(
    r"(?:please wait|bitte warten)?(?:you are being |now |we are )?redirect(?:ing|ed)?(?: you| now| page| notice)?"
    r"(?: to .{1,60})?|object moved(?: to here| permanently)?|(?:document|page) (?:has )?moved(?: permanently)?|"
    r"30[12378] (?:moved permanently|found|moved temporarily|see other|redirect|permanent redirect|temporary redirect)|"
    r"moved permanently|(?:sie werden )?weiter(?:ge)?leit(?:ung|et)(?: zu .{1,60})?|redirection(?: en cours)?|"
    r"(?:usted )?(?:está siendo )?redirig(?:iendo|ido)|redireccionando|redirecionando|reindirizzamento(?: in corso)?|"
    r"(?:u wordt )?doorgestuurd|doorverwijzen|omdirigerar|viderestiller|videresender|przekierow(?:anie|ywanie)|"
    r"přesměrování|yönlendiriliyor(?:sunuz)?|перенаправление|переадресация|リダイレクト中?|正在跳转|正在跳轉|页面跳转中?",
    re.IGNORECASE,
)
_REDIRECT_WORDS = re.compile(
    r"(?:you(?:['’]re| are| will be)| being| are) (?:now |being |automatically ){0,3}redirected|"
    r"if (?:you are|the page does|your browser does|it does|this page does) not (?:automatically )?"
    r"(?:redirect|forward)|not redirected|click here if|wenn sie nicht (?:automatisch )?weitergeleitet|"
    r"si vous n['’]êtes pas redirigé|si no (?:es|eres|está) redirig|se non vieni reindirizzat|"
    r"this page has moved|document (?:has )?moved",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"(?:enable|activate|turn on|allow|needs?|requires?|without) java ?script|"
    r"java ?script (?:is|must be|needs to be|has been|appears to be) "
    r"(?:disabled|required|enabled|turned off|not enabled|deactivated|not available|off)|"
    r"java ?script (?:aktivieren|einschalten|ist deaktiviert|muss aktiviert)|(?:activer|activez) java ?script|"
    r"(?:habilit|activ)(?:a|e|ar) java ?script|(?:abilita|attiva)(?:re)? java ?script|"
    r"schakel java ?script in|aktiver java ?script|aktivera java ?script|включит[еь] java ?script|włącz java ?script",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[\s.,!:;…\-–—|]+")
_EDGE = " \t.!?…:;,*#\"'“”„‘’«»()[]{}-–—|·•→>"
_PARTS = re.compile(r" [|–—\-·•»:/] | ?\| ?")


def read_signs(elements: Elements) -> Signs:
    """Read what of a page may show that it is a notice.

    Args:
        elements: what find_elements gives of the page.
    """
    headings: list[str] = []
    for title in elements["title"][:1]:
        line = _line(title)
        headings += [line, *_PARTS.split(line)]
    found = [_line(element) for element in elements["h1"][:5]]
    headings += found
    lesser = [] if any(found) else [_line(element) for element in elements["h2"][:3]]
    inputs = elements["input"][:_MAX_ELEMENTS]
    has_password = any((element.get("type") or "")[:20].lower() == "password" for element in inputs)
    leads_elsewhere = any(
        (pragma := element.get("http-equiv")) is not None  # most have none
        and pragma[:20].strip().lower() == "refresh"
        and next(element.iterancestors("noscript"), None) is None
        and re.match(r"\s{0,5}[0-5](?:\.\d{0,3})?\s{0,5}[;,]\s{0,5}url", (element.get("content") or "")[:50], re.I)
        for element in elements["meta"][:_MAX_ELEMENTS]
    )
    return Signs(
        tuple(headings),
        tuple(lesser),
        has_password,
        leads_elsewhere,
    )


def find_notice(signs: Signs, text: str) -> Notice | None:
    """Find the notice that a page is; None for any other page, also for articles about such pages.

    For pages that declare no article. Linear in the length of the text, of which MOST_TEXT_WITH_WORDS is read.

    >>> signs = Signs(("404 Page not found",), (), has_password=False, leads_elsewhere=False)
    >>> find_notice(signs, "Sorry, the page you were looking for could not be found. Try our search.")
    Notice(kind='not_found_page', mark='404 Page not found')
    >>> find_notice(signs, "A novel about a lost web site won the prize on Tuesday. " * 40) is None
    True

    Args:
        signs: of the page.
        text: its main text; may be empty.
    """
    if len(text) > MOST_TEXT_WITH_WORDS:
        return None
    is_short = len(text) <= MOST_TEXT
    headings, lesser = _bare_lines(signs.headings), _bare_lines(signs.lesser)
    first_lines = _bare_lines(text.split("\n", 3)[:3]) if is_short else ()
    every = (*headings, *lesser, *first_lines)
    named = _first(_NOT_FOUND, every)
    if named and ((is_short and not _EXCUSE.fullmatch(named)) or _NOT_FOUND_WORDS.search(text)):
        return Notice("not_found_page", named)
    named = _first(_LOGIN, headings if len(text) > MOST_TEXT_ALONE else (*headings, *lesser))
    if named and (is_short or signs.has_password):
        words = _LOGIN_WORDS.search("\n".join((text, *every)))
        if words or (is_short and signs.has_password):
            return Notice("login_page", named)
    if len(text) <= MOST_TEXT_REDIRECT:
        named = _first(_REDIRECT, every)
        moved = _REDIRECT_WORDS.search(text) if len(text) <= MOST_TEXT_ALONE else None
        if named or moved or signs.leads_elsewhere:
            return Notice("redirect_page", named or (moved[0] if moved else "meta refresh"))
        lines = text.split("\n")
        others = [line for line in lines if not _SCRIPT.search(line)]
        if len(others) < len(lines) and sum(map(len, others)) < MOST_TEXT_BESIDE_SCRIPT:
            return Notice("script_page", next(line for line in lines if line not in others)[:_MAX_HEADING])
    return None


def describe(notice: Notice) -> str:
    """Describe a notice in words, for messages.

    >>> describe(Notice("login_page", "Log in to continue"))
    "a login page (by 'Log in to continue')"
    """
    return f"a {notice.kind.replace('_', ' ')} (by {notice.mark!r})"


def _first(form: re.Pattern[str], lines: Iterable[str]) -> str | None:
    return next((line for line in lines if form.fullmatch(line)), None)


def _line(element: HtmlElement) -> str:
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(piece[: 4 * _MAX_HEADING])
        length += len(piece)
        if length > 4 * _MAX_HEADING:
            break
    return " ".join("".join(pieces).split())[: 4 * _MAX_HEADING]


def _bare(line: str) -> str:
    """Return a heading without punctuation, blanks folded; empty where it is longer than a notice or says nothing."""
    words = _STOPS.sub(" ", line).strip(_EDGE)
    return words if len(words) <= _MAX_HEADING else ""


def _bare_lines(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(_bare, lines)))
