"""Sums of money, percentages and quantities that a text states."""

import pyarrow as pa

from schemas.record import column, record


@record
class Amount:
    """One sum of money, percentage or quantity, as schema.org MonetaryAmount and QuantitativeValue have it."""

    kind: str = column("'money', 'percent' or 'quantity'.")
    text: str = column("The words, equal to text[start:end] of the article: figure, magnitude, currency or unit.")
    start: int = column("Offset of the first code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last code point in text.", arrow=pa.int32())
    value: float = column("Number with its magnitude ('$3bn' is 3000000000); of a range the first one.")
    max_value: float | None = column(
        "Second number of a range such as '$3m to $5m'; None for a single one.", default=None
    )
    currency: str | None = column(
        "ISO 4217, of money; None where the text leaves open which dinar, peso or crown it is.", default=None
    )
    currency_basis: str | None = column(
        "What decided the currency: 'stated' (code, name, or a symbol of one currency alone), 'text' (a country that "
        "the text names), 'publisher' (the country of its domain) or 'default' (the commonest one with that symbol or "
        "name, such as USD for $): assumed. None without a currency.",
        default=None,
    )
    unit: str | None = column(
        "Of a quantity pint's name, such as kilometer, metric_ton or meter ** 2; of a percentage percent, "
        "percentage_point or basis_point; None of money.",
        default=None,
    )
    qualifier: str | None = column(
        "'about', 'nearly', 'more than', 'at least', 'less than' or 'up to', whatever the words; None for none.",
        default=None,
    )
    about: str | None = column(
        "What it is an amount of, where the grammar says so plainly ('loan' in 'a $3bn loan'); equal to "
        "text[about_start:about_end]. English only.",
        default=None,
    )
    about_start: int | None = column("Offset of its first code point in text.", default=None, arrow=pa.int32())
    about_end: int | None = column("Offset after its last code point.", default=None, arrow=pa.int32())
