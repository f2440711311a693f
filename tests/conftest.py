"""What every test has: no network but the machine's own, and no setting left over from the user's shell."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket

import pytest
from eutils_server import EutilsServer

from pipeline.protocol import ROOT, Review

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


class NetworkBlockedError(RuntimeError):
    """A test reached for a machine other than this one."""


def _is_local(host: object) -> bool:
    """Whether a host's name or address means this machine."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _checked(sock: socket.socket, address: object) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        raise NetworkBlockedError(f"tests may not reach {address[0]}")


@pytest.fixture(autouse=True)
def network_blocked(monkeypatch):
    """Any connection that leaves this machine, and any look-up of a name other than localhost, raises."""

    def connect(sock, address):
        _checked(sock, address)
        return _connect(sock, address)

    def connect_ex(sock, address):
        _checked(sock, address)
        return _connect_ex(sock, address)

    def getaddrinfo(host, *rest, **named):
        if not _is_local(host):
            raise NetworkBlockedError(f"tests may not look up {host}")
        return _getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture
def eutils(monkeypatch):
    """A local server of E-utilities and of the full-text bucket, with the settings of the environment pointing to it."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    with EutilsServer() as server:
        monkeypatch.setenv("LIVETABLE_EUTILS", server.url)
        monkeypatch.setenv("LIVETABLE_PMC_BUCKET", server.bucket_url)
        monkeypatch.setenv("LIVETABLE_EMAIL", "curator@example.org")
        monkeypatch.setenv("NCBI_API_KEY", "secret-key-of-the-tests")
        monkeypatch.setenv("LIVETABLE_TIMEOUT", "10")
        monkeypatch.setenv("LIVETABLE_BACKOFF", "0.02")
        yield server


PROTOCOL = """
key: asked
title: Treatment of an invented tumour
question: {text: Does it help?, population: patients, intervention: a drug, comparator: none, outcomes: [overall survival]}
search:
  key_phrases: [{versions: [invented tumour]}]
  published_from: 2001-01-01
  published_to: 2020-12-31
  language: English
  overlap_days: 14
eligibility: {include: [patients], exclude: [animals], excluded_publication_types: [Case Reports, Editorial]}
expected: []
table_title: Studies of an invented tumour
design_order: [[retrospective_cohort]]
"""


@pytest.fixture
def asked(tmp_path):
    """A review that has been asked and nothing more: its protocol, its form, one curator."""
    schemas = tmp_path / "schemas" / "asked"
    schemas.mkdir(parents=True)
    (schemas / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    shutil.copy(next(ROOT.glob("schemas/*/fields.yaml")), schemas / "fields.yaml")
    corpus = tmp_path / "corpus" / "asked"
    (corpus / "inbox").mkdir(parents=True)
    (corpus / "curators.tsv").write_text("id\tname\tnote\nada\tAda Marsh\t\n", encoding="utf-8")
    return Review("asked", tmp_path)
