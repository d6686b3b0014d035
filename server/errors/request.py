"""The request itself."""

from __future__ import annotations

from server.errors.problem import define

MALFORMED_BODY = define(
    "malformed-body",
    400,
    ("请求内容无法读取", "The body cannot be read"),
    (
        "请求内容不是有效的 JSON（UTF-8，不含 NaN 或残缺字符）。",
        "The body is not valid JSON (UTF-8, without NaN or broken characters).",
    ),
)
BAD_REQUEST = define("bad-request", 400, ("请求有误", "Bad request"))
NOT_FOUND = define(
    "not-found",
    404,
    ("没有找到", "Not found"),
    ("这里没有您要的内容，或者您无权查看。", "There is nothing here that you may see."),
)
METHOD_NOT_ALLOWED = define(
    "method-not-allowed",
    405,
    ("不支持此操作", "Method not allowed"),
    ("此地址不支持 {method}。", "{method} is not offered here."),
)
NOT_ACCEPTABLE = define("not-acceptable", 406, ("无法提供所要的格式", "Not acceptable"))
CONFLICT = define(
    "conflict",
    409,
    ("与现有数据冲突", "Conflicts with what exists"),
    (
        "数据与已有记录冲突（{constraint}），未作任何改动。",
        "The data conflicts with a record that exists ({constraint}); nothing was changed.",
    ),
)
VERSION_MISMATCH = define(
    "version-mismatch",
    412,
    ("记录已被修改", "The record has changed"),
    (
        "您依据的是版本 {given}，现在是版本 {current}。请刷新后再改。",
        "You worked from version {given}, it is now {current}. Reload, then change it.",
    ),
)
TOO_LARGE = define(
    "too-large",
    413,
    ("内容过大", "Too large"),
    ("最多允许 {limit}。", "The limit is {limit}."),
)
UNSUPPORTED_MEDIA_TYPE = define(
    "unsupported-media-type",
    415,
    ("内容类型不支持", "Unsupported media type"),
    ("此处需要 {expected}，收到的是 {given}。", "{expected} is needed here, not {given}."),
)
VALIDATION_FAILED = define(
    "validation-failed", 422, ("内容不符合要求", "The content does not validate")
)
PRECONDITION_REQUIRED = define(
    "precondition-required",
    428,
    ("缺少版本号", "A version is needed"),
    (
        "修改已有记录时请用 If-Match 给出所依据的版本号。",
        "State the version you worked from with If-Match when changing a record.",
    ),
)
TOO_MANY_REQUESTS = define(
    "too-many-requests",
    429,
    ("请求过于频繁", "Too many requests"),
    ("请在 {seconds} 秒后再试。", "Try again in {seconds} seconds."),
)
HEADERS_TOO_LARGE = define(
    "headers-too-large", 431, ("请求头过大", "The header fields are too large")
)
INTERNAL_ERROR = define(
    "internal-error",
    500,
    ("服务器内部错误", "Internal error"),
    (
        "出了意外，您的数据没有改动。请把请求编号 {request_id} 告诉管理员。",
        "Something unexpected happened; your data was not changed. "
        "Tell an administrator this request id: {request_id}.",
    ),
)
UNAVAILABLE = define(
    "unavailable",
    503,
    ("暂时不可用", "Unavailable for now"),
    ("{reason}", "{reason}"),
)
