"""Who is asking."""

from __future__ import annotations

from server.errors.problem import define

UNAUTHENTICATED = define(
    "unauthenticated",
    401,
    ("需要登录", "Sign-in needed"),
    ("请先登录，或者登录已过期。", "Sign in first, or your sign-in has expired."),
)
WRONG_CREDENTIALS = define(
    "wrong-credentials",
    401,
    ("用户名或密码不对", "Wrong user name or password"),
    ("请核对用户名和密码。", "Check the user name and the password."),
)
DEVICE_REVOKED = define(
    "device-revoked",
    403,
    ("此设备已停用", "This device is revoked"),
    (
        "管理员已停用此设备。未上传的记录仍在设备上，请联系管理员。",
        "An administrator revoked this device. What was not uploaded is still on it; "
        "ask an administrator.",
    ),
)
FORBIDDEN = define(
    "forbidden",
    403,
    ("无权进行此操作", "Not permitted"),
    ("您的角色没有“{permission}”权限。", "Your role does not include “{permission}”."),
)
SITE_REQUIRED = define(
    "site-required",
    422,
    ("请指明站点", "State the site"),
    (
        "您可以在多个站点工作，请用 site_id 指明是哪一个。",
        "You work at several sites; say which one with site_id.",
    ),
)
OWN_ACCOUNT = define(
    "own-account",
    409,
    ("不能改自己的帐户", "Not your own account"),
    (
        "不能停用自己或更改自己的角色，请另一位管理员来做。",
        "You cannot disable yourself or change your own roles; ask another administrator.",
    ),
)
