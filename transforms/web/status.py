"""HTTP statuses: what each means for the page."""

from schemas.trouble import Trouble


class Busy(Trouble):
    """The server refuses the request for now: status 429 or 503.

    Args:
        retry_after_s: seconds to wait, by its Retry-After; None without one.
    """

    def __init__(self, code: str, message: str, *, status: int, retry_after_s: float | None) -> None:
        super().__init__(code, message, status=status)
        self.retry_after_s = retry_after_s


def check_status(url: str, status: int, patience_s: float | None = None) -> None:
    """Accept a status of success; raise for any other.

    Raises:
        Trouble: the code for the status; Busy for 429 and 503.
    """
    message = f"{url} answers {status}"
    if 200 <= status < 300:
        return
    if status in (429, 503):
        code = "fetch.http_429" if status == 429 else "fetch.http_5xx"
        wait = "" if patience_s is None else f", to be requested again in {patience_s:.0f} s"
        raise Busy(code, message + wait, status=status, retry_after_s=patience_s)
    if status in (404, 410):
        raise Trouble(f"fetch.http_{status}", message, status=status)
    if status == 401:
        raise Trouble(
            "fetch.http_4xx",
            f"{message}: it requires a user name and a password, or others than those given: write them before the "
            "host of the address (user:password@) in --input or --feeds",
            status=status,
        )
    if 400 <= status < 500 or status == 999:  # 999: a refusal by some large sites
        raise Trouble("fetch.http_4xx", message, status=status)
    if 500 <= status < 600:
        raise Trouble("fetch.http_5xx", message, status=status)
    raise Trouble("fetch.protocol", f"{message}, which is not valid for a plain request", status=status)
