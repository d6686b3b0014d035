"""The certificates' files in the data directory: made on first use, renewed in time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.certificates.authority import (
    RENEWED_BEFORE,
    Issued,
    fingerprint,
    is_due,
    make_authority,
    make_server_certificate,
    may_vouch_for,
)

FOLDER = "https"


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the files lie. Only ``ca.crt`` is for others."""

    folder: Path

    @classmethod
    def below(cls, data_dir: Path) -> CertificateFiles:
        return cls(data_dir / FOLDER)

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def authority_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        """Key and certificates in one file: what is read while it is replaced fits together."""
        return self.folder / "server.pem"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is in force. *left_out* are names the authority may not vouch for."""

    files: CertificateFiles
    fingerprint: str
    left_out: tuple[str, ...]
    is_new_authority: bool
    is_renewed: bool


def keep_certificates(data_dir: Path, machine: str, names: Sequence[str], now: datetime) -> Kept:
    """Make or renew what is missing, over soon, or for other names than *names*.

    An authority is made once: phones were told to trust it. Only one that is over, or whose files
    are lost or damaged, is replaced.
    """
    files = CertificateFiles.below(data_dir)
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = _read(files.authority, files.authority_key)
    is_new = authority is None or now >= authority.certificate.not_valid_after_utc - RENEWED_BEFORE
    if authority is None or is_new:
        authority = make_authority(machine, names, now)
        _write(files.authority_key, authority.key_pem(), 0o600)
        _write(files.authority, authority.certificate_pem(), 0o644)
    covered = [name for name in names if may_vouch_for(authority.certificate, name)]
    issued = _read(files.server, files.server)
    renews = issued is None or is_due(issued.certificate, authority.certificate, covered, now)
    if renews or is_new:
        made = make_server_certificate(authority, covered, now)
        chain = made.certificate_pem() + authority.certificate_pem()
        _write(files.server, made.key_pem() + chain, 0o600)
    return Kept(
        files,
        fingerprint(authority.certificate),
        tuple(name for name in names if name not in covered),
        is_new,
        renews or is_new,
    )


def _read(certificate: Path, key: Path) -> Issued | None:
    try:
        return Issued.from_pem(certificate.read_bytes(), key.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace *path* whole; never readable by others for a moment."""
    partial = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
