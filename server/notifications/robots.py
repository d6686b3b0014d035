"""The robots of Feishu, DingTalk and WeCom.

Each answers 200 to refused messages too (a wrong signature, a keyword that is missing, too many in
a minute) and says so in the body only. Apprise's plugins take every 200 for success, and the one
for Feishu signs nothing: a message nobody got would count as sent. So these three are our own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlencode

import requests

ROBOTS = ("dingtalk", "wecom", "feishu")
_FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/"
_DINGTALK = "https://oapi.dingtalk.com/robot/send?"
_WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?"


class Post(Protocol):
    def __call__(self, address: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post *body* as JSON; the answer's JSON. Raises ``requests.RequestException``."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted where."""

    address: str
    body: Mapping[str, Any]


def send_to_robot(
    kind: str, target: str, title: str, text: str, now: datetime, post: Post
) -> str | None:
    """Send to the robot *target*: ``token``, or ``secret@token`` for one that wants a signature.

    Returns what went wrong, without the address, or None.
    """
    secret, _, token = target.rpartition("@")
    letter = _LETTERS[kind](secret, token, f"{title}\n{text}", now)
    try:
        answer = post(letter.address, letter.body)
    except requests.RequestException as error:
        return type(error).__name__
    code = next(
        (answer[name] for name in ("errcode", "code", "StatusCode") if name in answer), None
    )
    if code == 0:
        return None
    return f"the robot refused it (code {code if isinstance(code, int) else '?'})"


def feishu(secret: str, token: str, text: str, now: datetime) -> Letter:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (20 KB)"""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _cut(text, 18_000)}}
    if secret:
        timestamp = int(now.timestamp())
        # Time and secret are the key here, and the message is empty.
        signature = _hmac(f"{timestamp}\n{secret}", "")
        body |= {"timestamp": str(timestamp), "sign": signature}
    return Letter(_FEISHU + token, body)


def dingtalk(secret: str, token: str, text: str, now: datetime) -> Letter:
    """https://open.dingtalk.com/document/orgapp/custom-robot-access (20 KB)"""
    query = {"access_token": token}
    if secret:
        timestamp = int(now.timestamp() * 1000)
        query |= {"timestamp": str(timestamp), "sign": _hmac(secret, f"{timestamp}\n{secret}")}
    return Letter(
        _DINGTALK + urlencode(query),
        {"msgtype": "text", "text": {"content": _cut(text, 18_000)}},
    )


def wecom(_secret: str, token: str, text: str, now: datetime) -> Letter:
    """https://developer.work.weixin.qq.com/document/path/91770 (2,048 bytes)"""
    body = {"msgtype": "text", "text": {"content": _cut(text, 2_000)}}
    return Letter(_WECOM + urlencode({"key": token}), body)


_LETTERS: Mapping[str, Callable[[str, str, str, datetime], Letter]] = MappingProxyType(
    {"feishu": feishu, "dingtalk": dingtalk, "wecom": wecom}
)
assert tuple(sorted(_LETTERS)) == tuple(sorted(ROBOTS))


def _hmac(key: str, message: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _cut(text: str, longest_bytes: int) -> str:
    """*text* in so many bytes of UTF-8, cut between characters and said to be cut."""
    whole = text.encode()
    if len(whole) <= longest_bytes:
        return text
    return whole[: longest_bytes - 3].decode(errors="ignore") + "…"


def post_json(connect_seconds: float, read_seconds: float) -> Post:
    """Posting over the network, with limits on how long a silent robot is waited for."""

    def post(address: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        waits = (connect_seconds, read_seconds)
        answer = requests.post(address, json=body, timeout=waits, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
        return told if isinstance(told, dict) else {}

    return post
