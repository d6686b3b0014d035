"""Settings: read from the environment once, here and nowhere else, then frozen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024


class SettingsError(ValueError):
    """A setting that cannot work; the message names the variable, the value and what is allowed."""


ADDRESSING_STYLES = ("auto", "path", "virtual")


@dataclass(frozen=True)
class S3Access:
    """How S3 is reached. Without keys boto3 looks where it always does (instance role, profile)."""

    endpoint: str | None = None
    region: str = "us-east-1"
    addressing_style: str = "auto"
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> S3Access:
        return cls(
            endpoint=environ.get("YANSHOU_S3_ENDPOINT") or None,
            region=environ.get("YANSHOU_S3_REGION") or cls.region,
            addressing_style=_choice(
                environ, "YANSHOU_S3_ADDRESSING", cls.addressing_style, ADDRESSING_STYLES
            ),
            access_key=environ.get("YANSHOU_S3_ACCESS_KEY") or None,
            secret_key=environ.get("YANSHOU_S3_SECRET_KEY") or None,
        )


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations. See docs/CONFIGURATION.md."""

    data_dir: Path
    database_url: str
    blob_url: str
    secret_key: str
    former_blob_url: str | None = None
    s3: S3Access = S3Access()
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = False
    workers: int = 2
    threads: int = 4
    log_level: str = "info"
    scheduler_enabled: bool = False
    demo: bool = True
    demo_records: bool = True
    trusted_proxies: int = 0
    token_ttl_seconds: int = 30 * 24 * 3600
    login_failures_allowed: int = 5
    login_window_seconds: int = 15 * 60
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 64 * 1024
    push_mutations_max: int = 500
    push_bytes_max: int = 4 * MEBIBYTE
    push_mutations_per_minute: int = 300_000
    api_token_requests_per_minute: int = 60
    poll_after_seconds: int = 30
    tombstones_kept_days: int = 90
    versions_kept_days: int = 90
    unreviewed_mutations_max: int = 2000
    unreviewed_bytes_max: int = 64 * MEBIBYTE
    unreviewed_upload_bytes_max: int = 1024 * MEBIBYTE
    metrics_token: str | None = None
    json_bytes_max: int = 4 * MEBIBYTE
    upload_bytes_max: int = 256 * MEBIBYTE
    upload_ttl_seconds: int = 7 * 24 * 3600
    retention_deletes: bool = False
    retention_months_least: int = 0
    orphan_grace_seconds: int = 7 * 24 * 3600
    # 8192 × 6144, what phones call 50 megapixels, still fits; decoding takes up to 400 MB.
    image_pixels_max: int = 51_000_000
    image_frames_max: int = 8
    photo_entered_late_seconds: int = 6 * 3600
    photo_entered_early_seconds: int = 10 * 60
    clock_offset_seconds_max: int = 2 * 60
    site_radius_m: int = 500
    public_url: str | None = None
    font_path: str | None = None
    mail_url: str | None = None
    notifies_private_addresses: bool = False

    @property
    def public_address(self) -> str:
        """Where people reach the service: what printed documents lead back to."""
        scheme = "https" if self.https else "http"
        return (self.public_url or f"{scheme}://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read ``YANSHOU_*`` from *environ*.

        Raises
        ------
        SettingsError
            naming the variable, its value and what is allowed.
        """
        data_dir = Path(environ.get("YANSHOU_DATA_DIR") or "var").resolve()
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environ, data_dir),
            blob_url=environ.get("YANSHOU_BLOB_URL") or f"file://{data_dir / 'blobs'}",
            former_blob_url=environ.get("YANSHOU_FORMER_BLOB_URL") or None,
            s3=S3Access.from_env(environ),
            secret_key=environ.get("YANSHOU_SECRET_KEY") or kept_secret(data_dir),
            host=environ.get("YANSHOU_HOST") or cls.host,
            port=_whole_number(environ, "YANSHOU_PORT", cls.port, 1, 65535),
            https=_choice(environ, "YANSHOU_HTTPS", "0", ("0", "1")) == "1",
            workers=_whole_number(environ, "YANSHOU_WORKERS", cls.workers, 1, 64),
            threads=_whole_number(environ, "YANSHOU_THREADS", cls.threads, 1, 64),
            log_level=_choice(
                environ, "YANSHOU_LOG_LEVEL", cls.log_level, ("debug", "info", "warning", "error")
            ),
            scheduler_enabled=_choice(environ, "YANSHOU_SCHEDULER", "0", ("0", "1")) == "1",
            demo=_choice(environ, "YANSHOU_DEMO", "1", ("0", "1")) == "1",
            demo_records=_choice(environ, "YANSHOU_DEMO_RECORDS", "1", ("0", "1")) == "1",
            trusted_proxies=_whole_number(environ, "YANSHOU_TRUSTED_PROXIES", 0, 0, 5),
            token_ttl_seconds=_whole_number(
                environ, "YANSHOU_TOKEN_TTL_SECONDS", cls.token_ttl_seconds, 60, 366 * 24 * 3600
            ),
            push_mutations_per_minute=_whole_number(
                environ,
                "YANSHOU_PUSH_MUTATIONS_PER_MINUTE",
                cls.push_mutations_per_minute,
                500,
                10**9,
            ),
            api_token_requests_per_minute=_whole_number(
                environ,
                "YANSHOU_API_TOKEN_REQUESTS_PER_MINUTE",
                cls.api_token_requests_per_minute,
                1,
                100_000,
            ),
            poll_after_seconds=_whole_number(
                environ, "YANSHOU_POLL_AFTER_SECONDS", cls.poll_after_seconds, 1, 3600
            ),
            tombstones_kept_days=_whole_number(
                environ, "YANSHOU_TOMBSTONES_KEPT_DAYS", cls.tombstones_kept_days, 1, 3650
            ),
            versions_kept_days=_whole_number(
                environ, "YANSHOU_VERSIONS_KEPT_DAYS", cls.versions_kept_days, 1, 3650
            ),
            upload_bytes_max=_whole_number(
                environ, "YANSHOU_UPLOAD_BYTES_MAX", cls.upload_bytes_max, MEBIBYTE, 4 * 1024**3
            ),
            retention_deletes=_choice(environ, "YANSHOU_RETENTION_DELETES", "0", ("0", "1")) == "1",
            retention_months_least=_whole_number(
                environ, "YANSHOU_RETENTION_MONTHS_LEAST", cls.retention_months_least, 0, 1200
            ),
            image_pixels_max=_whole_number(
                environ, "YANSHOU_IMAGE_PIXELS_MAX", cls.image_pixels_max, 1_000_000, 400_000_000
            ),
            photo_entered_late_seconds=_whole_number(
                environ,
                "YANSHOU_PHOTO_ENTERED_LATE_SECONDS",
                cls.photo_entered_late_seconds,
                60,
                366 * 24 * 3600,
            ),
            photo_entered_early_seconds=_whole_number(
                environ,
                "YANSHOU_PHOTO_ENTERED_EARLY_SECONDS",
                cls.photo_entered_early_seconds,
                60,
                366 * 24 * 3600,
            ),
            clock_offset_seconds_max=_whole_number(
                environ,
                "YANSHOU_CLOCK_OFFSET_SECONDS_MAX",
                cls.clock_offset_seconds_max,
                1,
                24 * 3600,
            ),
            site_radius_m=_whole_number(
                environ, "YANSHOU_SITE_RADIUS_M", cls.site_radius_m, 10, 100_000
            ),
            metrics_token=environ.get("YANSHOU_METRICS_TOKEN") or None,
            public_url=_web_address(environ, "YANSHOU_PUBLIC_URL"),
            font_path=environ.get("YANSHOU_FONT_PATH") or None,
            mail_url=_mail_url(environ),
            notifies_private_addresses=_choice(
                environ, "YANSHOU_NOTIFIES_PRIVATE_ADDRESSES", "0", ("0", "1")
            )
            == "1",
        )


def kept_secret(data_dir: Path) -> str:
    """The installation's own secret: made at the first start, then read from its data directory."""
    path = data_dir / "secret-key"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 32:
        raise SettingsError(f"{path} holds {len(secret)} characters; at least 32 are needed")
    return secret


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("YANSHOU_DATABASE_URL") or f"sqlite:///{data_dir / 'yanshou.sqlite3'}"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            f"YANSHOU_DATABASE_URL={url.split('://')[0]}://… is not supported; "
            "use sqlite:///… or postgresql+psycopg://…"
        )
    return url


def _web_address(environ: Mapping[str, str], name: str) -> str | None:
    url = environ.get(name) or None
    if url is not None and not url.startswith(("http://", "https://")):
        raise SettingsError(f"{name}={url!r} must begin with http:// or https://")
    return url


def _mail_url(environ: Mapping[str, str]) -> str | None:
    """Never repeated in the error: it holds a password."""
    url = environ.get("YANSHOU_MAIL_URL") or None
    if url is not None and not url.startswith(("mailto://", "mailtos://")):
        raise SettingsError("YANSHOU_MAIL_URL must begin with mailto:// or mailtos://")
    return url


def _whole_number(
    environ: Mapping[str, str], name: str, default: int, lowest: int, highest: int
) -> int:
    text = environ.get(name) or str(default)
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        raise SettingsError(f"{name}={text!r} must be a whole number from {lowest} to {highest}")
    return number


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = environ.get(name) or default
    if text not in allowed:
        raise SettingsError(f"{name}={text!r} must be one of {', '.join(allowed)}")
    return text
