from server.access import Role


def test_a_signed_in_person_sees_the_own_account(world):
    inspector = world.person("li", Role.INSPECTOR)
    account = inspector.get("/api/v1/auth/me").json
    assert account["username"] == "li"
    assert account["role"] == "inspector"
    assert [site["site_id"] for site in account["sites"]] == [world.north]


def test_signing_out_ends_the_token(world):
    inspector = world.person("li", Role.INSPECTOR)
    assert inspector.post("/api/v1/auth/logout").status_code == 204
    assert inspector.get("/api/v1/auth/me").status_code == 401
