"""What becomes of a form's types of question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from server.errors import Text

TAKEN: Mapping[str, str] = {
    "text": "text",
    "string": "text",
    "integer": "number",
    "int": "number",
    "decimal": "number",
    "range": "number",
    "date": "date",
    "datetime": "time",
    "image": "photo",
    "photo": "photo",
    "barcode": "barcode",
    "geopoint": "location",
    "location": "location",
    "gps": "location",
    "acknowledge": "check",
    "trigger": "check",
}
WHOLE = frozenset({"integer", "int"})
_BY_THE_APP = Text(
    "时间、设备和操作者由本系统自行记录",
    "Time, device and person are recorded by the system itself.",
)
_NO_MEDIA = Text("只能附照片，不能附录音、录像或文件", "Photos are taken, no sound, film or file.")
_NO_LIST = Text("不支持多选或排序", "Several choices or a ranking cannot be answered.")
_NO_SHAPE = Text("只记录一个点，不记录线和面", "One place is recorded, no line and no area.")
_NO_CALCULATION = Text("检查表不做计算", "A checklist calculates nothing.")
LEFT_OUT: Mapping[str, Text] = {
    **dict.fromkeys(
        ("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber",
         "username", "email", "audit", "start-geopoint", "background-geopoint"), _BY_THE_APP,
    ),
    **dict.fromkeys(("audio", "video", "file", "background-audio"), _NO_MEDIA),
    **dict.fromkeys(("select_multiple", "select_all_that_apply", "rank"), _NO_LIST),
    **dict.fromkeys(("geotrace", "geoshape", "osm"), _NO_SHAPE),
    **dict.fromkeys(("calculate", "hidden"), _NO_CALCULATION),
    "note": Text("检查表没有只供阅读的项目", "A checklist has no item that is only read."),
    "time": Text("不支持只有时刻没有日期的回答", "A time of day needs its date here."),
    "xml-external": Text("不使用外部数据", "Data from elsewhere is not used."),
    "csv-external": Text("不使用外部数据", "Data from elsewhere is not used."),
    "select_one_from_file": Text("选项在另一个文件中", "Its options are in another file."),
    "select_one_external": Text("选项在另一张表中按条件筛选", "Its options come from elsewhere."),
}  # fmt: skip
UNKNOWN = Text("没有这种题型", "There is no such type of question.")
_SELECT_ONE = ("select_one", "select one", "select1", "add select one prompt using")
_SELECT_OTHERS = ("select_multiple", "select all that apply", "select multiple", "rank")


class FormType(NamedTuple):
    """*word*: the type as it is known here; *list_name* of a choice; *has_other*: or_other."""

    word: str
    list_name: str = ""
    has_other: bool = False


def form_type(cell: str) -> FormType:
    text = " ".join(cell.split())
    lowered = text.lower()
    for begin in ("select_one_from_file", "select_one_external"):
        if lowered.startswith(begin):
            return FormType(begin)
    for begin in _SELECT_OTHERS:
        if lowered.startswith(begin):
            return FormType("rank" if begin == "rank" else "select_multiple")
    for begin in _SELECT_ONE:
        if lowered.startswith(f"{begin} "):
            rest = text[len(begin) :].strip().removeprefix("from ").strip()
            has_other = rest.lower().endswith((" or_other", " or specify other"))
            return FormType("select_one", rest.split(" ")[0] if rest else "", has_other)
    return FormType(lowered.replace(" ", "_") if lowered.startswith(("begin", "end")) else lowered)
