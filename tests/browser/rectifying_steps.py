"""Notices as they come to the board: found with a photo, put right with another."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from server.db.types import new_id
from tests.browser.inspecting_steps import Canteen, Document, time_text
from tests.handheld import Handheld
from tests.infrastructure.photos import photo


class Rectifying:
    """What ``chen`` puts right at the canteen."""

    def __init__(self, canteen: Canteen, chen: Handheld) -> None:
        self.canteen, self.chen = canteen, chen
        self.photos = 0

    def photo(self, owner_collection: str, owner_id: str, role: str) -> str:
        """A photo of *owner*, announced and brought. Returns its id."""
        self.photos += 1
        content = photo(700 + self.photos, size=(1200, 900)).content
        sha256, id_ = hashlib.sha256(content).hexdigest(), str(uuid4())
        document = {
            "id": id_,
            "site_id": self.canteen.site_id,
            "sha256": sha256,
            "size": len(content),
            "media_type": "image/jpeg",
            "owner_collection": owner_collection,
            "owner_id": owner_id,
            "role": role,
            "captured_at": time_text(-1),
            "entered_at": time_text(-1),
            "source": "camera",
        }
        self.chen.send_json("PUT", f"/api/v1/attachments/{id_}", document).expect(200, 201)
        told = {"sha256": sha256, "attachment_id": id_}
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(
                f"{name} {base64.b64encode(value.encode()).decode()}"
                for name, value in told.items()
            ),
            "Content-Type": "application/offset+octet-stream",
        }
        self.chen.request("POST", "/api/v1/uploads", content, headers).expect(201)
        return id_

    def issued(self, title: str, unit: Document, **changes: Any) -> Document:
        finding_id = str(uuid4())
        finding = self.canteen.put(
            "findings",
            id=finding_id,
            title=title,
            description="见照片。",
            clause="食堂管理规范 7.3",
            nonconformity_class="B",
            unit_id=unit["id"],
            attachment_ids=[self.photo("findings", finding_id, "finding")],
            captured_at=time_text(-3),
        )
        return self.canteen.put(
            "corrective-actions",
            id=new_id(datetime.now(UTC)),
            kind="written_notice",
            provisional_number=f"P-{uuid4().hex[:6]}",
            finding_ids=[finding["id"]],
            title=title,
            requirement="按要求整改并拍照。",
            captured_at=time_text(-2),
            **{"unit_id": unit["id"], **changes},
        )

    def step(self, action: Document, kind: str, **changes: Any) -> Document:
        step = {
            "id": str(uuid4()),
            "site_id": self.canteen.site_id,
            "corrective_action_id": action["id"],
            "kind": kind,
            "captured_at": time_text(-0.5),
            **changes,
        }
        address = f"/api/v1/corrective-action-steps/{step['id']}"
        saved: Document = self.chen.send_json("PUT", address, step).expect(201).json["document"]
        return saved

    def submitted(self, title: str, unit: Document) -> Document:
        action = self.issued(title, unit)
        step_id = str(uuid4())
        self.step(
            action,
            "submitted",
            id=step_id,
            correction="已清理并消毒。",
            attachment_ids=[self.photo("corrective_action_steps", step_id, "after")],
        )
        return action
