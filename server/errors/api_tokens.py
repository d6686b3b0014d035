"""Problems of the tokens that business tools read by."""

from __future__ import annotations

from server.errors.problem import define

API_TOKEN_SCOPE = define(
    "api-token-scope",
    403,
    ("此令牌不能用于这里", "This token does not reach here"),
    (
        "接口令牌只能用 GET 读取为它选定的数据。",
        "An API token only reads, by GET, what it was made for.",
    ),
)
API_TOKENS_FULL = define(
    "api-tokens-full",
    409,
    ("接口令牌过多", "There are too many API tokens"),
    (
        "最多 {most} 个有效令牌，请先撤销不再使用的。",
        "At most {most} tokens are good at a time; revoke what is no longer used.",
    ),
)
