"""The certificates of this very machine, as it is now."""

from __future__ import annotations

from datetime import datetime

from server.certificates.keeping import Kept, keep_certificates
from server.certificates.machine import host_name, names_to_serve
from server.config import Settings


def keep_own_certificates(settings: Settings, now: datetime) -> Kept:
    """Make or renew the certificates for the names and addresses this machine has now."""
    names = names_to_serve(settings.host)
    return keep_certificates(settings.data_dir, host_name(), names, now)
