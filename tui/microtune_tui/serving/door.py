"""Who may come in: programs of this machine that show the token, and no web page of any kind.

A page in a browser could reach loopback under a name of its own that it has pointed here (DNS
rebinding), so only loopback's own names are answered. There are no CORS headers, so a browser
shows a page nothing, and asks first whether it may send the token; it may not.
"""

import re

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from microtune_tui.serving.bearer import Bearer
from microtune_tui.serving.refusals import Refusal

OUR_NAMES = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)


class Door:
    """An ASGI application in front of another."""

    def __init__(self, app: ASGIApp, bearer: Bearer) -> None:
        self._app, self._bearer = app, bearer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope))
        await (response(refusal) if refusal else self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Refusal | None:
        if not OUR_NAMES.fullmatch(headers.get("host", "")):
            return Refusal(403, "only 127.0.0.1 and localhost are answered", "wrong_host")
        if not self._bearer.opens(headers.get("authorization", "")):
            what = "the token is missing or wrong: `microtune serve` says where the right one is"
            return Refusal(401, what, "invalid_api_key")
        return None


def response(refusal: Refusal) -> JSONResponse:
    """The refusal as an HTTP response."""
    headers = {"cache-control": "no-store"}
    if refusal.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(refusal.body(), refusal.status, headers)
