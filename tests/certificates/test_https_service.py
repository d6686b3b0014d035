"""The service over HTTPS as its users start it, and the page that brings phones in."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography import x509

from server.certificates.authority import fingerprint, names_of
from server.certificates.keeping import CertificateFiles, keep_certificates
from tests.infrastructure.service import Service, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data_dir = tmp_path_factory.mktemp("https") / "data"
    with running_service(data_dir, https="1", log_level="error", workers="1") as service:
        yield service


def get(service: Service, path: str, language: str = "zh-CN") -> tuple[bytes, dict[str, str]]:
    asked = urllib.request.Request(service.address + path, headers={"Accept-Language": language})
    with urllib.request.urlopen(asked, timeout=30, context=service.trust()) as answer:
        return answer.read(), dict(answer.headers.items())


def served_certificate(service: Service) -> x509.Certificate:
    trust = service.trust()
    assert trust is not None
    with (
        socket.create_connection(("127.0.0.1", service.port), timeout=30) as plain,
        trust.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        der = secure.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)


def test_a_phone_that_installed_the_certificate_trusts_the_service(service):
    body, headers = get(service, "/readyz")
    assert b'"status"' in body
    assert "Strict-Transport-Security" in headers
    assert {"localhost", "127.0.0.1"} <= names_of(served_certificate(service))


def test_a_phone_that_did_not_install_it_refuses(service):
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection(
            "127.0.0.1", service.port, timeout=30, context=ssl.create_default_context()
        ).connect()


def test_old_protocols_are_refused(service):
    trust = service.trust()
    assert trust is not None
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        trust.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        http.client.HTTPSConnection("127.0.0.1", service.port, timeout=30, context=trust).connect()


def test_the_certificate_can_be_fetched_as_phones_expect_it(service):
    body, headers = get(service, "/install/ca.crt")
    assert headers["Content-Type"] == "application/x-x509-ca-cert"
    assert "Content-Disposition" not in headers
    kept = CertificateFiles.below(service.data_dir).authority.read_bytes()
    assert x509.load_der_x509_certificate(body) == x509.load_pem_x509_certificate(kept)


def test_the_page_tells_the_fingerprint_in_the_readers_language_under_a_strict_policy(service):
    kept = CertificateFiles.below(service.data_dir).authority.read_bytes()
    digest = fingerprint(x509.load_pem_x509_certificate(kept))
    for language, words in (("zh-CN", "安装证书"), ("en", "Install the certificate")):
        body, headers = get(service, "/install", language)
        page = body.decode()
        assert f'<html lang="{language}">' in page
        assert words in page
        assert digest in page.replace("<wbr>", "")
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|style=|\son\w+=", page)
    assert "安装证书" in get(service, "/install?lang=zh-CN", "en")[0].decode()
    assert b"<svg" in get(service, "/install/qr.svg")[0]


def test_a_renewed_certificate_is_served_without_a_restart(service):
    before = served_certificate(service)
    names = [*names_of(before), "10.1.2.3"]
    kept = keep_certificates(service.data_dir, "canteen", names, datetime.now(UTC))
    assert (kept.is_new_authority, kept.is_renewed) == (False, True)
    assert "10.1.2.3" in names_of(served_certificate(service))


def test_somebody_who_speaks_plain_http_to_it_harms_nobody(service):
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        plain.settimeout(30)
        plain.recv(1000)
    assert get(service, "/healthz")[0]


def test_without_https_the_page_tells_how_to_install_the_app_alone(sqlite_world):
    client = sqlite_world.client
    page = client.get("/install", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "Install the app" in page.text
    assert "Install the certificate" not in page.text
    assert client.get("/install/ca.crt").status_code == 404
    for named in re.findall(r'(?:href|src)="((?:app|install)/[^"]+)"', page.text):
        assert client.get(f"/{named}").status_code == 200, named
    assert client.get("/install/qr.svg").data.startswith(b"<svg")
