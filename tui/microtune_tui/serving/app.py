"""The paths of OpenAI's interface that are answered, and what is said where that fails."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from microtune.errors import MicrotuneError
from microtune_tui.serving import asked, models
from microtune_tui.serving.answering import PRIVATE, answered, body
from microtune_tui.serving.door import response
from microtune_tui.serving.fields import parse_object
from microtune_tui.serving.refusals import Refusal, could_not
from microtune_tui.serving.voice import Voice

PATHS = "GET /v1/models, POST /v1/chat/completions, POST /v1/completions"


def application(voice: Voice, unexpected: Callable[[Exception], MicrotuneError]) -> Starlette:
    """The application; `unexpected` writes a bug down and says what to tell of it."""
    paths = _Paths(voice)

    async def bug(request: Request, error: Exception) -> Response:
        return response(could_not(unexpected(error)))

    return Starlette(
        routes=[
            Route("/v1/models", paths.models),
            Route("/v1/models/{name}", paths.model),
            Route("/v1/chat/completions", paths.chat, methods=["POST"]),
            Route("/v1/completions", paths.completion, methods=["POST"]),
        ],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _no_such_path,
            MicrotuneError: _could_not,
            ClientDisconnect: _left,
            Exception: bug,
        },
    )


class _Paths:
    """What is done for each path."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def models(self, request: Request) -> Response:
        known = await asyncio.to_thread(lambda: self._voice.models().names())
        data = [models.facts(name, card) for name, card in known.items()]
        return JSONResponse({"object": "list", "data": data}, headers=PRIVATE)

    async def model(self, request: Request) -> Response:
        name = request.path_params["name"]
        card = await asyncio.to_thread(lambda: self._voice.models().card(name))
        return JSONResponse(models.facts(name, card), headers=PRIVATE)

    async def chat(self, request: Request) -> Response:
        fields = parse_object(await body(request))
        return await answered(request, self._voice, asked.chat(fields))

    async def completion(self, request: Request) -> Response:
        fields = parse_object(await body(request))
        return await answered(request, self._voice, asked.completion(fields))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return response(error)


async def _could_not(request: Request, error: Exception) -> Response:
    assert isinstance(error, MicrotuneError)
    return response(could_not(error))


async def _no_such_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = f"{request.method} {request.url.path} is not offered; there are {PATHS}"
    return response(Refusal(error.status_code, what, "unknown_url"))


async def _left(request: Request, error: Exception) -> Response:
    """Nobody reads this."""
    return Response(status_code=499)
