"""One article as one HTML file that needs nothing else: no script, no picture, no style from elsewhere."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from pipeline.article_view import CUT, LINKS, Fragment, Line, count_marks, marked_columns, view_article
from pipeline.show_text import found_things, other_columns
from schemas.articles import Article, DateCandidate, ImageObject
from schemas.record import json_date
from transforms.printable import printable

_STYLE = """\
:root{color-scheme:light dark;--paper:#fdfcfa;--ink:#1c1b19;--soft:#5c5850;--line:#dcd7cd;--panel:#f4f1ea;
--link:#0b57a4;--cut:#a3201a;--cut-paper:#fbeae8;--badge:#e7e1d3;--warn:#7a4a00;
--m0:#d9eee0;--l0:#2f7d4f;--m1:#dbe6fa;--l1:#2a5db0;--m2:#fae8bd;--l2:#8a5d00;--m3:#eadcf7;--l3:#7a3fb0;
--m4:#d0eeee;--l4:#0b6b67;--m5:#fbdde5;--l5:#b0305c}
@media (prefers-color-scheme:dark){:root{--paper:#171716;--ink:#ebe8e1;--soft:#aaa598;--line:#3a3833;--panel:#22211f;
--link:#8fbff5;--cut:#ff9c94;--cut-paper:#3a1f1d;--badge:#33312b;--warn:#f1c26b;
--m0:#1e3a2a;--l0:#7fd1a0;--m1:#1d2f4d;--l1:#8ab4f8;--m2:#3d3110;--l2:#f1c26b;--m3:#33234a;--l3:#c9a0f5;
--m4:#123a39;--l4:#6fd6cf;--m5:#43202b;--l5:#ff9db3}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 Georgia,"Times New Roman",serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1.1rem 4rem}
header h1{font-size:clamp(1.5rem,5vw,2.1rem);line-height:1.2;margin:.4rem 0}
.sub{font-size:1.15rem;color:var(--soft);margin:.2rem 0 .6rem}
.about,.badges,.legend,.rule,figcaption,table,summary,.where,h2.part{
font-family:system-ui,-apple-system,"Segoe UI",sans-serif}
.about{color:var(--soft);font-size:.95rem;margin:.3rem 0}
.badges{display:flex;flex-wrap:wrap;gap:.4rem;margin:.8rem 0 1.4rem;padding:0;list-style:none;font-size:.85rem}
.badges li{background:var(--badge);border-radius:1rem;padding:.1rem .7rem}
.badges .warn{color:var(--warn);font-weight:600}
a{color:var(--link);overflow-wrap:anywhere}
article{border-top:1px solid var(--line);padding-top:.6rem}
article p,article ul,article blockquote,article pre,article table{margin:.8rem 0}
article h2,article h3,article h4,article h5,article h6{line-height:1.3;margin:1.4rem 0 .4rem}
article blockquote{border-left:.25rem solid var(--line);margin-left:0;padding-left:1rem;font-style:italic}
article .caption{color:var(--soft);font-size:.92rem}
article pre{white-space:pre-wrap;font-size:.88rem;background:var(--panel);padding:.6rem}
article td{border-bottom:1px solid var(--line);padding:.15rem .8rem .15rem 0;vertical-align:top}
.cut{background:var(--cut-paper);border-left:.25rem solid var(--cut);padding:.3rem .7rem;font-size:.92rem}
del{color:var(--cut);background:var(--cut-paper);text-decoration:line-through}
.rule{display:inline-block;font-size:.75rem;color:var(--cut);border:1px solid currentColor;border-radius:.3rem;
padding:0 .35rem;margin-right:.4rem;line-height:1.4}
mark{color:inherit;border-bottom:2px solid;border-radius:.15rem .15rem 0 0}
mark:has(>mark){padding-bottom:.2rem}
mark.part{background:none;border-bottom-style:dotted}
.brief{background:var(--panel);border-radius:.4rem;padding:.6rem .9rem;margin:0 0 1rem}
.brief p{margin:.2rem 0}
.brief .about{font-size:.88rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:0 0 1rem;font-size:.85rem;line-height:1.5}
.legend label{cursor:pointer}
.legend input{accent-color:var(--soft);margin:0 .3rem 0 0;vertical-align:-.1rem}
h2.part{font-size:1rem;margin:2.2rem 0 .5rem;padding-top:.8rem;border-top:1px solid var(--line)}
section table{width:100%;border-collapse:collapse;font-size:.88rem;line-height:1.45}
section th{text-align:left;font-weight:600;color:var(--soft);padding:.25rem .8rem .25rem 0;vertical-align:top}
section td{padding:.25rem .8rem .25rem 0;vertical-align:top;overflow-wrap:anywhere}
section tr+tr>*{border-top:1px solid var(--line)}
tbody th{width:14rem;font-weight:400}
@media (max-width:34rem){body{font-size:16px}section tbody th{display:block;width:auto;border-top:1px solid var(--line)}
section tbody td{display:block;border-top:0!important;padding-top:0}section thead{display:none}}
@media print{.cut,del{background:none}.legend input{display:none}}
"""
_PALETTES = 6
_ELEMENTS = {"paragraph": "p", "caption": "p", "quote": "blockquote", "preformatted": "pre"}
_TABLES = {"list_item": ("<ul>", "</ul>"), "table_row": ("<table>", "</table>")}


def render_html(article: Article) -> str:
    """Lay out an article as a page: its text by blocks, what was found marked, cuts struck through, and all columns."""
    language = (article.in_language or article.in_language_declared or "").replace("_", "-")
    title = _text(article.headline or "No headline")
    lines = view_article(article)
    parts = [
        "<!doctype html>",
        f'<html lang="{_text(language)}">' if language else "<html>",
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title} – newsmill</title><style>{_STYLE}{_mark_style()}</style></head><body><main>",
        *_header(article, title),
        *_brief(article),
        *_legend(count_marks(lines)),
        "<article>",
        *_body(lines),
        "</article>",
        *_section("What was cut", _cuts(article)),
        *(
            line
            for name, rows in found_things(article)
            for line in _section(_words_of(name), [(_text(title), _text(known)) for title, known in rows])
        ),
        *_section("Links", _links(article)),
        *_section("Pictures", _images(article.images)),
        *_section("Dates of publication", _dates(article.date_candidates)),
        *_section("Columns", [(_text(name), _text(value)) for name, value in other_columns(article)]),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _text(value: str) -> str:
    """Return text from outside for HTML; what cannot be seen in it is escaped."""
    return escape(printable(value, len(value) + 1))


def _link(url: str, words: str | None = None) -> str:
    if not url.startswith(("http://", "https://")):
        return _text(words or url)
    return f'<a href="{_text(url)}" rel="noreferrer noopener nofollow">{_text(words or url)}</a>'


def _words_of(kind: str) -> str:
    """Return the name of a column, or of a part of it, for people."""
    words = kind.replace("_", " ").replace(".", ": ")
    return _text(words[0].upper() + words[1:])


def _mark_class(kind: str) -> str:
    """Return the class of a kind of mark: that of its column, and "part" for a part of it."""
    column, _, part = kind.partition(".")
    names = [one.column for one in marked_columns()]
    return f"k{names.index(column)}{' part' if part else ''}"


def _mark_style() -> str:
    """Return a color for each column, and what its box in the legend does when it is not ticked."""
    styles = []
    for number, one in enumerate(kind for kind in marked_columns() if kind.column != LINKS):
        name, palette = _mark_class(one.column), number % _PALETTES
        styles.append(f"mark.{name}{{background-color:var(--m{palette});border-color:var(--l{palette})}}")
        styles.append(f"mark.{name}.part{{background:none}}")
        off = f"body:has(#{name}:not(:checked)) article mark.{name}"
        styles.append(f"{off}{{background:none;border-color:transparent}}")
    return "\n".join(styles) + "\n"


def _brief(article: Article) -> Iterator[str]:
    if article.lead_summary or article.keyphrases:
        yield '<aside class="brief" aria-label="In short">'
        if article.lead_summary:
            yield f'<p dir="auto">{_text(article.lead_summary)}</p>'
        if article.keyphrases:
            yield f'<p class="about" dir="auto">{_text(" · ".join(article.keyphrases))}</p>'
        yield "</aside>"


def _legend(counts: dict[str, int]) -> Iterator[str]:
    """Yield a box for each column that is marked; without its tick the marks are not shown."""
    columns = [kind for kind in counts if "." not in kind and kind not in (LINKS, CUT)]
    if not columns and CUT not in counts:
        return
    yield '<div class="legend" role="group" aria-label="Marks in the text">'
    for kind in columns:
        name = _mark_class(kind)
        words = f'<mark class="{name}">{_words_of(kind)}</mark> {counts[kind]}'
        yield f'<label><input type="checkbox" id="{name}" checked>{words}</label>'
    if CUT in counts:
        yield f"<span><del>Cut</del> {counts[CUT]}</span>"
    yield "</div>"


def _header(article: Article, title: str) -> Iterator[str]:
    yield f'<header><h1 dir="auto">{title}</h1>'
    if article.subheadline:
        yield f'<p class="sub" dir="auto">{_text(article.subheadline)}</p>'
    authors = [
        (_link(author.url, author.name) if author.url else _text(author.name))
        + (f" ({_text(', '.join(filter(None, (author.role, author.type))))})" if author.role or author.type else "")
        for author in article.authors
    ]
    about = [", ".join(authors), _text(article.publisher_name or article.publisher_domain or ""), _when(article)]
    yield f'<p class="about">{" · ".join(part for part in about if part) or "no author, publisher or date"}</p>'
    if article.url:
        yield f'<p class="about">{_link(article.url)}</p>'
    yield f'<ul class="badges">{"".join(_badges(article))}</ul></header>'


def _when(article: Article) -> str:
    if article.date_published is None:
        return ""
    is_day = article.date_published_precision == "day"
    return article.date_published.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M UTC")


def _badges(article: Article) -> Iterator[str]:
    confidence = article.extraction_confidence
    badges = [
        (article.page_type or "", ""),
        (f"text of {article.text_source.replace('_', ' ')}", ""),
        (f"language {article.in_language}" if article.in_language else "", ""),
        (f"{article.word_count:,} words", ""),
        (f"confidence {confidence:.2f}" if confidence is not None else "", ""),
        (f"truncated: {article.truncated_reason or 'yes'}" if article.is_truncated else "", "warn"),
        ("dateline " + article.dateline if article.dateline else "", ""),
        ("provider " + article.provider_name if article.provider_name else "", ""),
    ]
    for words, style in badges:
        if words:
            yield f'<li class="{style}">{_text(words)}</li>' if style else f"<li>{_text(words)}</li>"


def _body(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the blocks; list items that follow each other are one list, table rows one table."""
    for kind, group in groupby(lines, key=lambda line: line.kind):
        opening, closing = _TABLES.get(kind, ("", ""))
        if opening:
            yield opening
        for line in group:
            yield _block(line)
        if closing:
            yield closing


def _block(line: Line) -> str:
    words = "".join(map(_piece, line.pieces))
    match line.kind:
        case "cut":
            rule = f'<span class="rule">{_text(line.rule)}</span>'
            return f'<p class="cut" dir="auto">{rule}<del>{_text(line.text)}</del></p>'
        case "heading":
            name = f"h{min(6, max(2, line.level))}"
            return f'<{name} dir="auto">{words}</{name}>'
        case "list_item":
            return f'<li dir="auto">{words}</li>'
        case "table_row":
            return f"<tr><td>{words.replace(' | ', '</td><td>')}</td></tr>"
    name = _ELEMENTS.get(line.kind, "p")
    style = ' class="caption"' if line.kind == "caption" else ""
    return f'<{name}{style} dir="auto">{words}</{name}>'


def _piece(piece: Fragment) -> str:
    words = _text(piece.text)
    if (cut := piece.mark(CUT)) is not None:
        return f'<span class="rule">{_text(cut.label)}</span><del>{words}</del>'
    for mark in reversed(piece.marks):
        if mark.kind == LINKS:
            words = f'<a href="{_text(mark.label)}" rel="noreferrer noopener nofollow">{words}</a>'
        else:
            title = f"{_words_of(mark.kind)}: {_text(mark.label)}" if mark.label else _words_of(mark.kind)
            words = f'<mark class="{_mark_class(mark.kind)}" title="{title}">{words}</mark>'
    return words


def _section(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of names and values, both HTML; nothing where it is empty."""
    if rows:
        yield f'<section><h2 class="part">{title}</h2><table><tbody>'
        yield from (f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
        yield "</tbody></table></section>"


def _cuts(article: Article) -> list[tuple[str, str]]:
    sizes: Counter[str] = Counter()
    counts = Counter(action.rule for action in article.cleaning_actions)
    for action in article.cleaning_actions:
        sizes[action.rule] += action.end - action.start
    return [(_text(rule), f"{count:,} × · {sizes[rule]:,} code points") for rule, count in counts.most_common()]


def _links(article: Article) -> list[tuple[str, str]]:
    return [(_text(article.text[link.start : link.end]), _link(link.url)) for link in article.links]


def _images(images: Iterable[ImageObject]) -> list[tuple[str, str]]:
    found = []
    for number, image in enumerate(images, 1):
        about = [("caption", image.caption), ("credit", image.credit), ("alt", image.alt)]
        words = "".join(f"<br>{name}: {_text(value)}" for name, value in about if value)
        found.append((str(number), f"{_link(image.url)}{words}"))
    return found


def _dates(candidates: Iterable[DateCandidate]) -> list[tuple[str, str]]:
    return [
        (_text(one.source), f"{_text(one.raw)} → {json_date(one.instant) if one.instant else 'cannot be read'}")
        for one in candidates
    ]
