"""Setting a fresh server up."""

from __future__ import annotations

from server.errors.problem import define

WRONG_SETUP_CODE = define(
    "wrong-setup-code",
    403,
    ("设置码不对", "Wrong set-up code"),
    (
        "请核对服务器终端上显示的设置码，它也在数据目录的 setup-code 文件里。",
        "Check the set-up code that the server's terminal shows; it also stands in the file "
        "setup-code of the data directory.",
    ),
)
SETUP_CLOSED = define(
    "setup-closed",
    410,
    ("服务器已经设置过", "This server is set up already"),
    (
        "首次设置只能进行一次，请登录，或请管理员开通帐户。",
        "The first run happens once. Sign in, or ask an administrator for an account.",
    ),
)
