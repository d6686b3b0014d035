"""Problems: everything that can go wrong and be told to a caller, once, in both languages.

Lower layers raise :class:`Problem` with a type from this catalogue; ``server.http.problem`` is the
only place that turns one into an HTTP answer (RFC 9457). A slug is permanent: programs rely on it,
so it is never renamed and never reused for something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CHINESE = "zh-CN"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages, with ``{named}`` places to fill."""

    zh: str
    en: str

    def render(self, language: str, **params: object) -> str:
        template = self.en if language == ENGLISH else self.zh
        return template.format(**params) if params else template


@dataclass(frozen=True, slots=True)
class ProblemType:
    slug: str
    status: int
    title: Text
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong at one place of a body; ``pointer`` is an RFC 6901 JSON pointer."""

    pointer: str
    text: Text
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, language: str) -> dict[str, str]:
        return {"pointer": self.pointer, "detail": self.text.render(language, **self.params)}


class Problem(Exception):
    """A refusal with a reason. ``params`` fill the places in the type's detail text."""

    def __init__(
        self,
        type_: ProblemType,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(type_.slug)
        self.type = type_
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.params = params

    def to_dict(self, language: str, instance: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"/problems/{self.type.slug}",
            "title": self.type.title.render(language),
            "status": self.type.status,
        }
        if self.type.detail is not None:
            body["detail"] = self.type.detail.render(language, **self.params)
        elif self.errors:
            body["detail"] = self.errors[0].to_dict(language)["detail"]
        if instance is not None:
            body["instance"] = instance
        if self.errors:
            body["errors"] = [error.to_dict(language) for error in self.errors]
        return body


CATALOGUE: dict[str, ProblemType] = {}


def _define(
    slug: str, status: int, title: tuple[str, str], detail: tuple[str, str] | None = None
) -> ProblemType:
    if slug in CATALOGUE:
        raise ValueError(f"problem slug used twice: {slug}")
    CATALOGUE[slug] = ProblemType(
        slug, status, Text(*title), Text(*detail) if detail is not None else None
    )
    return CATALOGUE[slug]


# -- the request itself ------------------------------------------------------------------------
MALFORMED_BODY = _define(
    "malformed-body",
    400,
    ("请求内容无法读取", "The body cannot be read"),
    (
        "请求内容不是有效的 JSON（UTF-8，不含 NaN 或残缺字符）。",
        "The body is not valid JSON (UTF-8, without NaN or broken characters).",
    ),
)
BAD_REQUEST = _define("bad-request", 400, ("请求有误", "Bad request"))
NOT_FOUND = _define(
    "not-found",
    404,
    ("没有找到", "Not found"),
    ("这里没有您要的内容，或者您无权查看。", "There is nothing here that you may see."),
)
METHOD_NOT_ALLOWED = _define(
    "method-not-allowed",
    405,
    ("不支持此操作", "Method not allowed"),
    ("此地址不支持 {method}。", "{method} is not offered here."),
)
NOT_ACCEPTABLE = _define("not-acceptable", 406, ("无法提供所要的格式", "Not acceptable"))
CONFLICT = _define(
    "conflict",
    409,
    ("与现有数据冲突", "Conflicts with what exists"),
    (
        "数据与已有记录冲突（{constraint}），未作任何改动。",
        "The data conflicts with a record that exists ({constraint}); nothing was changed.",
    ),
)
VERSION_MISMATCH = _define(
    "version-mismatch",
    412,
    ("记录已被修改", "The record has changed"),
    (
        "您依据的是版本 {given}，现在是版本 {current}。请刷新后再改。",
        "You worked from version {given}, it is now {current}. Reload, then change it.",
    ),
)
TOO_LARGE = _define(
    "too-large",
    413,
    ("内容过大", "Too large"),
    ("最多允许 {limit}。", "At most {limit} is allowed."),
)
UNSUPPORTED_MEDIA_TYPE = _define(
    "unsupported-media-type",
    415,
    ("内容类型不支持", "Unsupported media type"),
    ("此处需要 {expected}，收到的是 {given}。", "{expected} is needed here, not {given}."),
)
VALIDATION_FAILED = _define(
    "validation-failed", 422, ("内容不符合要求", "The content does not validate")
)
PRECONDITION_REQUIRED = _define(
    "precondition-required",
    428,
    ("缺少版本号", "A version is needed"),
    (
        "修改已有记录时请用 If-Match 给出所依据的版本号。",
        "State the version you worked from with If-Match when changing a record.",
    ),
)
TOO_MANY_REQUESTS = _define(
    "too-many-requests",
    429,
    ("请求过于频繁", "Too many requests"),
    ("请在 {seconds} 秒后再试。", "Try again in {seconds} seconds."),
)
HEADERS_TOO_LARGE = _define(
    "headers-too-large", 431, ("请求头过大", "The header fields are too large")
)
INTERNAL_ERROR = _define(
    "internal-error",
    500,
    ("服务器内部错误", "Internal error"),
    (
        "出了意外，您的数据没有改动。请把请求编号 {request_id} 告诉管理员。",
        "Something unexpected happened; your data was not changed. "
        "Tell an administrator this request id: {request_id}.",
    ),
)
UNAVAILABLE = _define(
    "unavailable",
    503,
    ("暂时不可用", "Unavailable for now"),
    ("{reason}", "{reason}"),
)

# -- who is asking -----------------------------------------------------------------------------
UNAUTHENTICATED = _define(
    "unauthenticated",
    401,
    ("需要登录", "Sign-in needed"),
    ("请先登录，或者登录已过期。", "Sign in first, or your sign-in has expired."),
)
WRONG_CREDENTIALS = _define(
    "wrong-credentials",
    401,
    ("用户名或密码不对", "Wrong user name or password"),
    ("请核对用户名和密码。", "Check the user name and the password."),
)
DEVICE_REVOKED = _define(
    "device-revoked",
    403,
    ("此设备已停用", "This device is revoked"),
    (
        "管理员已停用此设备。未上传的记录仍在设备上，请联系管理员。",
        "An administrator revoked this device. What was not uploaded is still on it; "
        "ask an administrator.",
    ),
)
FORBIDDEN = _define(
    "forbidden",
    403,
    ("无权进行此操作", "Not permitted"),
    ("您的角色没有“{permission}”权限。", "Your role does not include “{permission}”."),
)
SITE_REQUIRED = _define(
    "site-required",
    422,
    ("请指明站点", "State the site"),
    (
        "您可以在多个站点工作，请用 site_id 指明是哪一个。",
        "You work at several sites; say which one with site_id.",
    ),
)

# -- sync --------------------------------------------------------------------------------------
CURSOR_INVALID = _define(
    "cursor-invalid",
    400,
    ("同步位置无效", "The cursor is not valid"),
    (
        "这个同步位置不是发给您的，或者已损坏。请从头同步。",
        "This cursor was not made for you, or is damaged. Start again without one.",
    ),
)
CURSOR_EXPIRED = _define(
    "cursor-expired",
    410,
    ("同步位置已过期", "The cursor has expired"),
    (
        "请从头同步；尚未上传的内容请保留并照常上传。",
        "Start again without a cursor; keep what is not yet pushed and push it as usual.",
    ),
)
UNKNOWN_COLLECTION = _define(
    "unknown-collection",
    422,
    ("没有这个数据集", "Unknown collection"),
    ("没有名为“{collection}”的数据集。", "There is no collection “{collection}”."),
)
READ_ONLY_COLLECTION = _define(
    "read-only-collection",
    403,
    ("此数据集只能在服务器上修改", "This collection is changed on the server only"),
    ("“{collection}”不接受设备上传。", "“{collection}” takes nothing from devices."),
)
MUTATION_ID_REUSED = _define(
    "mutation-id-reused",
    409,
    ("提交编号重复", "The mutation id was used before"),
    (
        "这个 mutation_id 已用于另一份内容，请用新的编号重新提交。",
        "This mutation_id was used for other content; send this with a new one.",
    ),
)
RECORD_NOT_FOUND = _define(
    "record-not-found",
    404,
    ("没有找到这条记录", "No such record"),
    ("没有这条记录，或者您无权查看。", "There is no such record that you may see."),
)
DEVICE_MISMATCH = _define(
    "device-mismatch",
    403,
    ("设备不一致", "Another device"),
    (
        "device_id 与登录时的设备不一致。",
        "device_id is not the device this sign-in belongs to.",
    ),
)
