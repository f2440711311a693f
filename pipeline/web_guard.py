"""Who may use the curators' pages: this machine, with the token of the start address, and no other site's page on their behalf."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.templating import template

LARGEST = 20_000_000  # bytes a request may send
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Session:
    """A browser that came with the token: what its writes must carry, and which curator sits before it."""

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    curator: str = ""


def refused(status: int, title: str, words: str) -> Response:
    """A page that says why nothing is shown."""
    return Response(template("web/refused.html").render(title=title, words=words), status, media_type="text/html")


class Guard:
    """Checks each request before the application sees it, and gives each answer its security headers."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token = app, token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.cookie = f"livetable_{port}"  # cookies do not tell ports apart
        self.sessions: dict[str, Session] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = self.answer(request)
        if answer is None:
            scope["session"] = self.sessions[request.cookies[self.cookie]]
        await (answer or self.app)(scope, limited(receive), headed(send))

    def answer(self, request: Request) -> Response | None:
        """The refusal, or the start page's redirect; None where the application may answer."""
        if request.headers.get("host") not in self.hosts:
            return refused(400, "Unknown host", "This page answers only under the address that the terminal shows.")
        origin = request.headers.get("origin")
        if origin and origin.removeprefix("http://") not in self.hosts:
            return refused(403, "Another site asked", "A page of another site tried to use this one.")
        if request.url.path == "/start":
            return self.start(request)
        session = self.sessions.get(request.cookies.get(self.cookie, ""))
        if session is None:
            return refused(403, "Start from the terminal", "Open the whole address that `make curate` prints; it changes at each start.")
        if request.method not in ("GET", "HEAD") and not same(request.headers.get("x-csrf-token"), session.csrf):
            return refused(403, "Not saved", "The page is older than the program. Open the address that the terminal shows once more.")
        return None

    def start(self, request: Request) -> Response:
        """A session for who knows the token."""
        if not same(request.query_params.get("token"), self.token):
            return refused(403, "Start from the terminal", "The address lacks the token, or has that of an earlier start.")
        key = secrets.token_urlsafe(32)
        self.sessions[key] = Session()
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, key, httponly=True, samesite="strict", path="/")
        return answer


def same(given: str | None, held: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return secrets.compare_digest((given or "").encode(), held.encode())


def limited(receive: Receive) -> Receive:
    """The request's body, cut off where it grows beyond what any form needs."""
    size = 0

    async def reading() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > LARGEST else message

    return reading


def headed(send: Send) -> Send:
    """The answer with its security headers; nothing of a review stays in the browser's cache."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "cache-control" not in headers:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
