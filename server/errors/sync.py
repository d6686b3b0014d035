"""Sync: what devices push and pull."""

from __future__ import annotations

from server.errors.problem import define

CURSOR_INVALID = define(
    "cursor-invalid",
    400,
    ("同步位置无效", "The cursor is not valid"),
    (
        "这个同步位置不是发给您的，或者已损坏。请从头同步。",
        "This cursor was not made for you, or is damaged. Start again without one.",
    ),
)
CURSOR_EXPIRED = define(
    "cursor-expired",
    410,
    ("同步位置已过期", "The cursor has expired"),
    (
        "请从头同步；尚未上传的内容请保留并照常上传。",
        "Start again without a cursor; keep what is not yet pushed and push it as usual.",
    ),
)
UNKNOWN_COLLECTION = define(
    "unknown-collection",
    422,
    ("没有这个数据集", "Unknown collection"),
    ("没有名为“{collection}”的数据集。", "There is no collection “{collection}”."),
)
READ_ONLY_COLLECTION = define(
    "read-only-collection",
    403,
    ("此数据集只能在服务器上修改", "This collection is changed on the server only"),
    ("“{collection}”不接受设备上传。", "“{collection}” takes nothing from devices."),
)
MUTATION_ID_REUSED = define(
    "mutation-id-reused",
    409,
    ("提交编号重复", "The mutation id was used before"),
    (
        "这个 mutation_id 已用于另一份内容，请用新的编号重新提交。",
        "This mutation_id was used for other content; send this with a new one.",
    ),
)
MALFORMED_DOCUMENT = define(
    "malformed-document",
    422,
    ("记录内容无法读取", "The document cannot be read"),
    (
        "记录应为 JSON 对象，不含 NaN 或残缺字符，层次不能过深。",
        "A document is a JSON object without NaN or broken characters, and not nested too deeply.",
    ),
)
RECORD_NOT_FOUND = define(
    "record-not-found",
    404,
    ("没有找到这条记录", "No such record"),
    ("没有这条记录，或者您无权查看。", "There is no such record that you may see."),
)
DEVICE_MISMATCH = define(
    "device-mismatch",
    403,
    ("设备不一致", "Another device"),
    (
        "device_id 与登录时的设备不一致。",
        "device_id is not the device this sign-in belongs to.",
    ),
)
PUSH_LOST_RACES = define(
    "push-lost-races",
    503,
    ("暂时繁忙", "Busy for now"),
    (
        "其他设备正在写同样的记录，本次未保存任何内容。请稍后原样重新上传。",
        "Other devices are writing the same records; nothing of this push was kept. "
        "Send it again as it is in a moment.",
    ),
)

# -- review by a person
QUARANTINE_ENTRY_SETTLED = define(
    "quarantine-entry-settled",
    409,
    ("这条隔离记录已处理", "This quarantined change is settled"),
    (
        "这条记录已于 {at} 处理（{outcome}），不能再改。",
        "It was settled at {at} ({outcome}) and cannot be changed any more.",
    ),
)
MUTATION_DISCARDED = define(
    "mutation-discarded",
    409,
    ("审核人员决定不采用这条记录", "A reviewer discarded this change"),
    (
        "理由：{reason}。内容仍保存在服务器上；需要时请重新填写并提交。",
        "The reason: {reason}. It is still kept on the server; where it is needed, enter it anew.",
    ),
)
CONFLICT_RESOLVED = define(
    "conflict-already-resolved",
    409,
    ("这处冲突已处理", "This conflict is resolved"),
    (
        "{name} 已于 {at} 处理：{resolution}。",
        "{name} resolved it at {at}: {resolution}.",
    ),
)
WORK_OF_REVOKED_DEVICE = define(
    "work-of-revoked-device",
    403,
    ("此设备已停用，记录已交审核", "This device is revoked; the record waits for review"),
    (
        "管理员已停用此设备。这条记录没有写入，但已完整保存，等待管理员处理。",
        "An administrator revoked this device. The record was not carried out; it is kept whole "
        "and waits for an administrator.",
    ),
)
WORK_OF_DISABLED_USER = define(
    "work-of-disabled-user",
    403,
    ("此帐户已停用，记录已交审核", "This account is disabled; the record waits for review"),
    (
        "此帐户已停用。这条记录没有写入，但已完整保存，等待管理员处理。",
        "This account is disabled. The record was not carried out; it is kept whole and waits for "
        "an administrator.",
    ),
)
TOO_MUCH_UNREVIEWED = define(
    "too-much-unreviewed",
    429,
    ("待审核的记录过多", "Too much waits for review"),
    (
        "这台设备已有 {count} 条记录等待审核，本次未保存。请把记录留在设备上，并联系管理员。",
        "{count} records of this device wait for review; nothing of this push was kept. "
        "Keep them on the device and tell an administrator.",
    ),
)
UNREVIEWED_PHOTOS_WAIT = define(
    "unreviewed-photos-wait",
    503,
    ("待审核的照片过多", "Too many photos wait for review"),
    (
        "这台设备的待审核照片已达上限，暂不接收。照片请留在设备上，并联系管理员。",
        "The photos of this device that wait for review have reached their limit. "
        "Keep them on the device and tell an administrator.",
    ),
)

# -- the doors for client libraries
PUSH_NOT_APPLIED = define(
    "push-not-applied",
    409,
    ("本次上传未保存", "Nothing of this push was kept"),
    (
        "有 {count} 条记录不能接受，因此整批未保存。请先拉取，处理所列记录后重新上传。",
        "{count} of the changes cannot stand, so none was carried out. "
        "Pull first, settle what is listed, then push again.",
    ),
)
