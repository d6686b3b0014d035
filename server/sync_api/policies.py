"""The merge policies as data: one text for every device, made once."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import orjson

from server.sync_api.registry import COLLECTIONS


@cache
def told() -> tuple[bytes, str]:
    """The policies of all collections as JSON, and the hash of that text."""
    policies = {name: collection.policy.to_dict() for name, collection in COLLECTIONS.items()}
    body = orjson.dumps({"policies": policies})
    return body, sha256(body).hexdigest()
