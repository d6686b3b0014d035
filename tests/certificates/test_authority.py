"""Certificates: whom phones trust by them, for how long, and what they must not be used for."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server.certificates.authority import (
    Issued,
    fingerprint,
    is_due,
    make_authority,
    make_server_certificate,
    may_vouch_for,
    names_of,
)
from server.certificates.keeping import CertificateFiles, keep_certificates

NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = ("127.0.0.1", "192.168.1.20", "::1", "canteen", "canteen.local", "localhost")


def handshake(authority: Issued, server: Issued, name: str, tmp_path) -> None:
    """Raises ssl.SSLCertVerificationError where a client that trusts *authority* would."""
    chain = tmp_path / "server.pem"
    chain.write_bytes(server.key_pem() + server.certificate_pem())
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(chain)
    trusting = ssl.create_default_context(cadata=authority.certificate_pem().decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    answering = serving.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, answering]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert waiting == []


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("canteen", NAMES, NOW)


@pytest.fixture(scope="module")
def server(authority: Issued) -> Issued:
    return make_server_certificate(authority, NAMES, NOW)


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_that_trusts_the_authority_trusts_the_server_by_every_name(
    authority, server, name, tmp_path
):
    handshake(authority, server, name, tmp_path)


@pytest.mark.parametrize("name", ["192.168.1.21", "bank.example", "canteen.example"])
def test_another_name_is_not_believed(authority, server, name, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority, server, name, tmp_path)


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8", "2606:4700::1111"])
def test_the_authority_cannot_vouch_for_the_rest_of_the_world(authority, name, tmp_path):
    """Even with its key: phones refuse what its constraints do not allow."""
    forged = make_server_certificate(authority, [name], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        handshake(authority, forged, name, tmp_path)
    assert not may_vouch_for(authority.certificate, name)


def test_a_public_address_of_the_premises_is_covered_with_its_network():
    authority = make_authority("hall", ["211.64.9.7", "2408:8000:1:2::7"], NOW).certificate
    assert may_vouch_for(authority, "211.64.9.200")
    assert may_vouch_for(authority, "2408:8000:1:2::abcd")
    assert not may_vouch_for(authority, "211.64.10.7")
    assert may_vouch_for(authority, "10.9.8.7")
    assert may_vouch_for(authority, "store.lan")
    assert not may_vouch_for(authority, "notlan")


def test_the_server_certificate_is_one_that_phones_take(authority, server):
    certificate = server.certificate
    lasting = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=390) < lasting <= timedelta(days=398)
    assert certificate.not_valid_before_utc < NOW
    assert names_of(certificate) == set(NAMES)
    of = certificate.extensions.get_extension_for_class
    assert list(of(x509.ExtendedKeyUsage).value) == [x509.OID_SERVER_AUTH]
    assert of(x509.BasicConstraints).value.ca is False
    signing = authority.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert signing.key_cert_sign
    assert not signing.digital_signature


def test_it_is_due_before_it_ends_and_when_names_change(authority, server):
    certificate, ours = server.certificate, authority.certificate
    assert not is_due(certificate, ours, NAMES, NOW)
    assert is_due(certificate, ours, [*NAMES, "10.0.0.9"], NOW)
    assert is_due(certificate, ours, NAMES[1:], NOW)
    assert is_due(certificate, ours, NAMES, NOW + timedelta(days=397 - 30))
    assert not is_due(certificate, ours, NAMES, NOW + timedelta(days=360))
    other = make_authority("other", NAMES, NOW).certificate
    assert is_due(certificate, other, NAMES, NOW)


# -- files -----------------------------------------------------------------------------------------


def keep(tmp_path, names=NAMES, now=NOW):
    return keep_certificates(tmp_path, "canteen", names, now)


def test_the_first_use_makes_everything_and_keeps_the_keys_to_its_owner(tmp_path):
    kept = keep(tmp_path)
    files = kept.files
    assert (kept.is_new_authority, kept.is_renewed, kept.left_out) == (True, True, ())
    modes = {path.name: path.stat().st_mode & 0o777 for path in files.folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "server.pem": 0o600}
    assert files.folder.stat().st_mode & 0o777 == 0o700
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    assert kept.fingerprint == fingerprint(authority)
    assert len(kept.fingerprint.split(":")) == 32


def test_the_second_use_changes_nothing(tmp_path):
    before = keep(tmp_path)
    contents = {path: path.read_bytes() for path in before.files.folder.iterdir()}
    again = keep(tmp_path)
    assert (again.is_new_authority, again.is_renewed) == (False, False)
    assert {path: path.read_bytes() for path in again.files.folder.iterdir()} == contents


def test_a_new_address_renews_the_server_certificate_under_the_same_authority(tmp_path):
    before = keep(tmp_path)
    renewed = keep(tmp_path, [*NAMES, "192.168.1.77"])
    assert (renewed.is_new_authority, renewed.is_renewed) == (False, True)
    assert renewed.fingerprint == before.fingerprint
    served = x509.load_pem_x509_certificate(renewed.files.server.read_bytes())
    assert "192.168.1.77" in names_of(served)


def test_it_is_renewed_in_time_and_the_authority_outlives_many_of_them(tmp_path):
    before = keep(tmp_path)
    assert not keep(tmp_path, now=NOW + timedelta(days=300)).is_renewed
    later = keep(tmp_path, now=NOW + timedelta(days=380))
    assert (later.is_new_authority, later.is_renewed) == (False, True)
    assert later.fingerprint == before.fingerprint
    last = keep(tmp_path, now=NOW + timedelta(days=3640))
    assert last.is_new_authority


def test_names_the_authority_may_not_vouch_for_are_left_out_and_told(tmp_path):
    keep(tmp_path)
    kept = keep(tmp_path, [*NAMES, "211.64.9.7"])
    assert kept.left_out == ("211.64.9.7",)
    assert not kept.is_renewed


@pytest.mark.parametrize("name", ["ca.crt", "ca.key", "server.pem"])
@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nhalf"])
def test_lost_and_damaged_files_are_made_anew(tmp_path, name, content):
    kept = keep(tmp_path)
    if content is None:
        (kept.files.folder / name).unlink()
    else:
        (kept.files.folder / name).write_bytes(content)
    again = keep(tmp_path)
    assert again.is_new_authority == (name != "server.pem")
    files = CertificateFiles.below(tmp_path)
    Issued.from_pem(files.server.read_bytes(), files.server.read_bytes())
    Issued.from_pem(files.authority.read_bytes(), files.authority_key.read_bytes())
    assert not keep(tmp_path).is_renewed


def test_a_key_of_somebody_else_is_not_taken_for_the_authoritys(tmp_path):
    kept, others = keep(tmp_path / "a"), keep(tmp_path / "b")
    kept.files.authority_key.write_bytes(others.files.authority_key.read_bytes())
    assert keep(tmp_path / "a").is_new_authority


def test_the_certificate_can_be_read_as_der(authority):
    der = authority.certificate.public_bytes(Encoding.DER)
    assert x509.load_der_x509_certificate(der) == authority.certificate
