"""Which languages are kept."""

import difflib

from schemas.policy import policy, setting


def check_languages(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Check codes of languages against those that can be identified.

    Raises:
        ValueError: one is not a code of such a language.
    """
    if codes:
        from transforms.enrich.languages.identify import LANGUAGES  # noqa: PLC0415  only where codes are given

        for code in codes:
            if code not in LANGUAGES:
                near = difflib.get_close_matches(code.lower(), sorted(LANGUAGES), n=1, cutoff=0.0)[0]
                raise ValueError(f"{code!r} is not a language code: give ISO 639-1 codes such as {near!r}")
    return codes


@policy
class LanguagePolicy:
    """Which articles are kept by their language.

    Raises:
        ValueError: an unknown code.
    """

    languages: tuple[str, ...] = setting(
        "languages to keep, by ISO 639-1 code, such as en,de; articles in others are left out",
        default=(),
        unset="all are kept",
        shapes_rows=True,
        metavar="CODE,...",
        many=",",
        read=check_languages,
    )

    def __post_init__(self) -> None:
        check_languages(self.languages)
