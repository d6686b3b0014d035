"""Feishu, DingTalk and WeCom: addresses, signatures, and refusals that come with 200."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from server.notifications.robots import (
    ROBOTS,
    dingtalk,
    feishu,
    post_json,
    send_to_robot,
    wecom,
)

NOW = datetime.fromtimestamp(1599360473, UTC)
SECRET = "abcdefGHIJKL1234567890"


def test_feishu_is_signed_with_time_and_secret_as_the_key():
    """The signature is OpenSSL's: `openssl dgst -sha256 -hmac $'<time>\\n<secret>' </dev/null`."""
    letter = feishu(SECRET, "t" * 36, "整改", NOW)
    assert letter.address == "https://open.feishu.cn/open-apis/bot/v2/hook/" + "t" * 36
    assert letter.body == {
        "msg_type": "text",
        "content": {"text": "整改"},
        "timestamp": "1599360473",
        "sign": "Sy6GgBh7om62Q1jAcQ07fw8QZfERiU+d+HDa5j5pqN4=",
    }
    assert "sign" not in feishu("", "t" * 36, "整改", NOW).body


def test_dingtalk_is_signed_in_the_address():
    letter = dingtalk("SEC" + SECRET, "b" * 64, "整改", NOW)
    query = {name: value for name, [value] in parse_qs(urlsplit(letter.address).query).items()}
    assert query == {
        "access_token": "b" * 64,
        "timestamp": "1599360473000",
        "sign": "aQcbyWW05KGZghE5ADTdG9ppHrXN5RwK1Oo2YncqJxk=",
    }
    assert letter.body == {"msgtype": "text", "text": {"content": "整改"}}
    assert "sign" not in dingtalk("", "b" * 64, "整改", NOW).address


def test_wecom_takes_two_thousand_bytes_cut_between_characters():
    letter = wecom("", "k" * 36, "改" * 1000, NOW)
    content = letter.body["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content == "改" * 665 + "…"
    assert letter.address.endswith("send?key=" + "k" * 36)


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 0, "errmsg": "ok"}, None),
        ({"code": 0, "msg": "success", "StatusCode": 0}, None),
        ({"errcode": 310000, "errmsg": "sign not match"}, "the robot refused it (code 310000)"),
        ({"code": 19021, "msg": "sign match fail"}, "the robot refused it (code 19021)"),
        ({}, "the robot refused it (code ?)"),
    ],
)
def test_a_refusal_that_comes_with_200_is_a_refusal(kind, answer, error):
    assert send_to_robot(kind, "t" * 30, "题", "文", NOW, lambda *_: answer) == error


def test_trouble_on_the_way_is_named_without_the_address():
    def away(address, body):
        raise requests.ConnectionError(f"no route to {address}")

    assert (
        send_to_robot("feishu", "secret12@" + "t" * 30, "题", "文", NOW, away) == "ConnectionError"
    )


class Answering(BaseHTTPRequestHandler):
    received: list = []  # noqa: RUF012
    status = 200

    def do_POST(self):
        self.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"code": 0}' if self.status == 200 else b"busy")

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("status", [200, 302, 500])
def test_what_is_posted_is_json_and_a_status_is_believed(status):
    handler = type("Handler", (Answering,), {"status": status, "received": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        post = post_json(2, 2)
        address = f"http://127.0.0.1:{server.server_port}/"
        if status == 200:
            assert post(address, {"text": "整改"}) == {"code": 0}
        else:
            with pytest.raises(requests.RequestException):
                post(address, {"text": "整改"})
        assert handler.received == [{"text": "整改"}]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
