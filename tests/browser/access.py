"""What axe finds on a page: the rules of WCAG 2.2 A and AA, and axe's own best practices."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.infrastructure.node import installed_packages

_JAVASCRIPT = Path(__file__).parents[1] / "javascript"
_SCHEMES = ("light", "dark")
# Each finding as one line: the rule, what is wrong, and where.
_FINDINGS = """async (rules) => {
  const only = rules.length > 0 ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ failureSummary, html }) =>
      `${id}: ${failureSummary.replaceAll(/\\s+/g, " ")} ${html.slice(0, 200)}`));
}"""


def findings(page: Page, where: str) -> list[str]:
    """Everything axe finds on the page as it is now; contrasts in light and in dark."""
    # Put in by the browser's debugger: no policy of the page has to be softened for it.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = []
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme=scheme)
        rules = [] if scheme == "light" else ["color-contrast"]
        found += [f"{where}, {scheme}: {one}" for one in page.evaluate(_FINDINGS, rules)]
    return found


@cache
def _axe() -> str:
    source = installed_packages(_JAVASCRIPT) / "axe-core" / "axe.min.js"
    return source.read_text(encoding="utf-8")
