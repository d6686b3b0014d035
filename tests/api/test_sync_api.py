from uuid import uuid4


def mutation(document, base_version=None, **other):
    return {
        "mutation_id": str(uuid4()),
        "collection": "work_log_entries",
        "id": document["id"],
        "operation": "upsert",
        "base_version": base_version,
        "document": document,
        "captured_at": "2026-03-01T08:00:00Z",
        **other,
    }


def entry(**fields):
    return {"id": str(uuid4()), "title": "晨会", **fields}


def push(person, *mutations):
    answer = person.post(
        "/api/v1/sync/push", json={"device_id": person.device_id, "mutations": list(mutations)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def pull(person, cursor=None, **query):
    query = {**query, **({"cursor": cursor} if cursor else {})}
    answer = person.get("/api/v1/sync/pull", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_what_one_phone_pushes_another_of_the_site_pulls(world):
    li, wang = world.person("li"), world.person("wang")
    sent = entry(text="一切正常", marks={"greeted": 3})
    [result] = push(li, mutation(sent))
    assert (result["status"], result["version"]) == ("applied", 1)
    [change] = pull(wang, collections="work_log_entries")["changes"]
    assert change["id"] == sent["id"]
    assert change["document"] == result["document"]
    assert change["document"]["site_id"] == world.north
    assert change["document"]["marks"] == {"greeted": 3}


def test_the_same_mutation_again_is_answered_as_the_first_time(world):
    li = world.person("li")
    first = mutation(entry())
    [applied] = push(li, first)
    [again] = push(li, first)
    assert again == {**applied, "status": "duplicate"}
    assert len(pull(li, collections="work_log_entries")["changes"]) == 1


def test_different_fields_merge_and_the_same_field_conflicts(world):
    li, wang = world.person("li"), world.person("wang")
    base = entry(text="原文", marks={"a": 1})
    [created] = push(li, mutation(base))
    push(li, mutation({**base, "text": "李改的", "marks": {"a": 2}}, 1))
    [merged] = push(wang, mutation({**base, "title": "新标题", "marks": {"a": 1, "b": 5}}, 1))
    assert merged["status"] == "merged"
    assert merged["document"]["text"] == "李改的"
    assert merged["document"]["title"] == "新标题"
    assert merged["document"]["marks"] == {"a": 2, "b": 5}
    [clash] = push(wang, mutation({**base, "text": "王改的"}, 1))
    assert clash["status"] == "conflict"
    assert clash["conflict"]["fields"] == ["text"]
    assert clash["conflict"]["current"]["text"] == "李改的"


def test_a_refused_mutation_harms_no_other_and_is_kept(world):
    from server.access import Role

    li = world.person("li")
    good, bad = mutation(entry()), mutation(entry(title=7, colour="red"))
    results = push(li, bad, good, {"mutation_id": "nonsense"})
    assert [result["status"] for result in results] == ["rejected", "applied", "rejected"]
    assert {e["pointer"] for e in results[0]["problem"]["errors"]} == {"/title", "/colour"}
    quality = world.person("q", Role.QUALITY)
    kept = quality.get("/api/v1/sync/quarantine").json["quarantined"]
    assert bad["mutation_id"] in {item["mutation_id"] for item in kept}
