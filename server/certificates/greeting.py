"""What the terminal shows at the start: the address, how phones get there, and what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator

import segno

from server.certificates.keeping import Kept
from server.certificates.machine import address_for_phones, is_loopback
from server.config import Settings

_WHITE_ON_BLACK, _AS_BEFORE = "\x1b[97;40m", "\x1b[0m"


def service_address(settings: Settings) -> str:
    """Where people reach the service: what is printed, and what the QR code holds."""
    if settings.public_url is not None:
        return settings.public_address
    host = address_for_phones(settings.host)
    scheme = "https" if settings.https else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def greeting(settings: Settings, kept: Kept | None, *, colours: bool) -> Iterator[str]:
    """The lines to print before serving; *colours* for a terminal, whatever its own are."""
    address = service_address(settings)
    yield f"Yanshou 验收   {address}"
    if is_loopback(settings.host):
        return
    for row in terminal_qr(address).splitlines():
        yield f"{_WHITE_ON_BLACK}{row}{_AS_BEFORE}" if colours else row
    if kept is None:
        yield "注意：没有 HTTPS，手机不能拍照，也不能离线使用：make run HOST=… HTTPS=1"
        yield (
            "Warning: without HTTPS phones have neither the camera nor offline use: "
            "make run HOST=… HTTPS=1"
        )
        return
    yield f"手机首次使用，先安装证书   phones, the first time   {address}/install"
    yield f"证书指纹 fingerprint (SHA-256)   {kept.fingerprint}"
    if kept.left_out:
        names = ", ".join(kept.left_out)
        yield f"证书不包含 not covered by the certificate authority: {names}"
        yield (
            f"删除 {kept.files.folder} 后重新启动即可包含，所有手机须重新安装证书 · "
            f"remove {kept.files.folder} and start again to cover them; every phone installs anew"
        )


def terminal_qr(text: str) -> str:
    """*text* as a QR code in half blocks, two rows of it a line."""
    shown = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(shown, border=2, compact=True)
    return shown.getvalue()
