"""Answer every request with the same body: the fastest a uvicorn server can be here.

```sh
python -m bench.bare < body.json      # prints its port
```
"""

import socket
import sys
from typing import Any

import uvicorn


class Fixed:
    """Send one body, whatever is asked."""

    def __init__(self, body: bytes) -> None:
        self._start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json;charset=UTF-8"),
                (b"api-id", b"ka10001"),
                (b"cont-yn", b"N"),
                (b"next-key", b""),
                (b"access-control-expose-headers", b"api-id,cont-yn,next-key"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await receive()
        await send(self._start)
        await send(self._body)


def main() -> None:
    body = sys.stdin.buffer.read()
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    print(sock.getsockname()[1], flush=True)
    config = uvicorn.Config(
        Fixed(body), http="httptools", ws="none", lifespan="off", interface="asgi3",
        log_config=None, access_log=False, server_header=False, date_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
