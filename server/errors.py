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
MALFORMED_DOCUMENT = _define(
    "malformed-document",
    422,
    ("记录内容无法读取", "The document cannot be read"),
    (
        "记录应为 JSON 对象，不含 NaN 或残缺字符，层次不能过深。",
        "A document is a JSON object without NaN or broken characters, and not nested too deeply.",
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
PUSH_LOST_RACES = _define(
    "push-lost-races",
    503,
    ("暂时繁忙", "Busy for now"),
    (
        "其他设备正在写同样的记录，本次未保存任何内容。请稍后原样重新上传。",
        "Other devices are writing the same records; nothing of this push was kept. "
        "Send it again as it is in a moment.",
    ),
)

# -- receiving ---------------------------------------------------------------------------------
RECEIPT_SIGNED = _define(
    "receipt-signed",
    409,
    ("验收单已签字，不能再改", "The receipt is signed and cannot be changed"),
    (
        "验收单 {number} 已由两人签字。需要更正时，请新建一份更正单。",
        "Receipt {number} bears two signatures. To correct it, make an amendment.",
    ),
)
RECEIPT_INCOMPLETE = _define(
    "receipt-incomplete",
    422,
    ("验收单还不完整，不能签字", "The receipt is not complete and cannot be signed"),
)
SIGNED_CONTENT_CHANGED = _define(
    "signed-content-changed",
    409,
    ("签字后内容被改动", "The content changed under a signature"),
    (
        "已有签字，内容不能再改。请先撤下签字，改好后重新签。",
        "There is a signature already. Take it off, change the content, then sign again.",
    ),
)
CONCESSION_NOT_PERMITTED = _define(
    "concession-not-permitted",
    403,
    ("不能让步接收", "This cannot be accepted by concession"),
    ("{reason_zh}", "{reason_en}"),
)
AMENDMENT_IS_FINAL = _define(
    "amendment-is-final",
    409,
    ("更正单不能再改", "An amendment cannot be changed"),
    ("更正单 {number} 已生效；需要时请再建一份。", "Amendment {number} stands; make another one."),
)
RECEIPT_NOT_SIGNED = _define(
    "receipt-not-signed",
    409,
    ("验收单尚未签字", "The receipt is not signed yet"),
    (
        "只有已签字的验收单才需要更正单；草稿可以直接修改。",
        "Only a signed receipt takes amendments; a draft is simply changed.",
    ),
)

# -- master data and checklists ----------------------------------------------------------------
CODE_IS_TAKEN = _define(
    "code-is-taken",
    409,
    ("编码已被使用", "The code is taken"),
    ("编码“{code}”已属于“{name}”。", "The code “{code}” belongs to “{name}” already."),
)
CHECKLIST_UNKNOWN = _define(
    "checklist-unknown",
    422,
    ("没有这份检查表", "No such checklist"),
    ("本单位没有发布过检查表“{code}”。", "No checklist “{code}” has been published here."),
)
CHECKLIST_VERSION_PUBLISHED = _define(
    "checklist-version-published",
    409,
    ("此版本已发布，不能再改", "This version is published and cannot be changed"),
    (
        "检查表 {code} 的第 {version} 版已经发布。请作为下一版发布。",
        "Version {version} of checklist {code} is published. Publish a next version instead.",
    ),
)
CHECKLIST_VERSION_OUT_OF_ORDER = _define(
    "checklist-version-out-of-order",
    409,
    ("版本号不连续", "The version is not the next one"),
    (
        "检查表 {code} 的下一版应为第 {expected} 版，收到第 {version} 版。",
        "The next version of checklist {code} is {expected}, not {version}.",
    ),
)

# -- photos: uploads and attachments -------------------------------------------------------------
TUS_VERSION_UNSUPPORTED = _define(
    "tus-version-unsupported",
    412,
    ("上传协议版本不支持", "This version of the upload protocol is not spoken here"),
    (
        "需要 Tus-Resumable: 1.0.0，收到“{given}”。",
        "Tus-Resumable: 1.0.0 is needed, “{given}” arrived.",
    ),
)
UPLOAD_HEADER_INVALID = _define(
    "upload-header-invalid", 400, ("上传请求头有误", "An upload header is not valid")
)
UPLOAD_BROKE_OFF = _define(
    "upload-broke-off",
    400,
    ("上传中断", "The upload broke off"),
    (
        "连接在内容传完之前断开，请重新开始这次上传。",
        "The connection ended before the content did. Begin this upload again.",
    ),
)
UPLOAD_OFFSET_STALE = _define(
    "upload-offset-stale",
    409,
    ("上传位置不一致", "The upload stands at another offset"),
    (
        "服务器已有 {current} 字节，请求从 {given} 开始。请先用 HEAD 查询再继续。",
        "The server has {current} bytes, the request begins at {given}. Ask with HEAD, then go on.",
    ),
)
UPLOAD_EXPIRED = _define(
    "upload-expired",
    410,
    ("上传已过期", "The upload has expired"),
    ("请重新开始上传。", "Begin the upload again."),
)
UPLOAD_TOO_LARGE = _define(
    "upload-too-large",
    413,
    ("文件过大", "The file is too large"),
    (
        "文件有 {given} 字节，最多允许 {limit} 字节。",
        "The file has {given} bytes; at most {limit} are allowed.",
    ),
)
UPLOAD_EXCEEDS_LENGTH = _define(
    "upload-exceeds-length",
    413,
    ("内容超出声明的长度", "More content than was announced"),
    (
        "还应上传 {room} 字节，收到的更多；这一段未保存。",
        "{room} bytes were still to come and more arrived; this part was not kept.",
    ),
)
UPLOAD_IN_USE = _define(
    "upload-in-use",
    423,
    ("另一个请求正在上传此文件", "Another request is writing this upload"),
    ("请稍后再试。", "Try again in a moment."),
)
UPLOAD_CHECKSUM_MISMATCH = _define(
    "upload-checksum-mismatch",
    460,
    ("校验和不一致", "The checksum does not match"),
    (
        "这一段内容与 Upload-Checksum 不符，未保存，请重传。",
        "This part is not what Upload-Checksum says; it was not kept. Send it again.",
    ),
)
UPLOAD_CONTENT_MISMATCH = _define(
    "upload-content-mismatch",
    460,
    ("文件内容与声明的 SHA-256 不一致", "The content is not what its SHA-256 says"),
    (
        "声明为 {announced}，实际为 {actual}。文件未保存，请重新上传。",
        "{announced} was announced, {actual} arrived. Nothing was kept; upload it again.",
    ),
)
STORAGE_UNAVAILABLE = _define(
    "storage-unavailable",
    503,
    ("文件存储暂时不可用", "The file store is not available for now"),
    (
        "照片暂时无法保存或读取，请稍后再试；已确认的内容不会丢失。",
        "Photos cannot be written or read for the moment. Try again later; "
        "nothing that was acknowledged is lost.",
    ),
)
IMAGE_TYPE_UNSUPPORTED = _define(
    "image-type-unsupported",
    415,
    ("不是支持的图片", "Not an image of a supported kind"),
    (
        "只接受 JPEG、PNG 和 WebP 图片；文件内容不是其中任何一种，未保存。",
        "JPEG, PNG and WebP images are accepted; the content is none of them and was not kept.",
    ),
)
IMAGE_UNREADABLE = _define(
    "image-unreadable",
    422,
    ("图片已损坏", "The image is damaged"),
    (
        "图片不完整或已损坏，无法打开，未保存。请重新拍摄或选择。",
        "The image is truncated or damaged, cannot be opened and was not kept. "
        "Take or choose it again.",
    ),
)
IMAGE_TOO_MANY_PIXELS = _define(
    "image-too-many-pixels",
    413,
    ("图片像素过多", "The image has too many pixels"),
    (
        "图片为 {width} × {height} 像素，最多允许 {limit} 像素，未保存。",
        "The image has {width} × {height} pixels; at most {limit} are allowed. It was not kept.",
    ),
)
ATTACHMENT_IS_FIXED = _define(
    "attachment-is-fixed",
    409,
    ("附件的内容和归属不能更改", "An attachment keeps its content and its owner"),
    (
        "{field} 已登记，不能改为另一个值。请另建一个附件。",
        "{field} is on record and cannot become another value. Make another attachment.",
    ),
)
ATTACHMENT_SIZE_MISMATCH = _define(
    "attachment-size-mismatch",
    422,
    ("登记的大小与文件不符", "The announced size is not the file's"),
    (
        "附件登记为 {announced} 字节，文件为 {actual} 字节。请更正登记。",
        "The attachment announces {announced} bytes, the file has {actual}. "
        "Correct the attachment.",
    ),
)
ATTACHMENT_SHA256_MISMATCH = _define(
    "attachment-sha256-mismatch",
    422,
    ("上传的文件不是登记的那个", "The upload is not the file that was announced"),
    (
        "附件登记的 SHA-256 与本次上传的不同。",
        "The attachment was announced with another SHA-256 than this upload's.",
    ),
)
ATTACHMENT_NOT_STORED = _define(
    "attachment-not-stored",
    404,
    ("照片尚未上传", "The photo has not arrived yet"),
    (
        "附件已登记，照片仍在拍摄的设备上。",
        "The attachment is announced; the photo is still on the device that took it.",
    ),
)
EVIDENCE_IS_KEPT = _define(
    "evidence-is-kept",
    409,
    ("已存的证据不能删除", "Stored evidence cannot be deleted"),
    (
        "照片已经存入，作为证据保留。",
        "The photo is stored and is kept as evidence.",
    ),
)

# -- switching rules ---------------------------------------------------------------------------
INSPECTION_NOT_DISCONTINUED = _define(
    "inspection-not-discontinued",
    409,
    ("检验未暂停，无需批准恢复", "Inspection is not discontinued"),
    (
        "现在是{zh}；只有暂停检验后才批准恢复。",
        "Now: {en}. A restart is approved only after inspection was discontinued.",
    ),
)
SWITCHING_ACTION_IS_FINAL = _define(
    "switching-action-is-final",
    409,
    ("此项批准已记录，不能再改", "This action is on record and cannot be changed"),
    (
        "编号 {id} 已用于另一项记录；请用新的编号。",
        "The id {id} belongs to another entry; send this with a new one.",
    ),
)

# -- sync: the doors for client libraries --------------------------------------------------------
PUSH_NOT_APPLIED = _define(
    "push-not-applied",
    409,
    ("本次上传未保存", "Nothing of this push was kept"),
    (
        "有 {count} 条记录不能接受，因此整批未保存。请先拉取，处理所列记录后重新上传。",
        "{count} of the changes cannot stand, so none was carried out. "
        "Pull first, settle what is listed, then push again.",
    ),
)
