"""Notices are told from articles by their heading, on a page with next to no text that declares no article."""

import pytest

from schemas.documents import Document, Entry, Origin
from schemas.trouble import Trouble
from transforms.articles.not_articles import Signs, find_notice
from transforms.articles.read import read_document

SORRY = "The harbour office cannot show you this. Try the search field, or begin again at the front page of the paper."
LONG = (
    "<p>The harbour board of Ellery agreed on Monday to rebuild the eastern pier at a cost of four millions.</p>" * 12
)

NOT_FOUND = [
    "404", "404 Not Found", "Error 404", "404 - Page not found", "Page Not Found (404)",
    "Oops! That page can’t be found.",
    "Sorry, this page isn't available", "This page does not exist", "The page you requested could not be found",
    "Article not found", "We can't find the page you're looking for", "Seite nicht gefunden", "Fehler 404",
    "Diese Seite existiert nicht mehr", "Die angeforderte Seite wurde nicht gefunden", "Page introuvable",
    "Cette page n'existe pas", "Erreur 404 - Page non trouvée", "Página no encontrada", "Pagina non trovata",
    "Pagina niet gevonden", "Página não encontrada", "Sidan kunde inte hittas", "Siden findes ikke",
    "Sivua ei löytynyt", "Nie znaleziono strony", "Stránka nenalezena", "Az oldal nem található", "Sayfa bulunamadı",
    "Страница не найдена", "Сторінку не знайдено", "Η σελίδα δεν βρέθηκε", "ページが見つかりません", "页面不存在",
    "페이지를 찾을 수 없습니다", "Halaman tidak ditemukan", "Không tìm thấy trang", "الصفحة غير موجودة",
]  # fmt: skip
LOGIN = [
    "Log in", "Sign in to continue", "Please log in to continue", "Login", "Member Login", "Anmelden", "Connexion",
    "Connectez-vous pour lire la suite", "Iniciar sesión", "Accedi", "Inloggen", "Logga in", "Zaloguj się", "Войти",
    "ログイン", "登录", "로그인",
]  # fmt: skip
REDIRECT = [
    "Redirecting …", "Redirecting to https://news.example/a", "You are being redirected...", "Object moved",
    "301 Moved Permanently", "Weiterleitung", "Sie werden weitergeleitet", "Redirection en cours", "Redirigiendo...",
    "Reindirizzamento in corso", "Перенаправление", "Przekierowanie",
]  # fmt: skip
ARTICLES = [
    "Page not found: how error pages became an art form", "404 words on the new pier", "Not found guilty",
    "Article 404 of the code is repealed", "Login fraud rises by a third", "Sign in the window draws crowds",
    "Log in river blocks the weir", "Redirecting traffic: what changes on Monday", "Peugeot 404 returns",
    "Seite an Seite", "Moved to tears", "The missing page", "Sorry", "A page of history found",
]  # fmt: skip


def page(body: str, head: str = "") -> Document:
    text = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    return Document(media="html", origin=Origin(uri="a.html", kind="html"), body=text.encode())


def code(document: Document) -> str:
    try:
        return read_document(document).text_source
    except Trouble as error:
        return error.code


@pytest.mark.parametrize("heading", NOT_FOUND)
def test_a_page_that_says_it_is_not_there_is_no_article(heading: str) -> None:
    titled = page(f"<main><p>{SORRY}</p></main>", f"<title>{heading} | Ellery Post</title>")
    headed = page(f"<h1>{heading}</h1><p>{SORRY}</p>", "<title>Ellery Post</title>")
    assert (code(titled), code(headed)) == ("extract.not_found_page", "extract.not_found_page")


def test_news_below_a_notice_do_not_make_it_an_article() -> None:
    document = page(f"<h1>Page not found</h1><p>The page may have been moved or deleted.</p>{LONG}")
    assert code(document) == "extract.not_found_page"


@pytest.mark.parametrize("heading", LOGIN)
def test_a_form_to_log_in_is_no_article(heading: str) -> None:
    form = "<form><label>Name <input name=user></label><label>Word <input type=password></label></form>"
    document = page(f"<h1>{heading}</h1><p>{SORRY}</p>{form}", "<title>Ellery Post</title>")
    assert code(document) == "extract.login_page"


def test_words_stand_in_for_the_form_that_a_script_makes() -> None:
    document = page(f"<h1>Log in to continue</h1><p>You must be logged in to read this. {SORRY}</p>")
    assert code(document) == "extract.login_page"


@pytest.mark.parametrize("heading", REDIRECT)
def test_a_page_that_leads_elsewhere_is_no_article(heading: str) -> None:
    assert code(page(f"<h1>{heading}</h1><p>{SORRY}</p>")) == "extract.redirect_page"


def test_a_meta_refresh_leads_elsewhere_unless_it_is_for_browsers_without_scripts() -> None:
    refresh = '<meta http-equiv="Refresh" content="0; URL=https://news.example/b">'
    found = [code(page(f"<p>{SORRY}</p>", head)) for head in (refresh, f"<noscript>{refresh}</noscript>")]
    assert found == ["extract.redirect_page", "page"]


def test_a_shell_that_wants_javascript_is_no_article() -> None:
    text = "This news site needs JavaScript. Please enable JavaScript in your browser and load the page again."
    assert code(page(f"<div id=app><p>{text}</p></div>", "<title>Ellery Post</title>")) == "extract.script_page"


@pytest.mark.parametrize("headline", ARTICLES)
def test_articles_about_such_pages_stay(headline: str) -> None:
    login = "<form class=menu><input type=password></form>"
    brief = page(f"{login}<h1>{headline}</h1><p>{SORRY}</p>", f"<title>{headline} | Ellery Post</title>")
    whole = page(f"{login}<h1>{headline}</h1>{LONG}", f"<title>{headline} | Ellery Post</title>")
    assert (code(brief), code(whole)) == ("page", "page")


@pytest.mark.parametrize("heading", ["Page not found", "Log in", "Redirecting"])
def test_what_declares_an_article_or_goes_on_is_one(heading: str) -> None:
    dated = '<meta property="article:published_time" content="2024-05-03T10:00:00Z">'
    declared = page(f"<h1>{heading}</h1><p>{SORRY}</p>", dated)
    assert (code(declared), code(page(f"<h1>{heading}</h1>{LONG * 3}"))) == ("page", "page")


def test_the_feed_stands_in_for_a_notice() -> None:
    body = b"<html><title>Page not found</title><h1>Page not found</h1><p>It may have been moved. Try again.</p></html>"
    entry = Entry(title="Pier", content_html=f"<p>{SORRY}</p>")
    document = Document(media="html", origin=Origin(uri="f.xml", kind="rss"), body=body, entry=entry)
    assert read_document(document).text_source == "feed_content"


def test_what_is_looked_at_has_an_end() -> None:
    signs = Signs(("Page not found",), (), has_password=True, leads_elsewhere=True)
    assert find_notice(signs, "not found " * 10**5) is None
