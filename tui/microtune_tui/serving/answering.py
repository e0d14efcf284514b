"""Sends one answer over HTTP, whole or piece by piece, and ends it when its reader goes away.

Knows no paths, no token and no engine.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from microtune_tui.serving import shapes, wording
from microtune_tui.serving.answer import Answer
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.refusals import Refusal
from microtune_tui.serving.shapes import Shape
from microtune_tui.serving.voice import Voice

MOST_BYTES = 1 << 20  # of a request
PRIVATE = {"cache-control": "no-store"}


async def body(request: Request) -> bytes:
    """All of a request's body. Raises `Refusal` for one that is too large, as soon as it is."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise Refusal(413, f"a request may have {MOST_BYTES} bytes at most", "too_large")
        parts.append(part)
    return b"".join(parts)


async def answered(request: Request, voice: Voice, asked: Asked) -> Response:
    """The response to what was asked. Raises `Refusal` where there is none."""
    answer = voice.ask(asked)
    pieces = answer.pieces()
    watch = asyncio.create_task(_drop_when_left(request, voice, answer))
    streams = False
    try:
        first = await anext(pieces, "")  # by then all is refused that is refused
        if not asked.turns:
            first = wording.joined(asked.text, first)
        if asked.stream:
            streams = True
            return _Stream(voice, answer, _events(answer, first, pieces))
        text = first + "".join([piece async for piece in pieces])
        return JSONResponse(Shape(asked).whole(text, answer.outcome()), headers=PRIVATE)
    finally:
        watch.cancel()
        if not streams:
            voice.drop(answer)


async def _drop_when_left(request: Request, voice: Voice, answer: Answer) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    voice.drop(answer)


async def _events(answer: Answer, first: str, rest: AsyncIterator[str]) -> AsyncGenerator[str]:
    shape = Shape(answer.asked)
    yield shape.first()
    if first:
        yield shape.piece(first)
    try:
        async for piece in rest:
            yield shape.piece(piece)
        yield shape.last(answer.outcome())
    except Refusal as refusal:
        yield shapes.failed(refusal)


class _Stream(StreamingResponse):
    """Server-sent events; however they end, nobody wants the answer afterwards."""

    media_type = "text/event-stream"

    def __init__(self, voice: Voice, answer: Answer, events: AsyncGenerator[str]) -> None:
        super().__init__(events, headers=PRIVATE)
        self._voice, self._answer = voice, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._voice.drop(self._answer)
