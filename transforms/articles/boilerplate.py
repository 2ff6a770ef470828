"""Paragraphs of a news site that are not part of an article.

Every rule matches a whole paragraph, and a short one, so that a sentence that merely mentions a newsletter stays.
"""

import re

_LONGEST = 320

_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|mei|jun|jul|aug|sep|oct|okt|out|nov|dec|dez|dic|déc|fév|avr|juin|juil|ao[uû]t|"
    r"ene|abr|ago|"
    r"gen|mag|giu|lug|set|ott|fev|maa|mrt)\w{0,7}\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s*(?:de\s+)?{_MONTH},?(?:\s+(?:de\s+)?\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:st|"
    rf"nd|rd|th)?,?\s+\d{{4}}|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})"
)
_TIME = r"(?:\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr|h|uur|ore)?|\d{1,2}\s*(?:[ap]\.?m\.?|uhr))"
_WHEN = (
    r"(?:first\s+|last\s+|zuletzt\s+|dernière\s+)?(?:published|updated|posted|modified|created|date|aktualisiert|"
    r"veröffentlicht(?:\s+am)?|stand|"
    r"publié(?:e)?(?:\s+le)?|mis(?:e)? à jour(?:\s+le)?|mise à jour|modifié(?:\s+le)?|publicado(?:\s+em)?|actualizado|"
    r"actualización|pubblicato(?:\s+il)?|"
    r"aggiornato(?:\s+il)?|gepubliceerd(?:\s+op)?|bijgewerkt|laatste update|atualizado(?:\s+em)?)"
)
_DAY = (
    r"(?:mon|diens|donners|frei|sams|sonn)tag|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|mittwoch|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
# Atomic: a word that was taken is not given back. Where one word begins another, the longer stands first.
_ONLY_DATE = re.compile(
    rf"(?:(?>{_WHEN}|{_DATE}|{_TIME}|{_DAY}|\b(?:on|at|am|um|le|à|el|a las|il y a|il|alle|op|om|and|et|und|by|"
    rf"gmt|utc|est|edt|pst|pdt|bst|cet|cest|ist|et|pt|"
    r"ago|vor|hace|fa|geleden|uhr)\b|\d{1,2}\s+(?:min(?:ute)?s?|minuten?|hours?|stunden?|heures?|horas?|days?|"
    r"tagen?)\b|[\s,.:;|•·\-–—/()]))+",
    re.IGNORECASE,
)
_READING_TIME = re.compile(
    r"(?:reading time|lesezeit|lesedauer|temps de lecture|lecture|tiempo de lectura|tempo di lettura|leestijd|"
    r"tempo de leitura)?\W*+"
    r"(?:~|ca\.?|about|etwa)?\s*\d{1,2}\s*[-–]?\s*(?:min(?:ute|uten|uti|utos)?s?\.?)\s*(?:read|lesezeit|lesedauer|"
    r"de lecture|de lectura|di lettura|"
    r"leestijd|reading time|listen|read time|lesen)?\W*",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\W*+(?:(?:written|story|text|words|photos?|pictures|fotos?|video|report|reporting|reviewed|edited|compiled|"
    r"medically reviewed)\s+)?"
    r"(?:by|von|par|por|di|door|de|text|texte|testo|autor(?:in|en)?|auteur|autore|author|"
    r"written by)\W+(?P<rest>.{3,90})",
    re.IGNORECASE,
)

_LINKS = re.compile(
    r"(?:see also|read (?:also|more|next|on)|also read|more (?:on this(?: story| topic)?|from .{3,40}|stories|news|"
    r"about .{3,40})|related(?:\s+(?:articles?|"
    r"stories|posts?|topics?|content|links?|reading|news|coverage))?|recommended(?:\s+(?:for you|articles?|stories|"
    r"videos?|reading))?|"
    r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|most (?:read|popular|viewed)|trending(?: now)?|"
    r"editors?['’]?s? picks?|up next|top stories|"
    r"latest news|don['’]t miss|topics|tags|in this article|explore more(?: on these topics)?|"
    r"auch interessant|mehr zum thema|lesen sie (?:auch|mehr|dazu)|lesen sie auch diese artikel|"
    r"das könnte sie auch interessieren|weitere (?:artikel|themen|"
    r"nachrichten|links)|ähnliche(?: artikel)?|empfohlene artikel|themen|schlagworte|lesetipps?|zum thema|"
    r"mehr (?:dazu|von .{3,30})|verwandte (?:themen|artikel)|"
    r"meistgelesen|"
    r"à lire aussi|lire aussi|à lire|voir aussi|sur le même (?:sujet|thème)|articles liés|nos (?:derniers )?articles|"
    r"mots[- ]clés|"
    r"lea también|leer también|te puede interesar|le puede interesar|más información|más noticias|"
    r"noticias relacionadas|temas|etiquetas|archivado en|"
    r"leggi anche|potrebbe interessarti|articoli correlati|ti potrebbe interessare|argomenti|"
    r"lees (?:ook|meer|verder)|meer over|gerelateerd|leia (?:também|mais)|veja também|czytaj (?:więcej|też|także)|"
    r"zobacz też|etiketler|läs (?:mer|också)|les også)"
    r"\s*[:.…>»→]*",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\W*+(?:(?:see also|read (?:also|more|next)|also read|more|related|watch|listen|must read|in case you missed it|"
    r"dig deeper|go deeper|"
    r"lesen sie (?:auch|hier|dazu|mehr)|lesen sie (?:dazu )?auch|mehr zum thema|auch interessant|interaktiv|zum thema|"
    r"(?:à )?lire (?:aussi|également)|voir aussi|lea también|lee también|leer más|leggi anche|lees ook|leia também|"
    r"leia mais|czytaj też)"
    r"\s*[:|►▶→>-]+\s*\S.*|(?:click here|klicken sie hier|cliquez ici|haga clic aquí|clicca qui|klik hier)\b.{0,160})",
    re.IGNORECASE,
)
_UPPER_POINTER = re.compile(
    r"(?:READ(?: MORE| ALSO| NEXT)?|ALSO READ|MORE|RELATED|WATCH|SEE ALSO|NOW READ|LEES OOK|LIRE AUSSI|"
    r"LESEN SIE AUCH)\s*[:|]?\s+\S.*"
)
_LABEL = re.compile(
    r"(?:advertise?ments?|advertisement\s*[-–].{0,40}|sponsored(?: content| links?)?|promoted|ad(?: feedback)?|"
    r"paid (?:content|post)|"
    r"(?:story|article) (?:continues|content)(?: below)?.{0,30}|continue reading(?: below)?(?: the main story)?|"
    r"skip (?:to|past) .{3,40}|scroll (?:down )?(?:to|for) .{3,40}|"
    r"anzeige|werbung|-\s*anzeige\s*-|publicité|publicidad|pubblicità|advertentie|reklame|reklama|annons|"
    r"share(?: this)?(?: (?:article|story|post|page|on .{2,30}|via .{2,30}))?|share (?:full article|by email)|"
    r"(?:artikel |beitrag )?teilen(?: auf .{2,20})?|partager(?: (?:l['’]article|sur .{2,20}))?|"
    r"compartir(?: en .{2,20})?|condividi(?: su .{2,20})?|delen(?: via .{2,20})?|compartilhar|copy link|"
    r"link copied!?|link kopieren|copier le lien|copiar enlace|copia link|"
    r"(?:tweet|facebook|twitter|x|whatsapp|linkedin|e-?mail|pinterest|reddit|telegram|flipboard|print|drucken|"
    r"imprimer|pocket|xing|messenger|bluesky|threads|mastodon|"
    r"instagram|tiktok|youtube|snapchat|copy|link|sms|more|save|bookmark|pdf|\s|[,/|•·+&-])+|"
    r"(?:\d+\s*)?(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties|views?|"
    r"shares?)(?:\s*\(?\d+\)?)?|(?:leave|post|add|write) a (?:comment|reply)|"
    r"join the (?:conversation|discussion)|join our commenting forum|view comments|show comments|kommentieren|"
    r"log ?in|sign (?:in|up)(?: or .{3,40})?|register|subscribe(?: now| today)?|"
    r"anmelden|abonnieren|s['’]abonner|suscríbete|suscribete|abbonati|abonneren|menu|search|home|close|schließen|"
    r"fermer|cerrar|chiudi|sluiten|embed|image|photo|video|gallery|"
    r"play video|recommended videos?|listen to (?:this )?(?:article|story).{0,40}|artikel anhören|"
    r"écouter (?:l['’]article|cet article)|loading\W*|wird geladen\W*|back to top|nach oben|"
    r"externer inhalt(?: nicht verfügbar)?|article content|article body|download(?: pdf)?|"
    r"key (?:takeaways? )?points?:?|"
    r"article réservé aux abonnés|this article is more than \d+ (?:years?|months?) old|report (?:a )?(?:typo|error|"
    r"an error)|fehler melden|this is a breaking news? story.{0,60}|"
    r"e-?mail this|print this|view gallery|view image|show more|load more|mehr anzeigen|voir plus|ver más|"
    r"mostra altro|toon meer|follow)\W*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:image(?: credit| source| caption)?s?|photo(?:graph)?s?(?: credit| by| courtesy(?: of)?)?|"
    r"picture(?: credit)?s?|credit|foto(?:s|graf)?|bild(?:quelle|nachweis)?|quelle|crédit(?:s)? ?(?:photo)?|"
    r"photo de|imagen|crédito|fotografía|illustration|graphic|beeld|video)\s*[:©/]\s*[^.!?]{2,90}|©\s*[^.!?]{2,90}|"
    r"[^.!?:\d]{2,60}(?:/|\bvia\b|\s\|\s)\s*(?:getty(?: images)?|reuters|afp|ap(?: photo)?|epa|dpa|imago(?: images)?|"
    r"shutterstock|picture[- ]alliance|alamy|istock|unsplash|keystone|anp|belga|efe|ansa|apa)"
    r"[^.!?]{0,40}|\(?(?:getty images|shutterstock|reuters|istock(?:photo)?|imago|picture[- ]alliance|unsplash)\)?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:copyright\s*(?:©|\(c\))?|©)\s*.{0,20}(?:19|20)\d\d.{0,160}|.{0,60}\ball rights reserved\b.{0,80}|"
    r".{0,80}\balle rechte vorbehalten\b.{0,40}|"
    r".{0,60}\btous droits réservés\b.{0,40}|.{0,60}\b(?:todos los )?derechos reservados\b.{0,40}|"
    r".{0,60}riproduzione riservata.{0,40}|alle rechten voorbehouden.{0,40}",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\W*+(?:(?:please )?(?:sign up|subscribe|register)\b.{0,60}\b(?:newsletter|inbox|e-?mail|alerts?|briefing|"
    r"for free|to continue|to read|channel|podcast|account|updates)\b.{0,140}"
    r"|(?:get|receive)\b.{0,80}\b(?:newsletter|delivered|(?:to|in) your inbox)\b.{0,120}"
    r"|(?:please )?(?:sign in|log in|login|register|create (?:a free|an) account)\b.{0,80}\b(?:to (?:continue|"
    r"comment|read|view|save)|account)\b.{0,100}"
    r"|(?:follow|like|find|join)\s+(?:us|me|[\w .@'’-]{2,50})\s+on\s+(?:facebook|twitter|x\b|instagram|linkedin|"
    r"whatsapp|telegram|tiktok|google|threads|bluesky|youtube|social).{0,160}"
    r"|download (?:the|our)\b.{0,40}\bapp\b.{0,100}|click here to (?:get|read|sign|subscribe|download|join|watch|"
    r"see).{0,120}"
    r"|(?:this|our) (?:article|post|page|site|story) (?:may )?contains? affiliate links.{0,160}|(?:we|"
    r"buying through).{0,60}\b(?:earn|receive) (?:an? )?(?:affiliate )?commission.{0,120}"
    r"|(?:want|would you like) to (?:comment|read more).{0,100}|would you like to comment on this article\W*|"
    r"do you have a (?:story|tip).{0,120}|got a (?:story|tip).{0,100}"
    r"|(?:to )?enable javascript.{0,120}|.{0,40}your browser (?:does not|doesn['’]t) support.{0,100}|this (?:video|"
    r"content|browser) (?:is|can(?:not|['’]t)).{0,20}(?:available|played|supported|be played).{0,60}"
    r"|for more (?:stories|news) like this.{0,80}|get in touch with our news team.{0,100}|thank you for (?:reading|"
    r"subscribing|visiting)\b.{0,100}"
    r"|(?:jetzt|hier)\b.{0,60}\b(?:newsletter|abonnieren|anmelden|testen)\b.{0,80}|abonnieren sie\b.{0,160}|"
    r"(?:melden sie sich|registrieren sie sich).{0,140}"
    r"|folge(?:n sie)?\b.{0,40}\b(?:auf|bei)\s+(?:facebook|twitter|x\b|instagram|whatsapp|telegram|tiktok|linkedin|"
    r"google).{0,100}|.{0,60}\bnewsletter\b.{0,60}\b(?:anmelden|abonnieren|bestellen)\b.{0,60}"
    r"|folgst du schon .{3,60}|zur anzeige aktiviere.{0,160}|deine privatsphäre-einstellungen.{0,260}|"
    r"wie hat ihnen dieser artikel gefallen\W*|durchschnittliche bewertung.{0,40}"
    r"|(?:inscrivez-vous|abonnez-vous|recevez)\b.{0,160}|suivez[- ](?:nous|toute).{0,120}|"
    r"il vous reste \d.{0,60}article à lire.{0,80}|(?:cet )?article (?:est )?réservé aux abonnés.{0,80}"
    r"|(?:suscríbete|suscríbase|regístrate|apúntate)\b.{0,160}|síguenos\b.{0,120}|"
    r"esta funcionalidad es sólo para suscriptores.{0,40}|recibe .{0,60}newsletter.{0,80}"
    r"|(?:iscriviti|abbonati)\b.{0,160}|seguici\b.{0,120}|(?:schrijf je in|meld je aan|abonneer)\b.{0,160}|"
    r"volg ons\b.{0,100}|(?:assine|inscreva-se|cadastre-se|siga)\b.{0,20}\b(?:newsletter|canal|no |nosso).{0,120}"
    r"|the post .{2,200} (?:first )?appeared (?:first )?on .{2,80}|dieser (?:beitrag|"
    r"artikel) .{0,200}erschien zuerst (?:auf|bei) .{2,80}"
    r"|(?:continue reading|weiterlesen|lire la suite|seguir leyendo|continua a leggere|leer más|lees verder)\b.{0,120}"
    r"|mit (?:dpa|material von .{2,30}|afp|reuters|agenturmaterial)\W*)",
    re.IGNORECASE,
)


def is_dateline(line: str, key: str, people: list[str]) -> bool:
    """Return whether a line holds nothing but a byline, a date or a reading time.

    Args:
        line: one paragraph.
        key: its letters and digits, case folded.
        people: the authors, in the form of ``key``.
    """
    return name_credit_line(line, key, people) is not None


def name_credit_line(line: str, key: str, people: list[str]) -> str | None:
    """Return the rule that removes a line of nothing but a byline, a date or a reading time; arguments as above."""
    if len(line) > 140:
        return None
    if _ONLY_DATE.fullmatch(line) and re.search(r"\d|published|updated", line, re.IGNORECASE):
        return "credits.date"
    if _READING_TIME.fullmatch(line):
        return "credits.reading_time"
    if any(
        person and (key == person or (len(key) - len(person) < 30 and person in key and line[-1] not in '.!?”"'))
        for person in people
    ):
        return "credits.byline"
    match = _BYLINE.fullmatch(line)
    if match is None or line[-1] in "!?:":
        return None
    words = match["rest"].split()
    is_byline = (
        len(words) <= 9
        and bool(words)
        and words[0][0].isupper()
        and sum(word[0].isupper() or not word[0].isalpha() for word in words) * 3 >= 2 * len(words)
    )
    return "credits.byline" if is_byline else None


def find_byline(lines: list[str]) -> str | None:
    """Find the first of some lines that is a byline, as "By Jane Roe" or "Von Jane Roe"."""
    for line in lines:
        match = _BYLINE.fullmatch(line) if len(line) <= 100 else None
        if (
            match is not None
            and line[-1] not in "!?:."
            and is_dateline(line, "", [])
            and len(match["rest"].split()) <= 7
        ):
            return line
    return None


def opens_link_list(line: str) -> bool:
    """Return whether a line is the heading of a list of links to other articles.

    >>> opens_link_list("Read more:"), opens_link_list("Read more books, she said.")
    (True, False)
    """
    return len(line) < 60 and _LINKS.fullmatch(line) is not None


def is_boilerplate(line: str) -> bool:
    """Return whether a line is a label, a share bar, a credit or a copyright notice."""
    if len(line) > 200:
        return False
    return bool(_LABEL.fullmatch(line) or _CREDIT.fullmatch(line) or _COPYRIGHT.fullmatch(line))


def asks_for_action(line: str) -> bool:
    """Return whether a line calls to subscribe, follow, comment or read something else.

    >>> asks_for_action("Sign up to our newsletter to get the week in one mail.")
    True
    """
    if len(line) > _LONGEST:
        return False
    return _CALL.fullmatch(line) is not None or (
        len(line) < 200 and (_POINTER.fullmatch(line) is not None or _UPPER_POINTER.fullmatch(line) is not None)
    )


def name_boilerplate(line: str) -> str | None:
    """Return the rule that removes a label, share bar, credit, copyright notice or call; None for other lines."""
    if len(line) <= 200:
        if _LABEL.fullmatch(line):
            return "boilerplate.label"
        if _CREDIT.fullmatch(line):
            return "boilerplate.photo_credit"
        if _COPYRIGHT.fullmatch(line):
            return "boilerplate.copyright"
    return "boilerplate.subscribe" if asks_for_action(line) else None
