"""Furniture goes, sentences stay."""

import pytest

from transforms.articles.clean import clean_text, tidy_line

BODY = "The bridge was opened on Friday by the mayor.\nA band played until midnight."
BOILERPLATE = [
    "By Jane Roe", "Von Jane Roe", "Published 3 May 2024 10:00", "Updated: May 3, 2024 at 10:00 AM EST",
    "3 min read", "Lesezeit: 4 Min.",
    "Veröffentlicht am 3. Mai 2024", "Publié le 3 mai 2024 à 10h00", "Advertisement", "Anzeige", "Publicité",
    "Publicidad", "Share this article",
    "Facebook Twitter WhatsApp", "Read more: Ten things to do", "Lesen Sie auch: Neues vom Fluss", "À lire aussi",
    "Lea también: Otra cosa",
    "Leggi anche: Altro", "Lees ook: Iets anders", "Sign up to our newsletter for the best of the week.",
    "Follow us on Twitter and Facebook",
    "Abonnez-vous à notre newsletter", "Photo: Jane Roe/Example Agency", "© 2024 The Post. All rights reserved.",
    "Copyright © 2024 The Post",
    "Subscribe now to continue reading", "The post Bridge opens appeared first on The Post.", "___", "Bridge opens",
]  # fmt: skip
SENTENCES = [
    "He read more books than anyone, she said.",
    "Advertisement revenue fell by a third in the year, the firm said.",
    "By Friday the water had reached the church, and nobody could leave the village any more.",
    "She writes a newsletter about bridges, which 4,000 people read every week.",
    "On 3 May 2024 the council voted for the bridge.",
    "Facebook and Twitter declined to comment on the report.",
    "Follow the money, the old detective liked to say.",
    "Photo albums were found in the cellar.",
]


@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate_goes(line: str) -> None:
    assert clean_text(f"{line}\n{BODY}", titles=["Bridge opens"], names=["Jane Roe"]) == BODY


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_stay(line: str) -> None:
    for text in (f"{line}\n{BODY}", f"{BODY}\n{line}"):
        assert clean_text(text, titles=["Bridge opens"], names=["Jane Roe"]) == text


def test_a_list_of_links_goes_with_its_heading() -> None:
    assert clean_text(f"{BODY}\nRelated articles\n- One thing\n- Another thing") == BODY


def test_a_list_of_the_article_stays() -> None:
    assert clean_text(f"{BODY}\nThe plan has two parts:\n- One thing\n- Another thing").count("\n- ") == 2


def test_what_cannot_be_seen_goes() -> None:
    assert tidy_line("Stadt\u00adrat\u200b  von\u00a0Hohe\u0301nau ") == "Stadtrat von Hohénau"
