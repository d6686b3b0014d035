"""What must be true at the end. Each check returns what is wrong, in words."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import User
from server.identity.service import make_actor
from server.sync_api.registry import COLLECTIONS
from server.sync_api.service import scope_of
from sync.policy import REGISTER, Rule
from tests.simulator.simulation import Device, Simulation

Key = tuple[str, str]
Document = dict[str, Any]
# Their services fill in what was left out.
MADE_BY_THE_SERVER = ("corrective_actions", "attachments")
WITH_IDS = ("lines", "answers", "samples", "signatures")


@dataclass
class Truth:
    """What the database says, read straight from its tables."""

    heads: dict[Key, Any] = field(default_factory=dict)
    versions: dict[Key, dict[int, Any]] = field(default_factory=lambda: defaultdict(dict))
    mutations: dict[str, Any] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    quarantined: set[str] = field(default_factory=set)
    last_sequence: int = 0


def read_truth(simulation: Simulation) -> Truth:
    truth = Truth()
    with simulation.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        organisation = {"o": _spelled(simulation, simulation.world.organisation_id)}

        def rows(statement: str) -> Iterator[Any]:
            yield from session.execute(text(statement), organisation)

        for row in rows(
            "SELECT collection, id, version, deleted, document, site_id, sequence "
            "FROM sync_records WHERE organisation_id = :o"
        ):
            truth.heads[row.collection, _dashed(row.id)] = row
        for row in rows(
            "SELECT collection, id, version, deleted, document, device_id "
            "FROM sync_record_versions WHERE organisation_id = :o"
        ):
            truth.versions[row.collection, _dashed(row.id)][row.version] = row
        for row in rows(
            "SELECT mutation_id, status, version, device_id "
            "FROM sync_mutations WHERE organisation_id = :o"
        ):
            truth.mutations[_dashed(row.mutation_id)] = row
        truth.conflicts = {
            _dashed(row.mutation_id)
            for row in rows("SELECT mutation_id FROM sync_conflicts WHERE organisation_id = :o")
        }
        truth.quarantined = {
            _dashed(row.mutation_id)
            for row in rows(
                "SELECT mutation_id FROM quarantined_mutations WHERE organisation_id = :o"
            )
        }
        [head] = rows("SELECT sequence FROM change_log_heads WHERE organisation_id = :o")
        truth.last_sequence = head.sequence
    return truth


def _spelled(simulation: Simulation, id_: str) -> str:
    """SQLite keeps a UUID as its 32 digits."""
    is_sqlite = simulation.server.settings.database_url.startswith("sqlite")
    return id_.replace("-", "") if is_sqlite else id_


def _dashed(id_: Any) -> str:
    plain = str(id_).replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


def faults_found(simulation: Simulation, truth: Truth) -> list[str]:
    """Everything that is wrong; an empty list is what one wants to see."""
    found = [*_log(truth), *_numbers(truth), *_versions(truth, simulation.is_compacted)]
    for device in simulation.devices:
        if not device.is_revoked:
            found += _holdings(simulation, truth, device)
        found += _answers(truth, device)
        found += _photos(truth, device)
    return found


# -- the server by itself --------------------------------------------------------------------------


def _log(truth: Truth) -> Iterator[str]:
    """Every change has a place of its own in the log, and none lies beyond its end."""
    places = Counter(row.sequence for row in truth.heads.values())
    yield from (f"two records at place {place} of the log" for place in places if places[place] > 1)
    if places and max(places) > truth.last_sequence:
        yield f"a record lies beyond the end of the log at {truth.last_sequence}"


def _versions(truth: Truth, is_compacted: bool) -> Iterator[str]:
    """All versions are there; after a compaction the newest of them, without a gap."""
    for key, head in truth.heads.items():
        kept = sorted(truth.versions[key])
        first = kept[0] if kept and is_compacted else 1
        if kept != list(range(first, head.version)) and (kept or not is_compacted):
            yield f"{key}: versions {kept} before {head.version}"


def _numbers(truth: Truth) -> Iterator[str]:
    """Numbers are given once and without gaps."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    for (collection, _), head in truth.heads.items():
        if collection in ("goods_receipts", "corrective_actions"):
            number = json.loads(head.document).get("number")
            if number:
                series, _, count = number.rpartition("-")
                given[series].append(int(count))
    for series, counts in given.items():
        if sorted(counts) != list(range(1, len(counts) + 1)):
            yield f"numbers of {series}: {sorted(counts)}"


# -- phones against the server ---------------------------------------------------------------------


def _holdings(simulation: Simulation, truth: Truth, device: Device) -> Iterator[str]:
    """A phone holds exactly what its person may see, as it stands."""
    with simulation.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            actor = make_actor(session, session.get_one(User, device.user_id))
            scope = scope_of(actor, None)
    expected = {
        key: (head.version, json.loads(head.document))
        for key, head in truth.heads.items()
        if key[0] in scope.collections
        and not head.deleted
        and (head.site_id is None or _dashed(head.site_id) in scope.site_ids)
    }
    held = device.phone.storage.holdings()
    who = f"{device.username} ({device.path.name})"
    yield from (f"{who} lacks {key}" for key in sorted(expected.keys() - held.keys()))
    yield from (f"{who} holds too much: {key}" for key in sorted(held.keys() - expected.keys()))
    for key in sorted(expected.keys() & held.keys()):
        if expected[key] != held[key]:
            yield f"{who} holds {key} at {held[key][0]}, it stands at {expected[key][0]}"


def _answers(truth: Truth, device: Device) -> Iterator[str]:
    """What the phone was told is so: nothing acknowledged is lost, nothing refused is gone."""
    if device.phone.storage.outbox():
        yield f"{device.username} still has something to send"
    for mutation, result in device.phone.storage.answers():
        yield from _answer(truth, mutation, result)


def _answer(truth: Truth, mutation: Document, result: Document) -> Iterator[str]:
    id_, status = mutation["mutation_id"], result["status"]
    what = f"{mutation['collection']} {mutation['id']} by {id_}"
    if status == "rejected":
        if id_ not in truth.quarantined:
            yield f"{what} was rejected and is not in quarantine"
        return
    if status == "conflict" or result.get("conflict"):
        if id_ not in truth.conflicts:
            yield f"{what} was a conflict and does not wait for review"
        return
    known = truth.mutations.get(id_)
    if known is None or known.version != result["version"]:
        yield f"{what} was acknowledged as version {result['version']}, on record: {known}"
        return
    yield from _content(truth, mutation, result["version"], what)


def _content(truth: Truth, mutation: Document, version: int, what: str) -> Iterator[str]:
    key = (mutation["collection"], mutation["id"])
    head = truth.heads.get(key)
    written = truth.versions[key].get(version)
    if head is not None and head.version == version:
        written = head
    if written is None:
        return  # compacted since
    if mutation["operation"] == "delete":
        if not written.deleted:
            yield f"{what} was to delete it, version {version} is not deleted"
        return
    if written.deleted:
        yield f"{what} wrote version {version}, which is deleted"
        return
    stored = json.loads(written.document)
    before = truth.versions[key].get(version - 1)
    yield from _fields(
        mutation, stored, None if before is None else json.loads(before.document), truth, what
    )
    yield from _overwritten(truth, mutation, version, stored, what)
    yield from _missing(mutation["document"], stored, f"{what} v{version}")
    if head is not None and not head.deleted:
        yield from _missing_ids(mutation["document"], json.loads(head.document), f"{what} now")


def _fields(
    mutation: Document, stored: Document, before: Document | None, truth: Truth, what: str
) -> Iterator[str]:
    """Plain fields: as they were sent where it was applied; where it was merged, as they were sent
    or as they stood before. A merge that brought nothing new leaves the version it met, and there
    a field may be anybody's that was not changed since the base."""
    collection = COLLECTIONS[mutation["collection"]]
    assert collection.schema is not None
    sent = collection.schema.load(mutation["document"])
    is_merged = truth.mutations[mutation["mutation_id"]].status == "merged"
    kept = truth.versions[mutation["collection"], mutation["id"]].get(mutation["base_version"])
    base = {} if kept is None else json.loads(kept.document)
    for name, value in sent.items():
        policy = collection.policy.fields.get(name, REGISTER)
        if policy.rule is not Rule.REGISTER or stored.get(name) == value:
            continue
        if mutation["collection"] in MADE_BY_THE_SERVER and value is None:
            continue
        if is_merged and (before is None or stored.get(name) == before.get(name)):
            continue  # None: compacted since
        if is_merged and name in base and base[name] == value:
            continue
        yield f"{what}: {name} is {stored.get(name)!r}, {value!r} was sent"


def _overwritten(
    truth: Truth, mutation: Document, version: int, stored: Document, what: str
) -> Iterator[str]:
    """Nobody writes over what another device changed after the base: that is a conflict."""
    base = mutation["base_version"]
    versions = truth.versions[mutation["collection"], mutation["id"]]
    between = range(base or version, version)
    if not all(number in versions and not versions[number].deleted for number in between):
        return  # compacted since, or deleted and made anew
    documents = {number: json.loads(versions[number].document) for number in between}
    policy = COLLECTIONS[mutation["collection"]].policy
    own = truth.mutations[mutation["mutation_id"]].device_id
    for name, value in mutation["document"].items():
        rule = policy.fields.get(name, REGISTER).rule
        writers = [n for n in between[1:] if documents[n].get(name) != documents[n - 1].get(name)]
        if rule is not Rule.REGISTER or not writers or versions[writers[-1]].device_id == own:
            continue
        theirs = documents[writers[-1]].get(name)
        if stored.get(name) == value and value not in (theirs, documents[base].get(name)):
            yield f"{what}: {name} {value!r} was written over {theirs!r} of another device"


def _missing(sent: Document, stored: Document, what: str) -> Iterator[str]:
    """What was sent is in the version it became; fields of others may stand beside it."""
    for mark, value in sent.get("marks", {}).items():
        if stored["marks"].get(mark, 0) < value:
            yield f"{what}: mark {mark} is {stored['marks'].get(mark)}, {value} was sent"
    yield from _missing_ids(sent, stored, what)


def _missing_ids(sent: Document, stored: Document, what: str) -> Iterator[str]:
    """Nobody in the simulation takes a line, an answer, a signature or a photo away again."""
    for name in WITH_IDS:
        there = [_id(entry) for entry in stored.get(name, ())]
        gone = {_id(entry) for entry in sent.get(name, ())} - set(there)
        if gone:
            yield f"{what}: {name} lost {sorted(gone)}"
        if len(set(there)) != len(there):
            yield f"{what}: {name} doubled"
    photos = stored.get("attachment_ids", [])
    gone = set(sent.get("attachment_ids", ())) - set(photos)
    if gone:
        yield f"{what}: photos lost {sorted(gone)}"
    if len(set(photos)) != len(photos):
        yield f"{what}: photos doubled"


def _id(entry: Document) -> str:
    return str(entry.get("id") or entry["line_id"])


def _photos(truth: Truth, device: Device) -> Iterator[str]:
    """A photo whose announcement was accepted and whose bytes were sent is stored."""
    announced = _accepted_announcements(device)
    for attachment_id in device.phone.storage.sent_photos():
        head = truth.heads.get(("attachments", attachment_id))
        if attachment_id not in announced or head is None or head.deleted:
            continue
        if json.loads(head.document)["status"] != "stored":
            yield f"photo {attachment_id} of {device.username} was sent and is not stored"


def _accepted_announcements(device: Device) -> set[str]:
    return {
        mutation["id"]
        for mutation, result in device.phone.storage.answers()
        if mutation["collection"] == "attachments" and result["status"] != "rejected"
    }


def summary(simulation: Simulation, truth: Truth) -> Mapping[str, int]:
    """How much happened: a simulation in which nothing happens proves nothing."""
    told: Counter[str] = Counter()
    for device in simulation.devices:
        for _, result in device.phone.storage.answers():
            told[f"told {result['status']}"] += 1
            if result["status"] == "rejected":
                told[result["problem"]["type"].rpartition("/")[2]] += 1
    numbers = sum(bool(re.search(r'"number":"YS-', head.document)) for head in truth.heads.values())
    for line in simulation.network.lines.values():
        told.update(f"network: {fate}" for fate in line.fates)
    return {
        **simulation.happened,
        **told,
        "records": len(truth.heads),
        "signed": numbers,
        "changes": truth.last_sequence,
    }
