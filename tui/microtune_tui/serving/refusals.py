"""Why a request is not answered, in the form in which OpenAI's clients expect to be told.

Knows nothing of HTTP libraries.
"""

from typing import Any

from microtune.errors import MicrotuneError


class Refusal(Exception):
    """A request that gets an error instead of an answer. `param` is the field that is to blame."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param

    def body(self) -> dict[str, Any]:
        """The JSON that stands for it in a response or in a stream."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        facts = {"message": str(self), "type": kind, "param": self.param, "code": self.code}
        return {"error": facts}


def could_not(error: MicrotuneError) -> Refusal:
    """What microtune could not do, with its remedy: no fault of the request's."""
    return Refusal(500, str(error), "could_not")


def stopping() -> Refusal:
    return Refusal(503, "microtune serve is being ended", "stopping")
