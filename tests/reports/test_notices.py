"""The two notices and the verification sheet, set from plain entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from server.reports.fonts import open_fonts
from server.reports.notices import Notice, NoticeFinding, NoticeKind, NoticeStep, notice_sheet
from server.reports.typesetting import set_pages, set_pdf
from server.reports.wording import Wording
from tests.reports.pdf import ink_beyond_the_margin, text_of, without_spaces

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FONTS = open_fonts(None)


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (800, 600), (200, 120, 40)).save(made, "JPEG")
    return made.getvalue()


def notice(kind: NoticeKind) -> Notice:
    return Notice(
        kind=kind,
        collection="corrective_actions",
        id="0192e000-0000-7000-8000-000000000000",
        version=3,
        sha256="ab" * 32,
        organisation="第一中学后勤",
        site="北区食堂",
        number="ZG-N1-2026-000001",
        responsible="胜利粮油食品有限公司" * 6,
        issuer="李淑芬",
        issued_at=NOON,
        due_at=NOON + timedelta(days=3),
        first_due_at=NOON + timedelta(days=1),
        status="待整改",
        findings=[
            NoticeFinding(
                "冷库温度 −9 ℃ #panic() " + "W" * 200,
                "二号冷库",
                "A",
                basis="GB 31654-2021",
                requirement="调整至 −18 ℃ 以下",
                found_before_at=NOON - timedelta(days=6),
                earlier=["three"],
                before=["one", "lost"],
                after=["two"],
            ),
            NoticeFinding("地面积水", "粗加工间", "C"),
        ],
        steps=[NoticeStep("提交整改", "刘师傅", NOON + timedelta(hours=5), "已更换压缩机" * 20)],
    )


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        (
            "written_notice",
            "zh-CN",
            ("书面通知单", "请于2026-03-0512:00前改正", "签收人", "上次发现时"),
        ),
        (
            "rectification_order",
            "zh-CN",
            ("限期整改通知书", "责令", "预防措施", "屡查屡犯（2026-02-"),
        ),
        ("verification", "zh-CN", ("整改验证单", "整改后", "验证人", "已更换压缩机")),
        ("rectification_order", "en", ("Rectification Order", "Cause", "Repeated", "A critical")),
    ],
)
def test_notice_says_what_where_and_by_when(
    kind: NoticeKind, language: str, said: tuple[str, ...]
) -> None:
    words = Wording(language, FONTS.characters)
    sheet = notice_sheet(
        notice(kind),
        words,
        "https://example.org",
        {name: picture() for name in ("one", "two", "three")},
    )
    pdf = set_pdf(sheet, FONTS)
    assert pdf == set_pdf(sheet, FONTS)
    text = text_of(pdf)
    every = ("ZG-N1-2026-000001", "二号冷库", "2026-03-03 12:00:00", "#panic()", *said)
    assert [part for part in every if without_spaces(part) not in text] == []
    pages = set_pages(sheet, FONTS)
    assert sum(map(ink_beyond_the_margin, pages)) == 0
