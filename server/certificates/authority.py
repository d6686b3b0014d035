"""Making certificates: an authority, and the server's own. No files, no clock.

The authority may vouch only for private addresses and for the names this machine had when it was
made (RFC 5280, 4.2.1.10): whoever stole its key could not pretend to be anybody's bank.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3650
SERVER_DAYS: Final = 397
"""Phones refuse server certificates that hold for longer than 398 days."""
RENEWED_BEFORE: Final = timedelta(days=30)
_CLOCK_ALLOWANCE: Final = timedelta(days=1)
"""Phones' clocks differ: a certificate holds from the day before it was made."""

LOCAL_NETWORKS: Final = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
LOCAL_DOMAINS: Final = ("localhost", "local", "lan", "internal", "home.arpa")
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def from_pem(cls, certificate: bytes, key: bytes) -> Issued:
        """Raises ValueError if the two cannot be read or do not belong together."""
        read = x509.load_pem_x509_certificate(certificate)
        private = serialization.load_pem_private_key(key, password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError("the key is not of the kind that is made here")
        if read.public_key() != private.public_key():
            raise ValueError("the key does not belong to the certificate")
        return cls(read, private)


def make_authority(machine: str, names: Iterable[str], now: datetime) -> Issued:
    """An authority for *machine*, which had *names* (host names and addresses) when it was made."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Yanshou"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Yanshou {machine[:32]} {now:%Y-%m-%d}"),
        ]
    )
    builder = _begin(subject, subject, key, now, timedelta(days=AUTHORITY_DAYS))
    usage = _usage(signs_certificates=True)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(_vouchable(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issued(certificate, key)


def make_server_certificate(authority: Issued, names: Sequence[str], now: datetime) -> Issued:
    """A certificate for *names*; those the authority may not vouch for must be left out before."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yanshou")])
    issuer = authority.certificate.subject
    ends = authority.certificate.not_valid_after_utc
    builder = _begin(subject, issuer, key, now, min(timedelta(days=SERVER_DAYS), ends - now))
    authority_key = authority.key.public_key()
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Issued(certificate, key)


def names_of(certificate: x509.Certificate) -> set[str]:
    """The host names and addresses a server certificate is for."""
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def may_vouch_for(authority: x509.Certificate, name: str) -> bool:
    """Whether the constraints of *authority* allow *name*."""
    extension = authority.extensions.get_extension_for_class(x509.NameConstraints)
    allowed = [subtree.value for subtree in extension.value.permitted_subtrees or ()]
    address = _address(name)
    if address is not None:
        networks = [value for value in allowed if isinstance(value, Network)]
        return any(
            network.version == address.version and address in network for network in networks
        )
    domains = [value for value in allowed if isinstance(value, str)]
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def is_due(
    issued: x509.Certificate, authority: x509.Certificate, names: Collection[str], now: datetime
) -> bool:
    """Whether the server's certificate must be made anew."""
    return (
        now >= issued.not_valid_after_utc - RENEWED_BEFORE
        or now < issued.not_valid_before_utc
        or issued.issuer != authority.subject
        or names_of(issued) != set(names)
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate as people compare it: pairs of hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _begin(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasting: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_ALLOWANCE)
        .not_valid_after(now + lasting - _CLOCK_ALLOWANCE)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _vouchable(names: Iterable[str]) -> list[x509.GeneralName]:
    networks: set[Network] = set(LOCAL_NETWORKS)
    domains = set(LOCAL_DOMAINS)
    for name in names:
        address = _address(name)
        if address is None:
            domains.add(name)
        elif not any(
            network.version == address.version and address in network for network in LOCAL_NETWORKS
        ):
            # A public address on the premises: its own network, for the machine may get another.
            networks.add(ip_network(f"{name}/{24 if address.version == 4 else 64}", strict=False))
    ordered = sorted(
        networks, key=lambda network: (network.version, network.network_address.packed)
    )
    return [
        *(x509.IPAddress(network) for network in ordered),
        *(x509.DNSName(domain) for domain in sorted(domains)),
    ]


def _lies_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == one.version and address in one for one in networks)


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
