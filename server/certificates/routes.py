"""The page that brings phones in: trust the certificate once, then install the app. Public: whoever
has to read it cannot sign in yet."""

from __future__ import annotations

import io

import segno
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, render_template, request

from server.certificates.authority import fingerprint
from server.certificates.keeping import CertificateFiles
from server.errors import CHINESE, ENGLISH, NOT_FOUND, Problem
from server.http.context import current_settings
from server.http.guard import own_transaction, public
from server.http.language import language

routes = Blueprint("install", __name__)


@routes.get("/install")
@public
@own_transaction
def install_page() -> Response:
    """How a phone comes to trust this service and to have the app, in the reader's language."""
    wanted = request.args.get("lang")
    shown = wanted if wanted in (CHINESE, ENGLISH) else language()
    authority = _authority()
    page = render_template(
        "install.html",
        language=shown,
        other=ENGLISH if shown == CHINESE else CHINESE,
        address=current_settings().public_address,
        fingerprint=None if authority is None else fingerprint(authority),
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = shown
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("/install/ca.crt")
@public
@own_transaction
def authority_certificate() -> Response:
    """The certificate of the authority. No attachment: Safari then offers to install it."""
    authority = _authority()
    if authority is None:
        raise Problem(NOT_FOUND)
    response = Response(
        authority.public_bytes(Encoding.DER), content_type="application/x-x509-ca-cert"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("/install/qr.svg")
@public
@own_transaction
def address_qr() -> Response:
    """The address of this page as a QR code, for a phone held before a screen."""
    made = io.BytesIO()
    address = f"{current_settings().public_address}/install"
    segno.make(address, error="m", micro=False).save(made, kind="svg", border=2, xmldecl=False)
    response = Response(made.getvalue(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _authority() -> x509.Certificate | None:
    """The authority's certificate while this service is the one that serves HTTPS."""
    settings = current_settings()
    if not settings.https:
        return None
    try:
        return x509.load_pem_x509_certificate(
            CertificateFiles.below(settings.data_dir).authority.read_bytes()
        )
    except (FileNotFoundError, ValueError):
        return None
