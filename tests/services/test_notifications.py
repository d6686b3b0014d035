"""Telling people: once, in time, by the channels they chose, and never twice after a crash."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from server.access import Role
from server.db.base import current_session
from server.http.context import current_time
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from server.notifications import transport
from server.notifications.sending import LOST_AFTER, Message, send_waiting
from server.notifications.timing import MOST_ATTEMPTS, after_quiet_hours, next_digest, wait_after
from server.notifications.transport import NotAllowed, address_of
from tests.conftest import make_settings
from tests.receiving_world import pointers
from tests.rectification_world import Inspected

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ESCALATE = next(job for job in JOBS if job.name == "escalate_overdue")


@pytest.fixture
def inspected(world):
    return Inspected(world)


@pytest.fixture
def sqlite_inspected(sqlite_world):
    return Inspected(sqlite_world)


def inbox(person):
    changes = person.get("/api/v1/sync/pull?collections=notifications").json["changes"]
    return [change["document"] for change in changes if not change["deleted"]]


def events(person):
    return [document["event"] for document in inbox(person)]


def channel(kind="webhook", target="https://example.org/hook"):
    return {"id": str(uuid4()), "kind": kind, "target": target}


def wish(person, **changes):
    answer = person.put("/api/v1/notification-settings", json={"channels": [channel()], **changes})
    assert answer.status_code == 200, answer.text
    return answer.json


class Outside:
    """The world outside: keeps what is sent, and fails on demand."""

    def __init__(self):
        self.messages: list[Message] = []
        self.error: str | None = None

    def send(self, message):
        self.messages.append(message)
        return self.error

    def deliver(self, world):
        with world.app.app_context():
            return send_waiting(current_session(), self.send, current_time())


# -- the inbox -------------------------------------------------------------------------------------


def test_each_step_is_told_to_whom_it_concerns(inspected):
    action = inspected.issued()
    assert events(inspected.chen) == ["corrective_action_issued"]
    assert events(inspected.zhao) == [], "who issued it knows"
    first = inspected.take(inspected.submission(action), inspected.chen)
    assert events(inspected.manager) == ["corrective_action_submitted"]
    give_back = inspected.step(action, "returned", concerns_step_id=first["id"], text="不够")
    inspected.take(give_back, inspected.manager)
    assert events(inspected.chen) == ["corrective_action_issued", "corrective_action_returned"]
    [issued, _] = inbox(inspected.chen)
    assert issued["title"] == {
        "zh": f"新的整改通知 {action['number']}",
        "en": f"Notice {action['number']}",
    }
    assert issued["text"]["zh"] == "冷库卫生整改，请于 2026-03-16 20:00 前整改。"
    assert issued["subject_id"] == action["id"]


def test_nobody_pulls_what_is_meant_for_another(inspected):
    inspected.issued()
    for person in (inspected.zhao, inspected.manager):
        assert inbox(person) == []


def test_what_is_sent_again_is_told_once(inspected):
    notice = inspected.notice(inspected.found())
    for _ in range(3):
        inspected.save("corrective-actions", notice, inspected.zhao)
    assert events(inspected.chen) == ["corrective_action_issued"]


def test_reading_is_noted_and_stays_so(inspected):
    inspected.issued()
    [told] = inbox(inspected.chen)

    def push(person, document, base=1):
        mutation = {
            "mutation_id": str(uuid4()),
            "collection": "notifications",
            "id": document["id"],
            "operation": "upsert",
            "base_version": base,
            "document": document,
        }
        body = {"device_id": person.device_id, "mutations": [mutation]}
        [result] = person.post("/api/v1/sync/push", json=body).json["results"]
        return result

    read = {**told, "read_at": "2026-03-02T02:00:00Z"}
    assert push(inspected.chen, read)["status"] == "applied"
    assert inbox(inspected.chen)[0]["read_at"] == "2026-03-02T02:00:00.000Z"
    stranger = push(inspected.zhao, read, None)
    assert stranger["problem"]["type"] == "/problems/record-not-found"


def test_overdue_notices_climb_the_ladder_once(inspected, clock):
    action = inspected.issued(deadline="fixed", due_at="2026-03-02T05:00:00Z")
    due = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    for moment, told in (
        (due, 0),
        (due + timedelta(minutes=1), 1),
        (due + timedelta(minutes=6), 0),
        (due + timedelta(days=1, minutes=1), 1),
        (due + timedelta(days=4), 1),
        (due + timedelta(days=9), 0),
    ):
        clock.now = moment
        assert run_job(inspected.world.app, ESCALATE) == told
    for person in (inspected.chen, inspected.manager):
        person.sign_in()
    # Whoever puts it right heads the unit as well: told at each of their two levels.
    assert events(inspected.chen).count("corrective_action_overdue") == 2
    assert events(inspected.manager) == ["corrective_action_overdue"]
    assert inspected.action(action)["escalation_level"] == 3


def test_levels_slept_through_are_told_once_together(sqlite_inspected, clock):
    inspected = sqlite_inspected
    inspected.issued(deadline="fixed", due_at="2026-03-02T05:00:00Z")
    clock.now = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
    assert run_job(inspected.world.app, ESCALATE) == 1
    assert run_job(inspected.world.app, ESCALATE) == 0


# -- channels --------------------------------------------------------------------------------------


def test_a_message_goes_to_each_channel_once(inspected):
    outside = Outside()
    wish(inspected.chen, channels=[channel(), channel("wecom", "a" * 36)])
    inspected.issued()
    assert outside.deliver(inspected.world) == 2
    assert outside.deliver(inspected.world) == 0
    assert {message.kind for message in outside.messages} == {"webhook", "wecom"}
    assert "新的整改通知" in outside.messages[0].title


def test_what_fails_is_tried_again_later_and_given_up_at_last(inspected, clock):
    outside = Outside()
    outside.error = "the channel did not take it"
    wish(inspected.chen)
    inspected.issued()
    for _ in range(MOST_ATTEMPTS + 3):
        outside.deliver(inspected.world)
        clock.now += timedelta(hours=5)
    assert len(outside.messages) == MOST_ATTEMPTS
    admin = inspected.world.person("admin", Role.ADMIN)
    [row] = admin.get("/api/v1/notification-deliveries").json["deliveries"]
    assert (row["status"], row["last_error"]) == ("failed", "the channel did not take it")
    assert "text" not in row


def test_a_message_whose_process_died_is_not_sent_twice(inspected, clock):
    wish(inspected.chen)
    inspected.issued()

    class Died(BaseException):
        pass

    def die(_message):
        raise Died

    with inspected.world.app.app_context(), pytest.raises(Died):
        send_waiting(current_session(), die, current_time())
    outside = Outside()
    assert outside.deliver(inspected.world) == 0
    clock.now += LOST_AFTER + timedelta(seconds=1)
    assert outside.deliver(inspected.world) == 0
    assert outside.messages == []


def test_quiet_hours_and_digests_wait(inspected, clock):
    outside = Outside()
    rules = [{"event": "corrective_action_issued", "mode": "digest"}]
    wish(inspected.chen, rules=rules, digest_at="18:00")
    wish(inspected.manager, quiet_from="09:00", quiet_until="14:00")
    action, _ = inspected.issued(), inspected.issued()
    inspected.take(inspected.submission(action), inspected.chen)
    assert outside.deliver(inspected.world) == 0
    clock.now = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # 14:00
    assert outside.deliver(inspected.world) == 1
    clock.now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # 18:00
    assert outside.deliver(inspected.world) == 1
    digest = outside.messages[-1]
    assert len(digest.delivery_ids) == 2
    assert digest.text.count("新的整改通知") == 2


def test_an_event_that_is_off_stays_in_the_app(sqlite_inspected):
    outside, inspected = Outside(), sqlite_inspected
    wish(inspected.chen, rules=[{"event": "corrective_action_issued", "mode": "off"}])
    inspected.issued()
    assert outside.deliver(inspected.world) == 0
    assert events(inspected.chen) == ["corrective_action_issued"]


def test_a_channel_taken_away_gets_nothing_more(sqlite_inspected):
    outside, inspected = Outside(), sqlite_inspected
    wish(inspected.chen)
    inspected.issued()
    wish(inspected.chen, channels=[])
    assert outside.deliver(inspected.world) == 0


def test_targets_are_kept_and_never_shown(sqlite_inspected):
    person = sqlite_inspected.chen
    secret = channel("dingtalk", "f" * 60 + "9876")
    wish(person, channels=[secret])
    shown = person.get("/api/v1/notification-settings").json["channels"]
    assert shown == [{"id": secret["id"], "kind": "dingtalk", "target": "…9876"}]
    again = wish(person, channels=[{"id": secret["id"], "kind": "dingtalk"}])
    assert again["channels"] == shown
    assert "f" * 20 not in person.get("/api/v1/sync/pull").text


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({"channels": [channel("email", "nobody")]}, "/channels/0/target"),
        ({"channels": [channel("webhook", "ftp://x/y")]}, "/channels/0/target"),
        ({"channels": [channel("webhook", "https://u:p@x.cn/y")]}, "/channels/0/target"),
        ({"channels": [channel("telegram", "x")]}, "/channels/0/kind"),
        ({"channels": [{"id": str(uuid4()), "kind": "wecom"}]}, "/channels/0/target"),
        ({"rules": [{"event": "birthday", "mode": "off"}]}, "/rules/0/event"),
        ({"quiet_from": "22:00"}, "/quiet_until"),
        ({"digest_at": "25:00"}, "/digest_at"),
    ],
)
def test_wishes_that_do_not_validate_name_the_place(sqlite_inspected, settings, pointer):
    answer = sqlite_inspected.chen.put("/api/v1/notification-settings", json=settings)
    assert answer.status_code == 422
    assert pointer in pointers(answer)


# -- timing ----------------------------------------------------------------------------------------


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{clock}:00+08:00")


@pytest.mark.parametrize(
    ("moment", "quiet", "allowed"),
    [
        (at("23:00"), ("22:00", "07:00"), datetime.fromisoformat("2026-03-03T07:00:00+08:00")),
        (at("06:59"), ("22:00", "07:00"), at("07:00")),
        (at("07:00"), ("22:00", "07:00"), at("07:00")),
        (at("12:00"), ("22:00", "07:00"), at("12:00")),
        (at("12:30"), ("12:00", "14:00"), at("14:00")),
        (at("12:30"), (None, None), at("12:30")),
        (at("12:30"), ("08:00", "08:00"), at("12:30")),
    ],
)
def test_quiet_hours_may_run_over_midnight(moment, quiet, allowed):
    assert after_quiet_hours(moment, *quiet) == allowed


def test_the_digest_of_today_or_of_tomorrow():
    assert next_digest(at("17:59"), "18:00") == at("18:00")
    assert next_digest(at("18:00"), "18:00") == at("18:00") + timedelta(days=1)


def test_waiting_doubles_up_to_a_limit_and_ends():
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] is None


# -- the outside -----------------------------------------------------------------------------------


@contextmanager
def hook(answer) -> Iterator[tuple[str, list]]:
    received: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()


def well(handler):
    handler.send_response(200)
    handler.end_headers()


def inside(tmp_path, **changes):
    from dataclasses import replace

    settings = make_settings(tmp_path, "sqlite://")
    return replace(settings, notifies_private_addresses=True, **changes)


def test_a_webhook_gets_title_and_text(tmp_path):
    with hook(well) as (address, received):
        message = Message(("1",), "webhook", address, "新的整改通知", "请整改")
        assert transport.send(inside(tmp_path), message, NOW) is None
    assert (received[0]["title"], received[0]["message"]) == ("新的整改通知", "请整改")


def test_a_webhook_that_hangs_is_left_after_a_while(tmp_path, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(transport, "_WAIT", {"cto": "0.2", "rto": "0.2"})
    with hook(lambda _handler: released.wait(30)) as (address, _):
        message = Message(("1",), "webhook", address, "t", "t")
        assert transport.send(inside(tmp_path), message, NOW) is not None
        released.set()


def test_webhooks_into_private_networks_are_refused(tmp_path):
    settings = make_settings(tmp_path, "sqlite://")
    for target in (
        "http://127.0.0.1/x",
        "https://192.168.1.1/",
        "http://[::1]/",
        "http://10.0.0.1:8",
    ):
        with pytest.raises(NotAllowed):
            address_of(settings, "webhook", target)
    assert transport.send(settings, Message(("1",), "webhook", "http://127.0.0.1/", "t", "t"), NOW)


def test_addresses_are_made_from_checked_parts_only(tmp_path):
    settings = inside(tmp_path, mail_url="mailtos://u:p@mail.example.org?from=a@example.org")
    made = [
        address_of(settings, "email", "li@example.cn"),
        address_of(settings, "webhook", "https://example.org/a?b=1"),
    ]
    kinds = [address.split("://")[0] for address in made]
    assert kinds == ["mailtos", "jsons"]
    for address in made:
        assert transport._service(address).url()
    assert "to=li%40example.cn" in made[0]
    with pytest.raises(NotAllowed):
        address_of(make_settings(tmp_path, "sqlite://"), "email", "li@example.cn")
