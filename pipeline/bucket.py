"""PMC's open-data bucket: a folder a version of an article, with its PDF and what PMC says of it (licence, md5, retraction)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlparse

import httpx
from lxml import etree

from pipeline.entrez import TOOL, Settings, TransientError, retrying, status_fault
from pipeline.files import NetworkError

HOME = "https://pmc-oa-opendata.s3.amazonaws.com"


@dataclass(frozen=True)
class Deposit:
    """A version of an article in the bucket."""

    name: str  # PMC123.2
    version: int
    licence: str
    retracted: bool
    pdf_url: str  # empty where the bucket holds no PDF
    pdf_md5: str


class Bucket:
    """The bucket at LIVETABLE_PMC_BUCKET, asked with the settings of the E-utilities."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.base = os.environ.get("LIVETABLE_PMC_BUCKET", HOME).rstrip("/")
        agent = {"User-Agent": f"{TOOL} (mailto:{settings.email})"}
        self.http = httpx.Client(timeout=settings.timeout, headers=agent, follow_redirects=True)

    def __enter__(self) -> Bucket:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def newest(self, pmcid: str) -> int | None:
        """The newest version of an article, or None where the bucket has none."""
        body = self._get("", params={"list-type": "2", "prefix": f"{pmcid}.", "delimiter": "/"}) or b"<none/>"
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise NetworkError(f"open-data bucket: the list of {pmcid} cannot be read: {error.msg}") from None
        folders = [re.fullmatch(rf"{pmcid}\.(\d+)/", prefix.text or "") for prefix in root.iterfind("{*}CommonPrefixes/{*}Prefix")]
        return max((int(folder.group(1)) for folder in folders if folder), default=None)

    def deposit(self, pmcid: str, version: int) -> Deposit:
        """What the bucket says of a version of an article."""
        name = f"{pmcid}.{version}"
        body = self._get(f"{name}/{name}.json") or self._get(f"metadata/{name}.json")
        try:
            told = json.loads(body or b"")
        except ValueError:
            raise NetworkError(f"open-data bucket: {name}.json is missing or cannot be read") from None
        if told.get("pmcid") != pmcid:
            raise NetworkError(f"open-data bucket: {name}.json is of {told.get('pmcid')}")
        pdf = urlparse(told.get("pdf_url") or "")
        url = f"{self.base}/{name}/{name}.pdf" if pdf.path else ""
        md5 = parse_qs(pdf.query).get("md5", [""])[0]
        licence, retracted = told.get("license_code") or "", bool(told.get("is_retracted"))
        return Deposit(name, version, licence, retracted, url, md5)

    def pdf(self, deposit: Deposit) -> bytes:
        """A deposit's PDF; raises NetworkError where its md5 is another than the bucket says."""
        body = self._get(deposit.pdf_url.removeprefix(f"{self.base}/"), md5=deposit.pdf_md5)
        if body is None:
            raise NetworkError(f"open-data bucket: {deposit.name}.pdf is named but missing")
        if not body.startswith(b"%PDF"):
            raise NetworkError(f"open-data bucket: {deposit.name}.pdf is no PDF")
        return body

    def _get(self, path: str, params: dict | None = None, md5: str = "") -> bytes | None:
        return retrying(self.settings)(self._ask, path, params, md5)

    def _ask(self, path: str, params: dict | None, md5: str) -> bytes | None:
        """One request; None where there is nothing under that name."""
        where = f"open-data bucket: {path or 'list'}"
        try:
            reply = self.http.get(f"{self.base}/{path}", params=params)
        except httpx.HTTPError as error:
            raise TransientError(f"{where}: {type(error).__name__}: {error}") from None
        if reply.status_code == 404:
            return None
        if reply.status_code != 200:
            raise status_fault(reply.status_code, reply.headers.get("Retry-After"), where)
        if md5 and hashlib.md5(reply.content, usedforsecurity=False).hexdigest() != md5:
            raise TransientError(f"{where}: its md5 is not the one that the bucket states")
        return reply.content
