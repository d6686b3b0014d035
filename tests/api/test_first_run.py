"""The first run: a fresh server belongs to whoever holds its code, once."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from sqlalchemy import func, select

from server.checklists.defaults import default_checklists
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.first_run.code import CODE_FILE, held_code, offer_code
from server.http.context import current_settings
from server.identity.models import Organisation, Site, User
from server.start import begin_or_wait

PASSWORD = "a-long-enough-one"


def wanted(code, **changes):
    return {
        "code": code,
        "id": str(uuid4()),
        "organisation": "第一中学后勤",
        "administrator": {"username": "boss", "display_name": "王建国", "password": PASSWORD},
        "sites": [{"code": "C1", "name": "北区食堂", "address": "校园路 1 号"}],
        "people": [
            {
                "username": "liu",
                "display_name": "刘洋",
                "password": PASSWORD,
                "role": "inspector",
                "site_code": "C1",
            }
        ],
        **changes,
    }


def offer(app):
    with app.app_context():
        return offer_code(current_settings().data_dir)


def counts(app):
    with app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            return [
                session.scalar(select(func.count()).select_from(model))
                for model in (Organisation, Site, User)
            ]


def slug(answer):
    return answer.json["type"].rsplit("/", 1)[-1]


def sign_in(client, username):
    device = {"id": str(uuid4()), "name": "desk"}
    body = {"username": username, "password": PASSWORD, "device": device}
    answer = client.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_a_fresh_server_is_set_up_once_by_who_holds_its_code(app, client):
    # Nobody asked for a set-up: the way in does not exist, whatever is sent.
    assert client.get("/api/v1/setup").json == {"is_open": False, "checklists": []}
    assert slug(client.post("/api/v1/setup", json=wanted(""))) == "validation-failed"
    assert slug(client.post("/api/v1/setup", json=wanted("anything"))) == "setup-closed"

    code = offer(app)
    with app.app_context():
        path = current_settings().data_dir / CODE_FILE
    assert path.stat().st_mode & 0o077 == 0
    assert offer(app) == code, "a restart keeps the code"
    assert client.get("/").headers["Location"] == "setup"
    assert client.get("/desk").headers["Location"] == "setup"
    shown = client.get("/api/v1/setup").json
    assert shown["is_open"]
    assert {one["code"] for one in shown["checklists"]} == {
        one["code"] for one in default_checklists()
    }

    wrong = client.post("/api/v1/setup", json=wanted("aaaa-aaaa-aaaa-aaaa"))
    assert (wrong.status_code, slug(wrong)) == (403, "wrong-setup-code")
    body = wanted(code)
    unfit = {
        **body,
        "sites": body["sites"] * 2,
        "people": [{**body["people"][0], "username": "boss", "site_code": "C9"}],
        "checklist_codes": ["NO-SUCH"],
    }
    refused = client.post("/api/v1/setup", json=unfit)
    assert {error["pointer"] for error in refused.json["errors"]} == {
        "/sites/1/code",
        "/people/0/username",
        "/people/0/site_code",
        "/checklist_codes/0",
    }
    assert counts(app) == [0, 0, 0], "what was refused left nothing behind"

    # Typed from a terminal: capitals and missing dashes do no harm.
    made = client.post("/api/v1/setup", json={**body, "code": code.upper().replace("-", " ")})
    assert made.status_code == 201, made.text
    assert made.json["address"].startswith("http")
    assert counts(app) == [1, 1, 2]
    assert not path.exists()
    assert client.get("/desk").status_code == 200

    again = client.post("/api/v1/setup", json=body)
    assert (again.status_code, again.json) == (200, made.json), "a lost answer is repeated"
    foreign = {**body["administrator"], "password": "another-password"}
    closed = client.post("/api/v1/setup", json={**body, "administrator": foreign})
    assert (closed.status_code, slug(closed)) == (410, "setup-closed")
    offer(app)  # somebody put a code there afterwards: it opens nothing, and goes
    assert slug(client.post("/api/v1/setup", json=wanted(code))) == "setup-closed"
    assert client.get("/api/v1/setup").json["is_open"] is False
    assert not path.exists()
    assert counts(app) == [1, 1, 2]

    admin, inspector = sign_in(client, "boss"), sign_in(client, "liu")
    me = client.get("/api/v1/auth/me", headers=admin).json
    assert me["role"] == "admin"
    assert [site["site_name"] for site in me["sites"]] == ["北区食堂"]
    checklists = client.get("/api/v1/checklists", headers=inspector).json["checklists"]
    assert len(checklists) == len(default_checklists())
    entries = client.get("/api/v1/audit-entries", headers=admin).json["entries"]
    assert "organisation_made" in {entry["action"] for entry in entries}


def test_only_the_checklists_that_were_chosen_are_there(sqlite_app):
    client = sqlite_app.test_client()
    chosen = [default_checklists()[0]["code"]]
    body = wanted(offer(sqlite_app), checklist_codes=chosen, people=[])
    assert client.post("/api/v1/setup", json=body).status_code == 201
    held = client.get("/api/v1/checklists", headers=sign_in(client, "boss")).json["checklists"]
    assert [one["document"]["code"] for one in held] == chosen


def test_guessing_the_code_is_slowed_down(sqlite_app):
    client, code = sqlite_app.test_client(), offer(sqlite_app)
    answers = [client.post("/api/v1/setup", json=wanted("wrong")).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    held_back = client.post("/api/v1/setup", json=wanted(code))
    assert held_back.status_code == 429
    assert int(held_back.headers["Retry-After"]) > 0
    with sqlite_app.app_context():
        assert held_code(current_settings().data_dir) == code


def test_who_asked_for_no_demo_is_not_given_one_at_the_next_start(sqlite_app):
    with sqlite_app.app_context():
        settings = current_settings()
        begin_or_wait(replace(settings, demo=False))
        code = held_code(settings.data_dir)
        assert code is not None
        begin_or_wait(replace(settings, demo=True))
        assert held_code(settings.data_dir) == code
    assert counts(sqlite_app) == [0, 0, 0]
    assert sqlite_app.test_client().post("/api/v1/setup", json=wanted(code)).status_code == 201
    with sqlite_app.app_context():
        begin_or_wait(replace(settings, demo=False))
        assert held_code(settings.data_dir) is None, "what belongs to somebody offers no code"
