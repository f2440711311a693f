"""The curators' local web application: `serve` runs it on this machine until it is stopped. The issue of trust is web_guard's."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import uvicorn
from filelock import Timeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pipeline import agreement, extractions, web_double, web_exchange, web_pages, web_screening, web_writes
from pipeline.curate import ConflictError, NotSavedError
from pipeline.files import InputError, Unreadable
from pipeline.protocol import Review
from pipeline.templating import FOLDER
from pipeline.web_desk import Desk
from pipeline.web_guard import Guard
from pipeline.web_writes import writing

STATIC = Path(__file__).resolve().parent / "static"
#: The files that pages are built with, by the name in their address; no other file of these folders is served.
ASSETS = {path.name: path for path in (*STATIC.glob("*.js"), *STATIC.glob("*.css"), FOLDER / "style.css")}
PORT = 8765

ROUTES = [
    Route("/", web_pages.index_or_sign_in),
    Route("/static/{name}", lambda request: asset(request)),
    Route("/curator", web_pages.who),
    Route("/curator", writing(web_writes.sign_in), methods=["POST"]),
    Route("/study/{key}", web_pages.study),
    Route("/study/{key}/side", web_pages.side),
    Route("/study/{key}/page/{number:int}.png", web_pages.picture),
    Route("/study/{key}/decide", writing(web_writes.decide), methods=["POST"]),
    Route("/worklist", web_pages.tasks),
    Route("/worklist/settle", writing(web_writes.settle), methods=["POST"]),
    Route("/screening", web_screening.screening),
    Route("/screening", writing(web_writes.screen_record), methods=["POST"]),
    Route("/history", web_pages.all_history),
    Route("/double", web_double.overview),
    Route("/double/{key}", web_double.blind),
    Route("/double/{key}/enter", writing(web_double.enter), methods=["POST"]),
    Route("/double/{key}/finish", writing(web_double.finish), methods=["POST"]),
    Route("/double/{key}/adjudicate", web_double.adjudication),
    Route("/double/{key}/adjudicate", writing(web_double.adjudicate), methods=["POST"]),
    Route("/exchange", web_exchange.page),
    Route("/exchange/corrections.{kind}", web_exchange.export),
    Route("/exchange/import", writing(web_exchange.take_in), methods=["POST"]),
    Route("/report", writing(web_writes.make_report), methods=["POST"]),
    Route("/download/{name}", web_exchange.download),
]


def asset(request: Request) -> Response:
    """A script or style sheet."""
    path = ASSETS.get(request.path_params["name"])
    if path is None:
        raise HTTPException(404, "No such file.")
    return FileResponse(path, headers={"Cache-Control": "no-cache"})


def refusal(request: Request, error: Exception) -> Response:
    """What went wrong, in words: above the form, which stays as it is, or as a page of its own. Nothing was saved."""
    status = error.status_code if isinstance(error, HTTPException) else 409 if isinstance(error, ConflictError) else 422
    if isinstance(error, (NotSavedError, OSError, Timeout)):
        status = 503
    words = error.detail if isinstance(error, HTTPException) else str(error)
    if request.headers.get("hx-request"):
        headers = {"HX-Retarget": "#message", "HX-Reswap": "innerHTML"}
        return web_pages.show(request, "message.html", status, headers, words=words, code=status, wrote=request.method == "POST")
    return web_pages.show(request, "error.html", status, words=words, code=status)


def application(review: Review, token: str, port: int) -> Guard:
    """The application for one review, behind its guard."""
    kinds = (InputError, Unreadable, HTTPException, OSError, Timeout)
    app = Starlette(routes=ROUTES, exception_handlers=dict.fromkeys(kinds, refusal))
    app.state.desk = Desk(review)
    app.state.desk.rebuild.ask()
    if extractions.folder(review).is_dir():
        agreement.preload()
    return Guard(app, token, port)


def serve(review: str | Review, port: int = PORT) -> None:
    """Serve a review's pages on 127.0.0.1 until interrupted, and print the address to open; port 0 takes a free one.

    Raises InputError where the port is taken.
    """
    review = review if isinstance(review, Review) else Review(review)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(64)  # who opens the address at once waits, and is not refused
    except OSError as error:
        raise InputError(f"port {port} is taken ({error.strerror}); stop the other program or name another one with --port") from error
    port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
    app = application(review, token, port)
    print(f"Open http://127.0.0.1:{port}/start?token={token} (this machine only; Ctrl-C ends it)", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)).run(sockets=[listening])
    app.app.state.desk.rebuild.wait(30)
