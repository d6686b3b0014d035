"""Photos: uploads and attachments."""

from __future__ import annotations

from server.errors.problem import define

TUS_VERSION_UNSUPPORTED = define(
    "tus-version-unsupported",
    412,
    ("上传协议版本不支持", "This version of the upload protocol is not spoken here"),
    (
        "需要 Tus-Resumable: 1.0.0，收到“{given}”。",
        "Tus-Resumable: 1.0.0 is needed, “{given}” arrived.",
    ),
)
UPLOAD_HEADER_INVALID = define(
    "upload-header-invalid", 400, ("上传请求头有误", "An upload header is not valid")
)
UPLOAD_BROKE_OFF = define(
    "upload-broke-off",
    400,
    ("上传中断", "The upload broke off"),
    (
        "连接在内容传完之前断开，请重新开始这次上传。",
        "The connection ended before the content did. Begin this upload again.",
    ),
)
UPLOAD_OFFSET_STALE = define(
    "upload-offset-stale",
    409,
    ("上传位置不一致", "The upload stands at another offset"),
    (
        "服务器已有 {current} 字节，请求从 {given} 开始。请先用 HEAD 查询再继续。",
        "The server has {current} bytes, the request begins at {given}. Ask with HEAD, then go on.",
    ),
)
UPLOAD_LENGTH_IS_FIXED = define(
    "upload-length-is-fixed",
    400,
    ("上传的长度不能更改", "An upload keeps its length"),
    (
        "这次上传的长度是 {current} 字节，收到的是 {given}。",
        "This upload has {current} bytes; {given} arrived.",
    ),
)
UPLOAD_EXPIRED = define(
    "upload-expired",
    410,
    ("上传已过期", "The upload has expired"),
    ("请重新开始上传。", "Begin the upload again."),
)
UPLOAD_TOO_LARGE = define(
    "upload-too-large",
    413,
    ("文件过大", "The file is too large"),
    (
        "文件有 {given} 字节，最多允许 {limit} 字节。",
        "The file has {given} bytes; at most {limit} are allowed.",
    ),
)
UPLOAD_EXCEEDS_LENGTH = define(
    "upload-exceeds-length",
    413,
    ("内容超出声明的长度", "More content than was announced"),
    (
        "还应上传 {room} 字节，收到的更多；这一段未保存。",
        "{room} bytes were still to come and more arrived; this part was not kept.",
    ),
)
UPLOAD_IN_USE = define(
    "upload-in-use",
    423,
    ("另一个请求正在上传此文件", "Another request is writing this upload"),
    ("请稍后再试。", "Try again in a moment."),
)
UPLOAD_CHECKSUM_MISMATCH = define(
    "upload-checksum-mismatch",
    460,
    ("校验和不一致", "The checksum does not match"),
    (
        "这一段内容与 Upload-Checksum 不符，未保存，请重传。",
        "This part is not what Upload-Checksum says; it was not kept. Send it again.",
    ),
)
UPLOAD_CONTENT_MISMATCH = define(
    "upload-content-mismatch",
    460,
    ("文件内容与声明的 SHA-256 不一致", "The content is not what its SHA-256 says"),
    (
        "声明为 {announced}，实际为 {actual}。文件未保存，请重新上传。",
        "{announced} was announced, {actual} arrived. Nothing was kept; upload it again.",
    ),
)
STORAGE_UNAVAILABLE = define(
    "storage-unavailable",
    503,
    ("文件存储暂时不可用", "The file store is not available for now"),
    (
        "照片暂时无法保存或读取，请稍后再试；已确认的内容不会丢失。",
        "Photos cannot be written or read for the moment. Try again later; "
        "nothing that was acknowledged is lost.",
    ),
)
IMAGE_TYPE_UNSUPPORTED = define(
    "image-type-unsupported",
    415,
    ("不是支持的图片", "Not an image of a supported kind"),
    (
        "只接受 JPEG、PNG 和 WebP 图片；文件内容不是其中任何一种，未保存。",
        "JPEG, PNG and WebP images are accepted; the content is none of them and was not kept.",
    ),
)
IMAGE_HEIC_UNSUPPORTED = define(
    "image-heic-unsupported",
    415,
    ("此服务器未开启 HEIC 图片", "HEIC images are not enabled on this server"),
    (
        "请在 iPhone 的“设置 › 相机 › 格式”中选择“兼容性最佳”后重拍，"
        "或请管理员安装 requirements-heic.txt 中的组件。图片未保存。",
        "On the iPhone choose Settings › Camera › Formats › Most Compatible and take it again, or "
        "ask the administrator to install requirements-heic.txt. The image was not kept.",
    ),
)
IMAGE_TOO_MANY_FRAMES = define(
    "image-too-many-frames",
    413,
    ("不接受动画图片", "Animations are not accepted"),
    (
        "文件含 {frames} 帧，最多允许 {limit} 帧，未保存。",
        "The file has {frames} frames; at most {limit} are allowed. It was not kept.",
    ),
)
IMAGE_METADATA_TOO_LARGE = define(
    "image-metadata-too-large",
    413,
    ("图片的附加信息过多", "The image carries too much beside its picture"),
    (
        "图片之前的附加信息超过 {limit} MiB，未保存。",
        "More than {limit} MiB of other data stand before the picture. It was not kept.",
    ),
)
PREVIEW_IMPOSSIBLE = define(
    "preview-impossible",
    404,
    ("照片无法显示", "The photo cannot be shown"),
    (
        "照片已完整保存，但无法解码显示；可以下载原文件。",
        "The photo is kept as it came but cannot be decoded; the original can be downloaded.",
    ),
)
FLAG_NOT_FOUND = define(
    "flag-not-found",
    404,
    ("没有这个提示", "There is no such flag"),
    (
        "照片上没有“{code}”提示，可能已重新判定。",
        "The photo has no flag “{code}”; it may have been judged anew.",
    ),
)
IMAGE_UNREADABLE = define(
    "image-unreadable",
    422,
    ("图片已损坏", "The image is damaged"),
    (
        "图片不完整或已损坏，无法打开，未保存。请重新拍摄或选择。",
        "The image is truncated or damaged, cannot be opened and was not kept. "
        "Take or choose it again.",
    ),
)
IMAGE_TOO_MANY_PIXELS = define(
    "image-too-many-pixels",
    413,
    ("图片像素过多", "The image has too many pixels"),
    (
        "图片为 {width} × {height} 像素，最多允许 {limit} 像素，未保存。",
        "The image has {width} × {height} pixels; at most {limit} are allowed. It was not kept.",
    ),
)
ATTACHMENT_IS_FIXED = define(
    "attachment-is-fixed",
    409,
    ("附件的内容和归属不能更改", "An attachment keeps its content and its owner"),
    (
        "{field} 已登记，不能改为另一个值。请另建一个附件。",
        "{field} is on record and cannot become another value. Make another attachment.",
    ),
)
ATTACHMENT_SIZE_MISMATCH = define(
    "attachment-size-mismatch",
    422,
    ("登记的大小与文件不符", "The announced size is not the file's"),
    (
        "附件登记为 {announced} 字节，文件为 {actual} 字节。请更正登记。",
        "The attachment announces {announced} bytes, the file has {actual}. "
        "Correct the attachment.",
    ),
)
ATTACHMENT_SHA256_MISMATCH = define(
    "attachment-sha256-mismatch",
    422,
    ("上传的文件不是登记的那个", "The upload is not the file that was announced"),
    (
        "附件登记的 SHA-256 与本次上传的不同。",
        "The attachment was announced with another SHA-256 than this upload's.",
    ),
)
ATTACHMENT_NOT_STORED = define(
    "attachment-not-stored",
    404,
    ("照片尚未上传", "The photo has not arrived yet"),
    (
        "附件已登记，照片仍在拍摄的设备上。",
        "The attachment is announced; the photo is still on the device that took it.",
    ),
)
PHOTO_REMOVED = define(
    "photo-removed",
    410,
    ("照片已按保存期限删除", "The photo was removed, its time being over"),
    (
        "照片内容已于 {removed_on} 按保存期限删除；登记、校验值和审计记录仍在。",
        "Its content was removed on {removed_on}; its description, hash and audit entries stay.",
    ),
)
EVIDENCE_IS_KEPT = define(
    "evidence-is-kept",
    409,
    ("已存的证据不能删除", "Stored evidence cannot be deleted"),
    (
        "照片已经存入，作为证据保留。",
        "The photo is stored and is kept as evidence.",
    ),
)
