"""Small numbers in words, by language."""

from collections.abc import Mapping


def _from_two(words: str, **more: int) -> dict[str, int]:
    """Return words from two to twelve with their numbers, and others with theirs."""
    return {**more, **dict(zip(words.split(), range(2, 13), strict=True))}


SMALL_NUMBERS: Mapping[str, Mapping[str, int]] = {
    "en": _from_two("two three four five six seven eight nine ten eleven twelve", one=1),
    "de": _from_two("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", einem=1, einer=1),
    "fr": _from_two("deux trois quatre cinq six sept huit neuf dix onze douze", un=1, une=1),
    "es": _from_two("dos tres cuatro cinco seis siete ocho nueve diez once doce", un=1, una=1),
    "it": _from_two("due tre quattro cinque sei sette otto nove dieci undici dodici", un=1, una=1),
    "pt": _from_two("dois três quatro cinco seis sete oito nove dez onze doze", um=1, uma=1, duas=2),
    "nl": _from_two("twee drie vier vijf zes zeven acht negen tien elf twaalf", een=1, één=1),
}
"""One to twelve."""
