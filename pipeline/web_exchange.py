"""The page of import and export, and the downloads of the report's files."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from pipeline import exchange
from pipeline.files import InputError
from pipeline.web_pages import desk_of, show
from pipeline.web_writes import signed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The report's files that may be fetched; table1.html is opened from the folder, where its pictures are.
REPORTS = {"table1.docx": "Word", "table1.xlsx": "Excel", "table1.csv": "CSV", "table1.md": "Markdown", "curate.tsv": "Worklist (TSV)"}


def page(request: Request) -> Response:
    """Import, export, downloads."""
    build = desk_of(request).review.build
    there = {name: title for name, title in REPORTS.items() if (build / name).is_file()}
    return show(request, "exchange.html", reports=there, table=build / "table1.html")


def export(request: Request) -> Response:
    """The ledger, in the format that the address names."""
    review, kind = desk_of(request).review, request.path_params["kind"]
    made = {"tsv": (exchange.as_tsv, "text/tab-separated-values; charset=utf-8"), "xlsx": (exchange.as_xlsx, XLSX)}.get(kind)
    if made is None:
        raise HTTPException(404, "Exports are corrections.tsv and corrections.xlsx.")
    return Response(made[0](review), media_type=made[1], headers={"Content-Disposition": f'attachment; filename="corrections.{kind}"'})


def download(request: Request) -> Response:
    """One of the report's files."""
    name = request.path_params["name"]
    path = desk_of(request).review.build / name
    if name not in REPORTS or not path.is_file():
        raise HTTPException(404, "No such file; make the report first.")
    return FileResponse(path, filename=name)


def take_in(request: Request, form: FormData) -> Response:
    """Import an uploaded table, or only tell what importing it would do."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError("Choose a .tsv or .xlsx file first.")
    only_check = form.get("what") == "check"
    desk = desk_of(request)
    outcome = exchange.take_in(desk.review, file.filename, file.file.read(), signed(request), only_check)
    if outcome.new and not outcome.wrong and not only_check:
        desk.rebuild.ask()
    return show(request, "imported.html", outcome=outcome, only_check=only_check, file=file.filename)
