"""Expected failures and omissions: exceptions that become rows of ``dead_letters`` and ``dropped``."""

from schemas.errors import InputError
from schemas.stages import CODES, REASONS
from schemas.userinfo import mask_userinfo

__all__ = ["CODES", "REASONS", "LeftOut", "Trouble"]


class Trouble(InputError):
    """Expected trouble with one input: becomes a dead letter.

    Args:
        code: one of CODES.
        message: what happened, naming the value that caused it.
        status: HTTP status, where one was received.

    Raises:
        ValueError: an unknown code.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"unknown code {code!r}: declare it with its stage in schemas/stages.py")
        message = mask_userinfo(message)
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return (_revive, (self.code, self.message, self.status))

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def _revive(code: str, message: str, status: int | None) -> Trouble:
    return Trouble(code, message, status=status)


class LeftOut(InputError):
    """The input is left out on purpose: becomes a row of ``dropped`` with outcome 'filtered'.

    Args:
        reason: one of REASONS.
        message: the reason in words.
        page_type: type of the page, where it is left out for that.

    Raises:
        ValueError: an unknown reason.
    """

    def __init__(self, reason: str, message: str, *, page_type: str | None = None) -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}: declare it with its stage in schemas/stages.py")
        message = mask_userinfo(message)
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.page_type = page_type
