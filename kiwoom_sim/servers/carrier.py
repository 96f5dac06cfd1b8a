"""Build the Litestar application that carries everything beside the hot broker paths.

Not for: broker answers. It mounts the same raw handler that the shim in `rest.py` calls.
"""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, asgi, get
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath

from kiwoom_sim.protocol import loader
from kiwoom_sim.servers.openapi import describe_apis, openapi_document

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

Health = Callable[[str], dict[str, object]]
"""Makes the body of a health page that says a status."""


def build_carrier(broker: Any, health: Health, examples_day: Callable[[], int]) -> Litestar:
    """Return the application.

    Args:
        broker: Raw ASGI application of the broker paths.
        health: Makes the body of a health page that says a status.
        examples_day: Returns the market day that examples refer to.
    """
    static = files("kiwoom_sim.servers").joinpath("static")

    @get("/", media_type=MediaType.JSON)
    async def show_running() -> dict[str, object]:
        return health("running")

    @get("/health", media_type=MediaType.JSON)
    async def show_health() -> dict[str, object]:
        return health("healthy")

    @get("/openapi.json")
    async def show_openapi() -> Response[bytes]:
        return _json(openapi_document(examples_day()))

    @get("/docs/apis.json")
    async def show_apis() -> Response[bytes]:
        return _json(describe_apis(examples_day()))

    def asset(name: str) -> Response[bytes]:
        file = static.joinpath(name)
        suffix = name[name.rfind(".") :]
        if suffix not in _TYPES or not file.is_file():
            raise NotFoundException
        return Response(file.read_bytes(), media_type=_TYPES[suffix])

    @get("/docs")
    async def show_docs() -> Response[bytes]:
        return asset("docs.html")

    @get("/docs/{name:str}")
    async def show_asset(name: FromPath[str]) -> Response[bytes]:
        return asset(name)

    @asgi(sorted({*_broker_paths(), "/oauth2/token", "/oauth2/revoke"}), copy_scope=False)
    async def carry(scope: Any, receive: Any, send: Any) -> None:
        await broker(scope, receive, send)

    return Litestar(
        [show_running, show_health, show_openapi, show_apis, show_docs, show_asset, carry],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _refuse},
    )


def _broker_paths() -> set[str]:
    specs = (loader.spec(api_id) for api_id in loader.api_ids())
    return {spec.path for spec in specs if spec is not None and spec.served}


def _json(body: object) -> Response[bytes]:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _refuse(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    """Answer an error as a JSON object, like every other error of this door."""
    body: dict[str, object] = {"error": error.detail, "path": request.url.path}
    return Response(body, status_code=error.status_code)
