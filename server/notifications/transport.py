"""Out into the world, and only where it is allowed to go.

E-mail and webhooks go through Apprise. It knows a hundred kinds of addresses; here only those two
are made, by us, from checked parts; robots have senders of our own. A webhook may not point into
the network the service stands in, unless the operator says so: otherwise everybody with an account
could knock at doors from the inside.
"""

from __future__ import annotations

import importlib
import ipaddress
import logging
import socket
import warnings
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from server.config import Settings
from server.notifications.robots import ROBOTS, post_json, send_to_robot
from server.notifications.sending import Message

CONNECT_SECONDS, READ_SECONDS = 4, 8
_WAIT = {"cto": str(CONNECT_SECONDS), "rto": str(READ_SECONDS)}

# Apprise logs addresses when something fails, and addresses hold tokens.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


_PLUGINS = {
    "mailto": ("email", "NotifyEmail"),
    "mailtos": ("email", "NotifyEmail"),
    "json": ("custom_json", "NotifyJSON"),
    "jsons": ("custom_json", "NotifyJSON"),
}


class NotAllowed(ValueError):
    """An address this service does not send to."""


def send(settings: Settings, message: Message, now: datetime) -> str | None:
    """Send *message*. Returns what went wrong, without the address, or None."""
    if message.kind in ROBOTS:
        post = post_json(CONNECT_SECONDS, READ_SECONDS)
        return send_to_robot(message.kind, message.target, message.title, message.text, now, post)
    try:
        address = address_of(settings, message.kind, message.target)
    except NotAllowed as error:
        return str(error)
    try:
        is_sent = _service(address).notify(title=message.title, body=message.text)
    except Exception as error:
        return f"{type(error).__name__}"
    return None if is_sent else "the channel did not take it"


def _service(address: str) -> Any:
    """The one plugin that is needed. Asking Apprise for it by address loads all hundred of them."""
    module, name = _PLUGINS[address.split("://")[0]]
    with warnings.catch_warnings():
        # It looks at a module of Python's own that is on its way out.
        warnings.simplefilter("ignore", DeprecationWarning)
        plugin = getattr(importlib.import_module(f"apprise.plugins.{module}"), name)
    return plugin(**plugin.parse_url(address))


def address_of(settings: Settings, kind: str, target: str) -> str:
    """What Apprise is given.

    Raises
    ------
    NotAllowed
        for a webhook into a private network, and for e-mail without a server to send by.
    """
    if kind == "email":
        return _mail(settings, target)
    return _webhook(settings, target)


def _mail(settings: Settings, target: str) -> str:
    if settings.mail_url is None:
        raise NotAllowed("no mail server is set (YANSHOU_MAIL_URL)")
    separator = "&" if "?" in settings.mail_url else "?"
    return settings.mail_url + separator + urlencode({"to": target, **_WAIT})


def _webhook(settings: Settings, target: str) -> str:
    place = urlsplit(target)
    try:
        host, port = place.hostname, place.port
    except ValueError as error:
        raise NotAllowed("the address cannot be read") from error
    if not host:
        raise NotAllowed("the address names no host")
    if not settings.notifies_private_addresses:
        _require_public(host, port or 443)
    scheme = {"http": "json", "https": "jsons"}[place.scheme]
    query = f"{place.query}&" if place.query else ""
    return f"{scheme}://{place.netloc}{place.path or '/'}?{query}{urlencode(_WAIT)}"


def _require_public(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotAllowed("the host is not known") from error
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).split("%")[0]).is_global:
            raise NotAllowed("the address lies in a private network")
