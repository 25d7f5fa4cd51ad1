"""How Telegram says no: an HTTP status, and the words bots match on."""

from typing import Any

MESSAGE_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

_PREFIXES = {400: "Bad Request", 403: "Forbidden", 409: "Conflict", 429: "Too Many Requests"}


class Refusal(Exception):
    """A call that Telegram would not carry out."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        prefix = _PREFIXES.get(status)
        super().__init__(f"{prefix}: {description}" if prefix else description)
        self.status = status
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": str(self)}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(description: str) -> Refusal:
    return Refusal(400, description)


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(429, f"retry after {retry_after}", retry_after)
