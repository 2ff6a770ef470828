"""Written pages of news sites: articles of many shapes, and fronts, videos, forms and other pages.

Six families of markup, six languages, eleven shapes of articles and thirteen of other pages. Names, events and
prose are invented. The same call gives the same pages, whatever was made before.
"""

# ruff: noqa: E501 - markup is easier to read in one line

import html
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LANGUAGES = ("en", "de", "fr", "es", "ru", "ja")


class KindPage(NamedTuple):
    """One page and what it is."""

    name: str
    family: str
    language: str
    shape: str
    type: str
    """As PageType.type; 'article' and 'live_blog' are to be kept."""
    url: str | None
    body: bytes


_WORDS: dict[str, dict[str, list[str]]] = {
    "en": {
        "who": ["Mara Ellwood", "Tobin Karst", "Ines Calloway", "Peder Holm", "Ruth Abney", "Silas Venn", "Oona Marsh",
            "Gareth Loam", "Dilys Corran", "Amos Frey"],
        "where": ["Ellery", "Port Sallow", "Hartsmere", "Quill Bay", "Lower Dunning", "Ostwick", "Farrow Hill"],
        "what": ["the harbour bridge", "the tram depot", "the school budget", "the flood barrier", "the old mill",
            "the night bus", "the regional hospital", "the wind farm", "the public library", "the fishing quota"],
        "body": ["the council", "the harbour board", "the county court", "the transport office", "the teachers’ union"],
        "s": [
            "{who} said on Tuesday that {what} would cost {n} million more than planned.",
            "{body} voted {n} to {m} to close {what} until the end of the year.",
            "Residents of {where} have waited {m} years for an answer, and many of them are tired of waiting.",
            "“We were never asked,” said {who}, who has lived in {where} since {year}.",
            "A report that {body} published last week found {n} faults in {what}.",
            "Nobody was hurt when part of {what} collapsed in {where} shortly after midnight.",
            "The decision surprised even those who had argued for it since the spring of {year}.",
            "In {where} the mayor, {who}, promised that the work on {what} would begin before the winter.",
            "Figures from {body} show that {n} per cent of the money has already been spent.",
            "By the afternoon some {n} people had gathered in front of the town hall.",
            "It is the third time in {m} years that {what} has been put up for sale.",
            "{who}, an engineer from {where}, called the plan brave but badly timed.",
            "What happens next depends on the court, which is expected to rule within {n} days.",
            "The opposition in {where} wants a referendum, although its own members disagree about the question.",
        ],
        "t": ["{where} votes against {what}", "Why {what} will cost {n} million more", "{who}: “We were never asked”",
            "{n} hurt as storm reaches {where}", "What {body} decided on Tuesday", "{what} closes for {m} months"],
        "ui": ["Home|Politics|Sport|Business|Culture|Weather|Opinion|Contact|Imprint|Privacy", "Read more", "By",
            "Related stories", "Subscribe to our newsletter", "Search", "Log in", "Password", "Forgot your password?",
            "Page not found", "The page you are looking for may have been moved or deleted.", "results for",
            "Share", "Comments", "Add to cart", "Reply", "Next", "Photo", "Video", "Ingredients", "Verdict", "Editor",
            "Remember me", "Latest news", "Most read", "Upcoming events"],
    },
    "de": {
        "who": ["Hanna Brückner", "Jost Wendelin", "Karla Ohmstede", "Ulf Tiedgen", "Meike Sander", "Bruno Falk",
            "Tilda Rausch", "Arne Lohse", "Edith Quast", "Linus Hartwig"],
        "where": ["Elmsbüll", "Niederquell", "Hafenrode", "Wiesenau", "Altmoor", "Birkenfurt", "Steinlach"],
        "what": ["die Hafenbrücke", "das Straßenbahndepot", "der Schulhaushalt", "die Hochwasserwand", "die alte Mühle",
            "der Nachtbus", "das Kreiskrankenhaus", "der Windpark", "die Stadtbücherei", "die Fangquote"],
        "body": ["der Gemeinderat", "die Hafenbehörde", "das Landgericht", "das Verkehrsamt", "die Lehrergewerkschaft"],
        "s": [
            "{who} sagte am Dienstag, das Vorhaben werde {n} Millionen Euro teurer als geplant.",
            "Mit {n} zu {m} Stimmen fiel am Abend die Entscheidung, um die in {where} lange gerungen worden war.",
            "Die Bewohner von {where} warten seit {m} Jahren auf eine Antwort, und viele haben die Geduld verloren.",
            "„Uns hat niemand gefragt“, sagt {who}, seit {year} in {where} zu Hause.",
            "Ein Gutachten aus der vergangenen Woche zählt {n} Mängel auf, darunter {m} schwere.",
            "Verletzt wurde niemand, als kurz nach Mitternacht in {where} ein Teil der Mauer einstürzte.",
            "Der Beschluss überraschte selbst jene, die seit dem Frühjahr {year} dafür geworben hatten.",
            "In {where} versprach {who} als Bürgermeister, dass die Arbeiten noch vor dem Winter beginnen.",
            "Nach Zahlen der Behörde sind {n} Prozent der Mittel schon ausgegeben.",
            "Bis zum Nachmittag versammelten sich etwa {n} Menschen vor dem Rathaus.",
            "Zum dritten Mal in {m} Jahren steht das Gelände nun zum Verkauf.",
            "{who}, Ingenieurin aus {where}, nennt den Plan mutig, aber zur falschen Zeit vorgelegt.",
            "Wie es weitergeht, hängt vom Gericht ab, das binnen {n} Tagen entscheiden will.",
            "Die Opposition in {where} verlangt einen Bürgerentscheid, ist sich über die Frage aber nicht einig.",
        ],
        "t": ["{where} stimmt gegen den Umbau", "Warum {what} {n} Millionen mehr kostet", "{who}: „Uns fragt niemand“",
            "Sturm erreicht {where}: {n} Verletzte", "Was {body} am Dienstag beschloss", "{what} bleibt {m} Monate zu"],
        "ui": ["Start|Politik|Sport|Wirtschaft|Kultur|Wetter|Meinung|Kontakt|Impressum|Datenschutz", "Weiterlesen",
            "Von", "Mehr zum Thema", "Newsletter abonnieren", "Suche", "Anmelden", "Passwort", "Passwort vergessen?",
            "Seite nicht gefunden", "Die gesuchte Seite wurde verschoben oder gelöscht.", "Treffer für",
            "Teilen", "Kommentare", "In den Warenkorb", "Antworten", "Weiter", "Foto", "Video", "Zutaten", "Fazit",
            "Redaktion", "Angemeldet bleiben", "Neueste Meldungen", "Meistgelesen", "Termine"],
    },
    "fr": {
        "who": ["Maëlle Corvin", "Basile Thérond", "Odette Lauzan", "Régis Pommeral", "Salomé Vautrin", "Gaspard Ilot",
            "Noémie Brassac", "Yvon Ferrandi", "Clarisse Mounet", "Anselme Duroy"],
        "where": ["Saint-Orven", "Port-Lauzan", "Villemaure", "Chantebrise", "Les Ormeaux", "Belquerque", "Montferrand"],
        "what": ["le pont du port", "le dépôt des trams", "le budget des écoles", "la digue", "le vieux moulin",
            "le bus de nuit", "l’hôpital régional", "le parc éolien", "la bibliothèque", "le quota de pêche"],
        "body": ["le conseil municipal", "l’autorité du port", "le tribunal", "l’office des transports", "le syndicat"],
        "s": [
            "{who} a déclaré mardi que le projet coûterait {n} millions d’euros de plus que prévu.",
            "Par {n} voix contre {m}, les élus de {where} ont choisi de fermer le site jusqu’à la fin de l’année.",
            "Les habitants de {where} attendent une réponse depuis {m} ans, et beaucoup se disent lassés.",
            "« Personne ne nous a consultés », regrette {who}, installée à {where} depuis {year}.",
            "Un rapport publié la semaine dernière relève {n} défauts, dont {m} jugés graves.",
            "Personne n’a été blessé lorsqu’un mur s’est effondré à {where} peu après minuit.",
            "La décision a surpris jusqu’à ceux qui la défendaient depuis le printemps {year}.",
            "À {where}, le maire, {who}, a promis que les travaux commenceraient avant l’hiver.",
            "Selon les chiffres de l’administration, {n} % des fonds ont déjà été dépensés.",
            "Dans l’après-midi, quelque {n} personnes s’étaient rassemblées devant la mairie.",
            "C’est la troisième fois en {m} ans que le terrain est mis en vente.",
            "{who}, ingénieure à {where}, juge le plan courageux mais mal préparé.",
            "La suite dépend du tribunal, qui doit se prononcer dans un délai de {n} jours.",
            "À {where}, l’opposition réclame un référendum, sans s’accorder sur la question à poser.",
        ],
        "t": ["{where} rejette le projet", "Pourquoi {what} coûtera {n} millions de plus", "{who} : « Personne ne nous "
            "écoute »", "Tempête à {where} : {n} blessés", "Ce que {body} a décidé mardi", "{what} fermé {m} mois"],
        "ui": ["Accueil|Politique|Sport|Économie|Culture|Météo|Opinions|Contact|Mentions légales|Confidentialité",
            "Lire la suite", "Par", "Sur le même sujet", "Recevez notre lettre", "Recherche", "Connexion",
            "Mot de passe", "Mot de passe oublié ?", "Page introuvable", "Cette page a été déplacée ou n’existe plus.",
            "résultats pour", "Partager", "Commentaires", "Ajouter au panier", "Répondre", "Suivant", "Photo", "Vidéo",
            "Ingrédients", "Notre avis", "Rédaction", "Se souvenir de moi", "Dernières nouvelles", "Les plus lus",
            "Agenda"],
    },
    "es": {
        "who": ["Lucía Arbeloa", "Teo Marchena", "Inés Castrillo", "Bruno Olmedilla", "Nerea Vidaurre", "Saúl Peñaranda",
            "Amparo Quiroga", "Darío Belmar", "Rocío Zubeldia", "Hugo Lantero"],
        "where": ["Puertosal", "Villaquieta", "San Orleo", "Valdehierro", "Las Almenas", "Campoluna", "Ribadulla"],
        "what": ["el puente del puerto", "la cochera de tranvías", "el presupuesto escolar", "el dique", "el molino",
            "el autobús nocturno", "el hospital comarcal", "el parque eólico", "la biblioteca", "la cuota de pesca"],
        "body": ["el ayuntamiento", "la autoridad portuaria", "el tribunal", "la oficina de transportes", "el sindicato"],
        "s": [
            "{who} declaró el martes que la obra costará {n} millones de euros más de lo previsto.",
            "Por {n} votos contra {m}, los concejales de {where} acordaron cerrar el recinto hasta fin de año.",
            "Los vecinos de {where} esperan una respuesta desde hace {m} años, y muchos están cansados de esperar.",
            "«Nadie nos preguntó», lamenta {who}, que vive en {where} desde {year}.",
            "Un informe publicado la semana pasada enumera {n} fallos, de los que {m} son graves.",
            "Nadie resultó herido cuando una parte del muro se derrumbó en {where} poco después de medianoche.",
            "La decisión sorprendió incluso a quienes la defendían desde la primavera de {year}.",
            "En {where}, la alcaldesa, {who}, prometió que los trabajos comenzarán antes del invierno.",
            "Según cifras oficiales, el {n} por ciento del dinero ya se ha gastado.",
            "Por la tarde, unas {n} personas se habían reunido delante del ayuntamiento.",
            "Es la tercera vez en {m} años que el terreno sale a la venta.",
            "{who}, ingeniera de {where}, considera el plan valiente pero inoportuno.",
            "Lo que ocurra ahora depende del tribunal, que debe pronunciarse en un plazo de {n} días.",
            "La oposición de {where} pide una consulta, aunque no se pone de acuerdo en la pregunta.",
        ],
        "t": ["{where} rechaza la obra", "Por qué {what} costará {n} millones más", "{who}: «Nadie nos preguntó»",
            "El temporal llega a {where}: {n} heridos", "Lo que decidió {body} el martes", "{what} cierra {m} meses"],
        "ui": ["Portada|Política|Deportes|Economía|Cultura|Tiempo|Opinión|Contacto|Aviso legal|Privacidad", "Leer más",
            "Por", "Noticias relacionadas", "Suscríbete al boletín", "Buscar", "Iniciar sesión", "Contraseña",
            "¿Olvidaste tu contraseña?", "Página no encontrada", "La página que busca ya no existe o ha cambiado.",
            "resultados para", "Compartir", "Comentarios", "Añadir a la cesta", "Responder", "Siguiente", "Foto",
            "Vídeo", "Ingredientes", "Conclusión", "Redacción", "Recordarme", "Últimas noticias", "Lo más leído",
            "Agenda"],
    },
    "ru": {
        "who": ["Марфа Елагина", "Тихон Карстов", "Инга Каллова", "Пётр Холмин", "Руфина Абнева", "Сила Венцов",
            "Ульяна Маршак", "Герман Ломов", "Дина Корранова", "Авдей Фреев"],
        "where": ["Елахово", "Солёный Порт", "Харцево", "Нижний Дунин", "Восток-Бор", "Фаровка", "Тихая Заводь"],
        "what": ["портовый мост", "трамвайное депо", "школьный бюджет", "защитная дамба", "старая мельница",
            "ночной автобус", "областная больница", "ветровой парк", "городская библиотека", "новый рыбный причал"],
        "body": ["городской совет", "управление порта", "окружной суд", "транспортное ведомство", "профсоюз учителей"],
        "s": [
            "{who} во вторник сообщила журналистам, что проект обойдётся на {n} миллионов дороже.",
            "За решение проголосовали {n} депутатов, против выступили {m}; объект закроют до конца года.",
            "Жители города {where} ждут ответа уже {m} лет, и многие из них устали ждать.",
            "«Нас никто не спрашивал», — говорит {who}, которая живёт здесь с {year} года.",
            "В отчёте, опубликованном на прошлой неделе, перечислены {n} недостатков, из них {m} серьёзных.",
            "Никто не пострадал, когда вскоре после полуночи обрушилась часть старой стены.",
            "Решение удивило даже тех, кто добивался его с весны {year} года.",
            "Глава города {where} обещает, что работы начнутся ещё до наступления зимы.",
            "По данным ведомства, {n} процентов выделенных денег уже потрачено.",
            "К вечеру перед зданием администрации собрались около {n} человек.",
            "За последние {m} лет участок выставляют на продажу уже в третий раз.",
            "Инженер {who} называет план смелым, но несвоевременным.",
            "Что будет дальше, зависит от суда: он должен вынести решение в течение {n} дней.",
            "Оппозиция требует провести опрос, хотя сама не может договориться о том, какой задать вопрос.",
        ],
        "t": ["{where}: депутаты отклонили проект", "Почему {what} подорожает на {n} миллионов", "{who}: «Нас не спросили»",
            "Шторм дошёл до города {where}: {n} пострадавших", "Что решил во вторник {body}", "{what} закроют на {m} месяцев"],
        "ui": ["Главная|Политика|Спорт|Экономика|Культура|Погода|Мнения|Контакты|О нас|Конфиденциальность",
            "Читать далее", "Автор:", "Читайте также", "Подпишитесь на рассылку", "Поиск", "Войти", "Пароль",
            "Забыли пароль?", "Страница не найдена", "Страница, которую вы ищете, удалена или перемещена.",
            "результатов по запросу", "Поделиться", "Комментарии", "В корзину", "Ответить", "Далее", "Фото", "Видео",
            "Ингредиенты", "Вывод", "Редакция", "Запомнить меня", "Последние новости", "Самое читаемое", "Афиша"],
    },
    "ja": {
        "who": ["江藤 麻里", "刈谷 斗真", "今川 祢子", "堀江 平太", "庵野 瑠衣", "瀬名 志郎", "丸山 於菟", "郷田 歩夢",
            "小蘭 千里", "冬木 有朋"],
        "where": ["江礼町", "塩瀬港", "波津間市", "下田貫町", "尾須戸村", "藤路ヶ丘", "静ノ浦"],
        "what": ["港の大橋", "路面電車の車庫", "学校の予算", "防潮堤", "古い水車小屋", "夜間バス", "県立病院", "風力発電所",
            "町の図書館", "漁獲枠"],
        "body": ["町議会", "港湾局", "地方裁判所", "交通局", "教員組合"],
        "s": [
            "{who}さんは火曜日、{what}の費用が予定より{n}億円増えることを明らかにした。",
            "{body}は賛成{n}、反対{m}で、{what}を年末まで閉鎖することを決めた。",
            "{where}の住民は{m}年前から答えを待っており、疲れたという声も多い。",
            "「誰にも相談されなかった」と、{year}年から{where}に住む{who}さんは話す。",
            "{body}が先週公表した報告書によると、{what}には{n}か所の不備が見つかった。",
            "午前0時すぎ、{where}で壁の一部が崩れたが、けが人はいなかった。",
            "この決定は、{year}年の春から賛成してきた人たちさえ驚かせた。",
            "{where}の町長は、冬が来る前に{what}の工事を始めると約束した。",
            "{body}の資料では、すでに予算の{n}％が使われている。",
            "夕方までに、役場の前にはおよそ{n}人が集まった。",
            "{what}が売りに出されるのは、この{m}年で3度目になる。",
            "{where}の技術者、{who}さんは「思い切った計画だが、時期が悪い」とみている。",
            "今後の行方は、{n}日以内に出る見通しの裁判所の判断にかかっている。",
            "反対派は住民投票を求めているが、何を問うかでは意見が割れている。",
        ],
        "t": ["{where}、{what}の建て替えに反対", "{what}はなぜ{n}億円も高くなるのか", "{who}さん「誰にも相談されなかった」",
            "{where}に暴風、{n}人けが", "{body}が火曜日に決めたこと", "{what}、{m}か月閉鎖へ"],
        "ui": ["トップ|政治|スポーツ|経済|文化|天気|社説|お問い合わせ|会社概要|プライバシー", "続きを読む", "文・",
            "関連記事", "メールマガジンに登録", "検索", "ログイン", "パスワード", "パスワードをお忘れの方",
            "ページが見つかりません", "お探しのページは移動または削除された可能性があります。", "件の検索結果", "共有する", "コメント",
            "カートに入れる", "返信", "次へ", "写真", "動画", "材料", "まとめ", "編集部", "ログイン状態を保存する", "新着ニュース",
            "アクセスランキング", "イベント情報"],
    },
}  # fmt: skip
_LATIN = str.maketrans(dict(zip(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".replace("_", "").split(" "), strict=True,
)))  # fmt: skip
_UI = (
    "menu more by related newsletter search login password forgot missing moved results share comments cart reply next "
    "photo video ingredients verdict editor remember latest most_read events"
).split()

# Every family gives the same pieces in its own markup; {…} are filled in. A family leaves out what it does not have.
_FAMILIES: dict[str, dict[str, str]] = {
    "semantic": {
        "body": "<body>",
        "header": "<header role=banner><a href=/ class=logo>{site}</a><nav><ul>{menu}</ul></nav>{search}</header>",
        "menu": "<li><a href='/{slug}'>{text}</a></li>",
        "search": "<form role=search action=/search><input type=search name=q><button>{text}</button></form>",
        "main": "<main>{text}</main>",
        "aside": "<aside><h2>{title}</h2>{text}</aside>",
        "footer": "<footer><nav><ul>{menu}</ul></nav><p>© 2026 {site}</p></footer>",
        "article": "<article>{text}</article>",
        "h1": "<h1>{text}</h1>",
        "deck": "<p class=standfirst>{text}</p>",
        "byline": "<p class=byline>{by} <a rel=author href='/author/{slug}'>{who}</a> <time datetime='{iso}'>{day}</time></p>",
        "content": "<div class=article-body>{text}</div>",
        "p": "<p>{text}</p>",
        "h2": "<h2>{text}</h2>",
        "list": "<ul>{text}</ul>",
        "item": "<li>{text}</li>",
        "figure": "<figure><img src='/i/{n}.jpg' alt=''><figcaption>{text}</figcaption></figure>",
        "cards": "<section class=stories>{text}</section>",
        "card": "<article class=teaser><a href='{url}'><img src='/i/{n}.jpg' alt=''></a><h3><a href='{url}'>{title}</a></h3>"
        "<p>{text}</p><time datetime='{iso}'>{day}</time></article>",
        "line": "<li><a href='{url}'>{title}</a> <time datetime='{iso}'>{day}</time></li>",
        "pages": "<nav class=pagination><a href='?page=1'>1</a> <a href='?page=2'>2</a> <a href='?page=3'>3</a> "
        "<a rel=next href='?page=2'>{text}</a></nav>",
        "player": "<div class=video-player><video src='/v/{n}.mp4' controls></video></div>",
        "sound": "<div class=audio-player><audio src='/a/{n}.mp3' controls></audio></div>",
        "live": "<article class=live-entry><time datetime='{iso}'>{clock}</time><h3>{title}</h3>{text}</article>",
        "comment": "<article class=comment><h4>{who}</h4><time>{day}</time><p>{text}</p></article>",
        "form": "<form method=post class=login><label>E-mail <input name=user></label><label>{password} "
        "<input type=password name=pw></label><button>{login}</button><a href=/reset>{forgot}</a></form>",
        "buy": "<p class=price>{n},99 €</p><button class=add-to-cart>{text}</button>",
    },
    "soup": {
        "body": "<body class='bg-white font-sans text-gray-900'>",
        "header": "<div class='flex items-center px-4 h-16'><a class='font-bold' href=/>{site}</a>"
        "<div class='flex gap-4'>{menu}</div>{search}</div>",
        "menu": "<a class='px-2 text-sm hover:underline' href='/{slug}'>{text}</a>",
        "search": "<form class='ml-auto flex'><input class='border rounded px-2' name=q><button class=ml-1>{text}</button></form>",
        "main": "<div class='max-w-screen-xl mx-auto px-4'>{text}</div>",
        "aside": "<div class='w-1/3 pl-8'><div class='text-lg font-bold'>{title}</div>{text}</div>",
        "footer": "<div class='border-t mt-16 py-8 text-xs'>{menu}<div>© 2026 {site}</div></div>",
        "article": "<div class='w-2/3'>{text}</div>",
        "h1": "<h1 class='text-4xl font-bold leading-tight'>{text}</h1>",
        "deck": "<div class='text-xl text-gray-600 mt-2'>{text}</div>",
        "byline": "<div class='flex text-sm text-gray-500'><div>{by} {who}</div><div class=ml-2>{day}</div></div>",
        "content": "<div class='mt-6 space-y-4 leading-relaxed'>{text}</div>",
        "p": "<div class=mb-4>{text}</div>",
        "h2": "<div class='text-2xl font-bold mt-8'>{text}</div>",
        "list": "<div class='pl-4'>{text}</div>",
        "item": "<div class='py-1'>{text}</div>",
        "figure": "<div class='my-4'><img class='w-full rounded' src='/i/{n}.webp' alt=''><div class='text-xs'>{text}</div></div>",
        "cards": "<div class='grid grid-cols-3 gap-6'>{text}</div>",
        "card": "<div class='rounded shadow p-4'><a href='{url}'><img class=rounded src='/i/{n}.webp' alt=''>"
        "<div class='font-semibold mt-2'>{title}</div></a><div class='text-sm'>{text}</div></div>",
        "line": "<div class='flex border-b py-2'><span class='text-xs w-16'>{clock}</span><a href='{url}'>{title}</a></div>",
        "pages": "<div class='flex gap-2 mt-8'><a href='?p=1'>1</a><a href='?p=2'>2</a><a href='?p=3'>3</a><a href='?p=4'>4</a>"
        "<a href='?p=2'>{text}</a></div>",
        "player": "<div class='aspect-video bg-black'><iframe src='https://play.example/{n}' allowfullscreen></iframe></div>",
        "sound": "<div class='rounded bg-gray-100'><iframe src='https://sound.example/{n}'></iframe></div>",
        "live": "<div class='border-l-2 pl-4 py-3'><span class='text-red-600 font-mono'>{clock}</span>"
        "<div class=font-bold>{title}</div>{text}</div>",
        "comment": "<div class='flex py-4 border-b'><div class='w-8 h-8 rounded-full'></div><div><span class=font-bold>{who}</span>"
        "<div>{text}</div></div></div>",
        "form": "<form class='max-w-sm mx-auto space-y-4'><input class=border placeholder=E-mail><input class=border type=password "
        "placeholder='{password}'><button class='bg-blue-600 text-white'>{login}</button><a href=/reset>{forgot}</a></form>",
        "buy": "<div class='text-2xl'>€ {n}.50</div><button class='bg-black text-white rounded'>{text}</button>",
    },
    "wordpress": {
        "body": "<body class='{template} wp-custom-logo'>",
        "header": "<div id=page class=site><header id=masthead class=site-header><p class=site-title><a href=/>{site}</a></p>"
        "<nav id=site-navigation class=main-navigation><ul id=primary-menu class=menu>{menu}</ul></nav></header>",
        "menu": "<li class='menu-item menu-item-type-taxonomy'><a href='/category/{slug}/'>{text}</a></li>",
        "search": "<form role=search class=search-form><input class=search-field name=s><input type=submit value='{text}'></form>",
        "main": "<div id=content class=site-content><main id=primary class=site-main>{text}</main></div>",
        "aside": "<aside id=secondary class=widget-area><section class='widget widget_recent_entries'>"
        "<h2 class=widget-title>{title}</h2>{text}</section></aside>",
        "footer": "<footer id=colophon class=site-footer><ul>{menu}</ul><div class=site-info>© {site}</div></footer></div>",
        "article": "<article id=post-{n} class='post type-post status-publish hentry'>{text}</article>",
        "h1": "<header class=entry-header><h1 class=entry-title>{text}</h1></header>",
        "deck": "<p class=entry-subtitle>{text}</p>",
        "byline": "<div class=entry-meta><span class=posted-on><time class='entry-date published' datetime='{iso}'>{day}</time>"
        "</span><span class=byline> {by} <span class='author vcard'><a class='url fn n' href='/author/{slug}/'>{who}</a></span>"
        "</span></div>",
        "content": "<div class=entry-content>{text}</div>",
        "p": "<p>{text}</p>",
        "h2": "<h2 class=wp-block-heading>{text}</h2>",
        "list": "<ul class=wp-block-list>{text}</ul>",
        "item": "<li>{text}</li>",
        "figure": "<figure class='wp-block-image size-large'><img src='/wp-content/uploads/{n}.jpg' alt=''>"
        "<figcaption class=wp-element-caption>{text}</figcaption></figure>",
        "cards": "<div class=posts-list>{text}</div>",
        "card": "<article id=post-{n} class='post type-post status-publish hentry'><header class=entry-header>"
        "<h2 class=entry-title><a href='{url}' rel=bookmark>{title}</a></h2><div class=entry-meta><time datetime='{iso}'>{day}"
        "</time></div></header><div class=entry-summary><p>{text} <a class=more-link href='{url}'>{more}</a></p></div></article>",
        "line": "<li><a href='{url}'>{title}</a><span class=post-date>{day}</span></li>",
        "pages": "<nav class='navigation pagination'><div class=nav-links><span class='page-numbers current'>1</span>"
        "<a class=page-numbers href='/page/2/'>2</a><a class=page-numbers href='/page/9/'>9</a>"
        "<a class='next page-numbers' href='/page/2/'>{text}</a></div></nav>",
        "player": "<figure class='wp-block-embed is-type-video'><div class=wp-block-embed__wrapper>"
        "<iframe src='https://play.example/{n}'></iframe></div></figure>",
        "sound": "<figure class=wp-block-audio><audio controls src='/wp-content/uploads/{n}.mp3'></audio></figure>",
        "live": "<div class=liveblog-entry id=entry-{n}><span class=liveblog-meta-time>{clock}</span><h3>{title}</h3>"
        "<div class=liveblog-entry-content>{text}</div></div>",
        "comment": "<li class='comment byuser depth-1'><article class=comment-body><b class=fn>{who}</b><time>{day}</time>"
        "<div class=comment-content><p>{text}</p></div><a class=comment-reply-link href='?replytocom={n}'>{reply}</a></article></li>",
        "form": "<form name=loginform id=loginform method=post><p><label>E-mail<input name=log></label></p><p><label>{password}"
        "<input type=password name=pwd></label></p><p><input type=submit value='{login}'></p><a href='/lost'>{forgot}</a></form>",
        "buy": "<p class=price><span class='woocommerce-Price-amount amount'>{n},00 €</span></p><form class=cart>"
        "<input type=number class=qty><button class='single_add_to_cart_button button'>{text}</button></form>",
    },
    "table": {
        "body": "<body bgcolor=#ffffff>",
        "header": "<table width=100% border=0><tr><td><font size=5><a href=/>{site}</a></font></td><td>{search}</td></tr>"
        "<tr><td colspan=2>{menu}</td></tr></table>",
        "menu": "<a href='/{slug}.html'>{text}</a> | ",
        "search": "<form action=/cgi-bin/search><input name=q size=12><input type=submit value='{text}'></form>",
        "main": "<table width=960 align=center cellpadding=8><tr valign=top><td width=70%>{text}</td></tr></table>",
        "aside": "<table width=100% bgcolor=#eeeeee><tr><td><b>{title}</b></td></tr><tr><td>{text}</td></tr></table>",
        "footer": "<hr><center><font size=1>{menu}<br>Copyright 2026 {site}</font></center>",
        "article": "{text}",
        "h1": "<h1>{text}</h1>",
        "deck": "<b>{text}</b><br><br>",
        "byline": "<font size=2 color=gray>{by} {who}, {day}</font><br><br>",
        "content": "<div>{text}</div>",
        "p": "{text}<br><br>",
        "h2": "<b>{text}</b><br><br>",
        "list": "<ul>{text}</ul>",
        "item": "<li>{text}",
        "figure": "<table align=right width=200><tr><td><img src='/img/{n}.gif'></td></tr><tr><td><font size=1>{text}</font></td>"
        "</tr></table>",
        "cards": "<table width=100%>{text}</table>",
        "card": "<tr><td><img src='/img/{n}.gif' width=80></td><td><a href='{url}'><b>{title}</b></a><br>{text}<br>"
        "<font size=1>{day}</font></td></tr>",
        "line": "<tr><td>{day}</td><td><a href='{url}'>{title}</a></td></tr>",
        "pages": "<center><a href='list1.html'>1</a> <a href='list2.html'>2</a> <a href='list3.html'>3</a> "
        "<a href='list2.html'>{text} &gt;&gt;</a></center>",
        "player": "<center><object width=480 height=360><embed src='/v/{n}.swf'></object></center>",
        "sound": "<center><a href='/a/{n}.mp3'><img src=/img/play.gif></a></center>",
        "live": "<b>{clock}</b> <b>{title}</b><br>{text}<hr>",
        "comment": "<tr><td bgcolor=#dddddd width=120>{who}<br><font size=1>{day}</font></td><td>{text}</td></tr>",
        "form": "<form method=post><table><tr><td>E-mail</td><td><input name=u></td></tr><tr><td>{password}</td><td>"
        "<input type=password name=p></td></tr><tr><td></td><td><input type=submit value='{login}'> <a href=/f.html>{forgot}</a>"
        "</td></tr></table></form>",
        "buy": "<table><tr><td>EUR {n}.-</td><td><form><input type=submit value='{text}'></form></td></tr></table>",
    },
    "hashed": {
        "body": "<body><div id=__next>",
        "header": "<header class=css-1x7k2a><a class=css-9qk3 href=/>{site}</a><nav class=css-77ab><div class=css-0>{menu}</div></nav>"
        "<button class=css-b1></button></header>",
        "menu": "<a class=css-k8d2 href='/section/{slug}'>{text}</a>",
        "search": "",
        "main": "<main class=sc-a3f1><div class=sc-b77c>{text}</div></main>",
        "aside": "<div class=sc-e99a data-testid=rail><h2 class=css-q1>{title}</h2>{text}</div>",
        "footer": "<footer class=css-ff0>{menu}<span class=css-z>© 2026 {site}</span></footer></div>",
        "article": "<article class=sc-c001>{text}</article>",
        "h1": "<h1 class=css-h1aa data-testid=headline>{text}</h1>",
        "deck": "<p class=css-dk33>{text}</p>",
        "byline": "<div class=css-by88><span class=css-1n>{by} <a class=css-la href='/by/{slug}'>{who}</a></span>"
        "<time class=css-t5 datetime='{iso}'>{day}</time></div>",
        "content": "<section class=css-bd12 name=articleBody>{text}</section>",
        "p": "<div class=css-s9><p class=css-at9mc1>{text}</p></div>",
        "h2": "<h2 class=css-h2bb>{text}</h2>",
        "list": "<ul class=css-ul>{text}</ul>",
        "item": "<li class=css-li><span>{text}</span></li>",
        "figure": "<figure class=css-fg><picture><img src='https://img.example/{n}?w=600' alt=''></picture><figcaption class=css-fc>"
        "<span>{text}</span></figcaption></figure>",
        "cards": "<div class=sc-gr1d>{text}</div>",
        "card": "<div class=sc-cd44><a class=css-ln href='{url}'><div class=css-im><img src='https://img.example/{n}' alt=''></div>"
        "<h3 class=css-tt>{title}</h3><p class=css-sm>{text}</p></a><span class=css-tm>{clock}</span></div>",
        "line": "<li class=css-ml><a class=css-ln href='{url}'><span>{title}</span></a></li>",
        "pages": "<div class=css-pg><button class=css-b2>{text}</button></div>",
        "player": "<div class=css-vp data-testid=player><video class=css-v poster='/p/{n}.jpg'></video><button>Play</button></div>",
        "sound": "<div class=css-ap data-testid=audio><audio src='/a/{n}'></audio><button>Play</button></div>",
        "live": "<div class=css-lv data-testid=live-post id=post-{n}><time class=css-t5 datetime='{iso}'>{clock}</time>"
        "<h2 class=css-h2bb>{title}</h2>{text}</div>",
        "comment": "<div class=css-cm><span class=css-u>{who}</span><p class=css-ct>{text}</p><button>{reply}</button></div>",
        "form": "<form class=css-lf><input class=css-in name=email><input class=css-in type=password><button class=css-b3>{login}"
        "</button><a class=css-ln href=/reset>{forgot}</a></form>",
        "buy": "<span class=css-pr>{n},95 €</span><button class=css-b4 data-testid=add>{text}</button>",
    },
    "portal": {
        "body": "<body class='path-node page-node-type-{drupal}'>",
        "header": "<div class=region-header><div id=block-branding><a href=/ rel=home>{site}</a></div><div id=block-main-menu>"
        "<ul class='menu nav'>{menu}</ul></div></div>",
        "menu": "<li class='nav-item'><a class=nav-link href='/{slug}'>{text}</a></li>",
        "search": "<div id=block-search><form><input class=form-text><input class=form-submit type=submit value='{text}'></form></div>",
        "main": "<div class=layout-content role=main><div class=region-content>{text}</div></div>",
        "aside": "<div class='region-sidebar-second'><div class='block block-views'><h3>{title}</h3>{text}</div></div>",
        "footer": "<div class=region-footer><ul>{menu}</ul>© {site}</div>",
        "article": "<div class='node node--view-mode-full' itemscope itemtype='https://schema.org/{micro}'>{text}</div>",
        "h1": "<h1 class=page-header><span class=field--name-title itemprop=headline>{text}</span></h1>",
        "deck": "<div class='field field--name-field-lead'>{text}</div>",
        "byline": "<div class=node__submitted>{by} <span itemprop=author>{who}</span> <span itemprop=datePublished content='{iso}'>"
        "{day}</span></div>",
        "content": "<div class='field field--name-body' itemprop=articleBody>{text}</div>",
        "p": "<p>{text}</p>",
        "h2": "<h3>{text}</h3>",
        "list": "<ul>{text}</ul>",
        "item": "<li>{text}</li>",
        "figure": "<div class='field field--name-field-image'><img src='/sites/default/files/{n}.jpg' alt=''>"
        "<blockquote class=image-field-caption>{text}</blockquote></div>",
        "cards": "<div class=view-content>{text}</div>",
        "card": "<div class=views-row><div class=views-field-title><span class=field-content><a href='{url}'>{title}</a></span></div>"
        "<div class=views-field-body><div class=field-content>{text}</div></div><div class=views-field-created>{day}</div></div>",
        "line": "<div class=views-row><span class=views-field-created>{day}</span> <a href='{url}'>{title}</a></div>",
        "pages": "<nav class=pager><ul class=pager__items><li class=pager__item><a href='?page=0'>1</a></li><li class=pager__item>"
        "<a href='?page=1'>2</a></li><li class='pager__item--next'><a rel=next href='?page=1'>{text}</a></li></ul></nav>",
        "player": "<div class=field--name-field-video><iframe src='https://play.example/embed/{n}'></iframe></div>",
        "sound": "<div class=field--name-field-audio><audio controls><source src='/a/{n}.mp3'></audio></div>",
        "live": "<div class='ticker-item' id=t{n}><div class=ticker-time>{clock}</div><h3>{title}</h3>{text}</div>",
        "comment": "<div class='comment js-comment' itemscope itemtype='https://schema.org/Comment'><p class=comment__author>{who}</p>"
        "<p class=comment__time>{day}</p><div class=comment__content>{text}</div></div>",
        "form": "<form class=user-login-form method=post><div class=form-item><input name=name></div><div class=form-item>"
        "<label>{password}</label><input type=password name=pass></div><input type=submit value='{login}'><a href=/reset>{forgot}</a>"
        "</form>",
        "buy": "<div class=field--name-price>{n},00 EUR</div><form class=commerce-order-item-add-to-cart-form><button>{text}</button></form>",
    },
}  # fmt: skip
FAMILIES = tuple(_FAMILIES)
_DAYS = {"de": "{day}.{month}.2026", "ru": "{day:02}.{month:02}.2026", "ja": "2026年{month}月{day}日"}


@dataclass
class _Writer:
    """What writes the pieces of one page."""

    family: str
    language: str
    rng: random.Random
    template: str = "single single-post post-template-default"
    drupal: str = "article"
    micro: str = "NewsArticle"
    ui: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = _WORDS[self.language]
        self.ui = dict(zip(_UI, self.words["ui"], strict=True))
        self.site = (
            f"{self.pick('where')} {self.rng.choice(('Post', 'Herald', 'Kurier', 'Tribune', 'Diario', 'Blatt'))}"
        )

    def pick(self, name: str) -> str:
        return self.rng.choice(self.words[name])

    def fill(self, form: str) -> str:
        rng = self.rng
        text = form.format(
            who=self.pick("who"),
            where=self.pick("where"),
            what=self.pick("what"),
            body=self.pick("body"),
            n=rng.randint(11, 97),
            m=rng.randint(2, 10),
            year=rng.randint(1988, 2024),
        )
        return text[0].upper() + text[1:]

    def sentences(self, count: int) -> str:
        forms = self.rng.sample(self.words["s"], min(count, len(self.words["s"])))
        return ("" if self.language == "ja" else " ").join(map(self.fill, forms))

    def title(self) -> str:
        return self.fill(self.pick("t"))

    def piece(self, piece: str, text: str = "", **more: str) -> str:
        rng = self.rng
        day, month, hour, minute = rng.randint(1, 28), rng.randint(1, 12), rng.randint(6, 23), rng.randint(0, 59)
        values = {
            "text": text,
            "n": str(rng.randint(20, 99_999) if piece != "buy" else rng.randint(5, 900)),
            "iso": f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00+02:00",
            "day": _DAYS.get(self.language, "{day}/{month}/2026").format(day=day, month=month),
            "clock": f"{hour}:{minute:02}",
            "url": self.address(),
            "slug": self.slug(self.pick("who")),
            "who": self.pick("who"),
            "site": self.site,
            "template": self.template,
            "drupal": self.drupal,
            "micro": self.micro,
        }
        return _FAMILIES[self.family][piece].format(**{**values, **self.ui, **more})

    def slug(self, text: str) -> str:
        if self.language == "ja":
            return f"n{sum(place * ord(char) for place, char in enumerate(text, 1)):x}"
        text = text.lower().translate(_LATIN)
        return "-".join("".join(char if char.isalnum() else " " for char in text.lower()).split())

    def address(self) -> str:
        slug, number = self.slug(self.title()), self.rng.randint(10_000, 999_999)
        return {
            "semantic": f"/2026/05/{number % 28 + 1:02}/{slug}",
            "soup": f"/news/{slug}-{number}",
            "wordpress": f"/{slug}/",
            "table": f"/artikel/{number}.html",
            "hashed": f"/section/{slug}/{number}",
            "portal": f"/node/{number}" if number % 3 else f"/{slug}",
        }[self.family]

    def menu(self) -> str:
        return "".join(self.piece("menu", word, slug=self.slug(word)) for word in self.ui["menu"].split("|"))

    def cards(self, count: int, teaser: int = 1) -> str:
        made = (
            self.piece("card", self.sentences(teaser) if self.rng.random() < 0.8 else "", title=self.title())
            for _ in range(count)
        )
        return self.piece("cards", "".join(made))

    def lines(self, count: int) -> str:
        return self.piece("list" if self.family != "table" else "cards",
            "".join(self.piece("line", title=self.title()) for _ in range(count)))  # fmt: skip

    def paragraphs(self, count: int, least: int = 2, most: int = 5) -> str:
        return "".join(self.piece("p", self.sentences(self.rng.randint(least, most))) for _ in range(count))

    def head(self, title: str) -> str:
        deck = self.piece("deck", self.sentences(1)) if self.rng.random() < 0.6 else ""
        byline = self.piece("byline") if self.rng.random() < 0.85 else ""
        return self.piece("h1", title) + deck + byline

    def article(self, title: str, content: str) -> str:
        return self.piece("article", self.head(title) + self.piece("content", content))

    def aside(self, count: int) -> str:
        name = self.rng.choice(("related", "latest", "most_read"))
        inner = self.cards(count) if self.rng.random() < 0.5 else self.lines(count)
        return self.piece("aside", inner, title=self.ui[name])


class _Made(NamedTuple):
    title: str
    main: str
    path: str
    types: tuple[str, ...] = ()
    """Types that JSON-LD may declare: one of them is chosen, or none."""
    og: tuple[str, ...] = ("website",)
    aside: int = 6


_ARTICLE_TYPES = ("NewsArticle", "NewsArticle", "Article", "BlogPosting", "WebPage", "")
_INDEX_TYPES = ("CollectionPage", "WebPage", "", "", "NewsArticle", "WebSite")


def _report(w: _Writer) -> _Made:
    title = w.title()
    parts = [w.paragraphs(w.rng.randint(3, 7)), w.piece("figure", w.sentences(1)), w.piece("h2", w.title())]
    return _Made(title, w.article(title, "".join([*parts, w.paragraphs(w.rng.randint(3, 9))])), w.address(),
        _ARTICLE_TYPES, ("article",), w.rng.randint(3, 12))  # fmt: skip


def _brief(w: _Writer) -> _Made:
    title = w.title()
    return _Made(title, w.article(title, w.paragraphs(w.rng.randint(1, 2))), w.address(), _ARTICLE_TYPES,
        ("article", ""), w.rng.randint(2, 14))  # fmt: skip


def _listicle(w: _Writer) -> _Made:
    title = f"{w.rng.randint(5, 12)} × {w.title()}"
    parts = [w.paragraphs(1)]
    for number in range(w.rng.randint(5, 12)):
        parts += [w.piece("h2", f"{number + 1}. {w.title()}"), w.piece("figure", w.pick("where"))]
        parts.append(w.paragraphs(w.rng.randint(1, 2), 1, 3))
    return _Made(title, w.article(title, "".join(parts)), w.address(), (*_ARTICLE_TYPES, "ItemList"), ("article",))


def _recipe(w: _Writer) -> _Made:
    title = f"{w.pick('where')}: {w.title()}"
    items = "".join(w.piece("item", f"{w.rng.randint(1, 500)} g {w.pick('what')}") for _ in range(w.rng.randint(6, 12)))
    steps = "".join(w.piece("item", w.sentences(1)) for _ in range(w.rng.randint(4, 8)))
    content = w.paragraphs(2) + w.piece("h2", w.ui["ingredients"]) + w.piece("list", items) + w.piece("list", steps)
    return _Made(title, w.article(title, content), w.address(), ("Recipe", "Recipe", "Article", ""), ("article",))


def _review(w: _Writer) -> _Made:
    title = w.title()
    facts = "".join(w.piece("item", f"{w.pick('what')}: {w.rng.randint(1, 10)}/10") for _ in range(5))
    price = f" ({w.rng.randint(20, 900)},00 €)"
    content = w.paragraphs(4) + w.piece("list", facts) + w.piece("h2", w.ui["verdict"] + price) + w.paragraphs(2)
    return _Made(title, w.article(title, content), w.address(), ("Review", "NewsArticle", "Article", ""), ("article",))


def _interview(w: _Writer) -> _Made:
    title = w.title()
    parts = [w.paragraphs(1)]
    for _ in range(w.rng.randint(6, 14)):
        parts.append(w.piece("p", f"<strong>{w.title()}?</strong>"))
        parts.append(w.paragraphs(1, 1, 4))
    return _Made(title, w.article(title, "".join(parts)), w.address(), _ARTICLE_TYPES, ("article",))


def _press_release(w: _Writer) -> _Made:
    title = w.title()
    contact = w.piece(
        "p", f"{w.ui['editor']}: {w.pick('who')}<br>{w.pick('where')}<br>+49 30 {w.rng.randint(10000, 99999)}"
    )
    return _Made(title, w.article(title, w.paragraphs(w.rng.randint(3, 6)) + contact), w.address(),
        ("NewsArticle", "WebPage", ""), ("article", "website", ""), 3)  # fmt: skip


def _many_cards(w: _Writer) -> _Made:
    title = w.title()
    more = w.piece("h2", w.ui["related"]) + w.cards(w.rng.randint(12, 30)) + w.lines(w.rng.randint(5, 15))
    return _Made(title, w.article(title, w.paragraphs(w.rng.randint(3, 6))) + more, w.address(), _ARTICLE_TYPES,
        ("article",), 12)  # fmt: skip


def _roundup(w: _Writer) -> _Made:
    """An article that is a list of links with remarks."""
    title = w.title()
    items = "".join(
        w.piece("item", f"<a href='https://other.example/{number}'>{w.title()}</a>: {w.sentences(2)}")
        for number in range(w.rng.randint(8, 16))
    )
    return _Made(
        title, w.article(title, w.paragraphs(2) + w.piece("list", items)), w.address(), _ARTICLE_TYPES, ("article",)
    )


def _with_video(w: _Writer) -> _Made:
    title = w.title()
    return _Made(title, w.article(title, w.piece("player") + w.paragraphs(w.rng.randint(4, 8))), w.address(),
        ("NewsArticle", "VideoObject", "Article", ""), ("article", "video.other"))  # fmt: skip


def _live(w: _Writer) -> _Made:
    title = f"Live: {w.title()}"
    entries = "".join(
        w.piece("live", w.paragraphs(w.rng.randint(1, 2), 1, 3), title=w.title()) for _ in range(w.rng.randint(8, 20))
    )
    return _Made(title, w.article(title, w.paragraphs(1) + entries), w.address(),
        ("LiveBlogPosting", "LiveBlogPosting", "NewsArticle", ""), ("article",))  # fmt: skip


def _front(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "home blog", "frontpage", "WebPage"
    parts = [w.piece("h1", w.site) if w.rng.random() < 0.4 else ""]
    for _ in range(w.rng.randint(3, 6)):
        parts += [
            w.piece("h2", w.rng.choice(w.ui["menu"].split("|"))),
            w.cards(w.rng.randint(4, 9), w.rng.randint(1, 2)),
        ]
    return _Made(w.site, "".join(parts), "/", (*_INDEX_TYPES, "WebSite"), ("website", "article", ""), 10)


def _section(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "archive category category-news", "landing", "CollectionPage"
    name = w.rng.choice(w.ui["menu"].split("|"))
    intro = w.piece("p", w.sentences(2)) if w.rng.random() < 0.4 else ""
    main = (
        w.piece("h1", name)
        + intro
        + w.cards(w.rng.randint(10, 24), w.rng.randint(1, 3))
        + w.piece("pages", w.ui["next"])
    )
    path = w.rng.choice(
        (f"/category/{w.slug(name)}/", f"/{w.slug(name)}", f"/tag/{w.slug(name)}", f"/thema/{w.slug(name)}")
    )
    return _Made(name, main, path, _INDEX_TYPES, ("website", "article", ""))


def _author(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "archive author author-ed", "author", "Person"
    who = w.pick("who")
    about = w.piece("p", w.sentences(w.rng.randint(1, 4)))
    main = (
        w.piece("h1", who)
        + w.piece("figure", who)
        + about
        + w.cards(w.rng.randint(8, 20))
        + w.piece("pages", w.ui["next"])
    )
    return _Made(
        who, main, f"/author/{w.slug(who)}", ("ProfilePage", "Person", "WebPage", ""), ("profile", "website", "article")
    )


def _results(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "search search-results", "search", "SearchResultsPage"
    word = w.pick("where")
    title = f"{w.rng.randint(12, 900)} {w.ui['results']} “{word}”"
    body = w.cards(w.rng.randint(10, 20)) if w.rng.random() < 0.6 else w.lines(w.rng.randint(15, 30))
    main = w.piece("h1", title) + w.piece("search", w.ui["search"]) + body + w.piece("pages", w.ui["next"])
    return _Made(title, main, f"/search?q={w.slug(word)}", ("SearchResultsPage", "WebPage", ""), ("website", ""))


def _links(w: _Writer) -> _Made:
    """A page of headlines alone."""
    w.template, w.drupal, w.micro = "archive date", "archive", "WebPage"
    main = w.piece("h1", w.ui["latest"]) + w.lines(w.rng.randint(30, 70)) + w.piece("pages", w.ui["next"])
    return _Made(w.ui["latest"], main, w.rng.choice(("/latest", "/2026/05/", "/ticker", "/archiv")), _INDEX_TYPES)


def _video(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "single single-video", "video", "VideoObject"
    title = w.title()
    main = (
        w.piece("h1", title)
        + w.piece("player")
        + w.piece("p", w.sentences(w.rng.randint(1, 2)))
        + w.cards(w.rng.randint(8, 16))
    )
    return _Made(title, main, f"/video/{w.slug(title)}", ("VideoObject", "VideoObject", "WebPage", ""),
        ("video.other", "article", "website"))  # fmt: skip


def _gallery(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "single single-gallery", "gallery", "ImageGallery"
    title = w.title()
    pictures = "".join(w.piece("figure", w.sentences(1)) for _ in range(w.rng.randint(8, 25)))
    main = w.piece("h1", title) + w.piece("deck", w.sentences(1)) + pictures
    return _Made(title, main, f"/gallery/{w.slug(title)}", ("ImageGallery", "ImageGallery", "NewsArticle", ""),
        ("article", "website"), 8)  # fmt: skip


def _audio(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "single single-podcast", "podcast", "PodcastEpisode"
    title = w.title()
    main = w.piece("h1", title) + w.piece("sound") + w.piece("p", w.sentences(2)) + w.lines(w.rng.randint(8, 20))
    return _Made(
        title,
        main,
        f"/podcast/{w.slug(title)}",
        ("PodcastEpisode", "AudioObject", "WebPage", ""),
        ("website", "music.song"),
    )


def _login(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "page login", "page", "WebPage"
    text = w.piece("p", f"{w.ui['remember']}. {w.ui['forgot']}") if w.rng.random() < 0.5 else ""
    return _Made(
        w.ui["login"],
        w.piece("h1", w.ui["login"]) + w.piece("form") + text,
        "/login",
        ("WebPage", ""),
        ("website", ""),
        0,
    )


def _missing(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "error404", "page", "WebPage"
    more = w.piece("h2", w.ui["latest"]) + w.cards(6) if w.rng.random() < 0.4 else ""
    main = w.piece("h1", w.ui["missing"]) + w.piece("p", w.ui["moved"]) + w.piece("search", w.ui["search"]) + more
    return _Made(w.ui["missing"], main, w.address(), ("WebPage", ""), ("website", "article", ""), 4)


def _product(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "single-product woocommerce", "product", "Product"
    title = f"{w.pick('where')} {w.rng.randint(100, 999)}"
    facts = "".join(w.piece("item", f"{w.pick('what')}: {w.rng.randint(1, 90)} cm") for _ in range(6))
    others = w.cards(8, 1)
    main = w.piece("h1", title) + w.piece("figure", title) + w.piece("buy", w.ui["cart"]) + w.piece("list", facts)
    return _Made(title, main + w.paragraphs(1, 1, 2) + others, f"/product/{w.slug(title)}",
        ("Product", "Product", ""), ("product", "website"), 0)  # fmt: skip


def _forum(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "bbpress single-topic", "forum", "DiscussionForumPosting"
    title = f"{w.title()}?"
    posts = "".join(w.piece("comment", w.sentences(w.rng.randint(1, 4))) for _ in range(w.rng.randint(5, 15)))
    return _Made(title, w.piece("h1", title) + posts + w.piece("pages", w.ui["next"]), f"/forum/threads/{w.slug(title)}",
        ("DiscussionForumPosting", "QAPage", ""), ("website", "article"), 4)  # fmt: skip


def _events(w: _Writer) -> _Made:
    w.template, w.drupal, w.micro = "post-type-archive-event", "listing", "WebPage"
    cards = w.cards(w.rng.randint(12, 30), 1)
    return _Made(w.ui["events"], w.piece("h1", w.ui["events"]) + w.piece("search", w.ui["search"]) + cards, "/events",
        ("ItemList", "CollectionPage", "WebPage", ""), ("website",))  # fmt: skip


SHAPES: dict[str, tuple[str, Callable[[_Writer], _Made]]] = {
    "report": ("article", _report),
    "brief": ("article", _brief),
    "listicle": ("article", _listicle),
    "recipe": ("article", _recipe),
    "review": ("article", _review),
    "interview": ("article", _interview),
    "press_release": ("article", _press_release),
    "many_cards": ("article", _many_cards),
    "roundup": ("article", _roundup),
    "with_video": ("article", _with_video),
    "live": ("live_blog", _live),
    "front": ("index", _front),
    "section": ("index", _section),
    "results": ("index", _results),
    "links": ("index", _links),
    "author": ("profile", _author),
    "video": ("video", _video),
    "gallery": ("gallery", _gallery),
    "audio": ("audio", _audio),
    "login": ("wall", _login),
    "missing": ("error", _missing),
    "product": ("product", _product),
    "forum": ("forum", _forum),
    "events": ("listing", _events),
}
"""Name of a shape, the type of its pages, and what writes one."""


def _head(w: _Writer, made: _Made, url: str | None) -> str:
    rng = w.rng
    lines = [
        f"<title>{html.escape(made.title)}{rng.choice((' | ', ' - ', ' – ')) + w.site if made.title != w.site else ''}</title>"
    ]
    og = rng.choice(made.og)
    lines += [f"<meta property='og:type' content='{og}'>"] if og and rng.random() < 0.8 else []
    lines += [f"<meta property='og:site_name' content='{w.site}'>"] if rng.random() < 0.5 else []
    kind = rng.choice(made.types) if made.types and rng.random() < 0.7 else ""
    is_article = kind.endswith(("Article", "Posting")) or kind in ("Recipe", "Review")
    if kind:
        node: dict[str, Any] = {"@context": "https://schema.org", "@type": kind, "name": made.title}
        if is_article and kind != "DiscussionForumPosting":
            node |= {"headline": made.title, "datePublished": "2026-05-03T08:00:00+02:00",
                "author": {"@type": "Person", "name": w.pick("who")}}  # fmt: skip
        nodes = [node, {"@type": "Organization", "name": w.site}, {"@type": "BreadcrumbList", "itemListElement": []}]
        lines.append(f"<script type='application/ld+json'>{json.dumps({'@graph': nodes})}</script>")
    if rng.random() < 0.4 and made.og[0] == "article":
        lines.append("<meta property='article:published_time' content='2026-05-03T08:00:00+02:00'>")
    if url and rng.random() < 0.5:
        lines.append(f"<link rel=canonical href='{html.escape(url)}'>")
    return "\n".join(lines)


def make_page(family: str, language: str, shape: str, number: int = 0) -> KindPage:
    """Write one page; another number gives another page of the same kind."""
    name = f"{family}-{language}-{shape}-{number}"
    w = _Writer(family, language, random.Random(name))
    kind, write = SHAPES[shape]
    made = write(w)
    url = f"https://{w.slug(w.site)}.example{made.path}" if w.rng.random() < 0.7 else None
    header = w.piece("header", menu=w.menu(), search=w.piece("search", w.ui["search"]))
    aside = w.aside(made.aside) if made.aside and w.rng.random() < 0.8 else ""
    newsletter = w.piece("p", w.ui["newsletter"]) if w.rng.random() < 0.5 else ""
    text = "\n".join((
        f"<!DOCTYPE html><html lang={language}><head><meta charset=utf-8>",
        _head(w, made, url), "</head>", w.piece("body"), header, w.piece("main", made.main + newsletter), aside,
        w.piece("footer", menu=w.menu()), "</body></html>",
    ))  # fmt: skip
    return KindPage(name, family, language, shape, kind, url, text.encode())


def make_pages(numbers: int = 1) -> Iterator[KindPage]:
    """Write the pages of every family, language and shape."""
    for family in FAMILIES:
        for language in LANGUAGES:
            for shape in SHAPES:
                for number in range(numbers):
                    yield make_page(family, language, shape, number)
