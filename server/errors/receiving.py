"""Goods receipts and their amendments."""

from __future__ import annotations

from server.errors.problem import define

RECEIPT_SIGNED = define(
    "receipt-signed",
    409,
    ("验收单已签字，不能再改", "The receipt is signed and cannot be changed"),
    (
        "验收单 {number} 已由两人签字。需要更正时，请新建一份更正单。",
        "Receipt {number} bears two signatures. To correct it, make an amendment.",
    ),
)
RECEIPT_INCOMPLETE = define(
    "receipt-incomplete",
    422,
    ("验收单还不完整，不能签字", "The receipt is not complete and cannot be signed"),
)
SIGNED_CONTENT_CHANGED = define(
    "signed-content-changed",
    409,
    ("签字后内容被改动", "The content changed under a signature"),
    (
        "已有签字，内容不能再改。请先撤下签字，改好后重新签。",
        "There is a signature already. Take it off, change the content, then sign again.",
    ),
)
CONCESSION_NOT_PERMITTED = define(
    "concession-not-permitted",
    403,
    ("不能让步接收", "This cannot be accepted by concession"),
    ("{reason_zh}", "{reason_en}"),
)
AMENDMENT_IS_FINAL = define(
    "amendment-is-final",
    409,
    ("更正单不能再改", "An amendment cannot be changed"),
    ("更正单 {number} 已生效；需要时请再建一份。", "Amendment {number} stands; make another one."),
)
RECEIPT_NOT_SIGNED = define(
    "receipt-not-signed",
    409,
    ("验收单尚未签字", "The receipt is not signed yet"),
    (
        "只有已签字的验收单才需要更正单；草稿可以直接修改。",
        "Only a signed receipt takes amendments; a draft is simply changed.",
    ),
)
