"""What every page in a browser must pass: no rule of accessibility is broken, and nothing sticks out."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

_RULES = """([rules, looks]) => axe.run(
    looks?.length ? looks.map((look) => window.looks.get(look)) : document,
    {resultTypes: ["violations"], ...(looks ? {runOnly: rules} : {rules: {[rules[0]]: {enabled: false}}})})
  .then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html.slice(0, 160))]))"""
"""Of all that axe finds only what is wrong is brought here: the rest is a third of the work."""

_COLOURS = ["color-contrast"]

_LOOKS = """() => {
  const hashes = new Map();
  const hash = (text) => {
    if (!hashes.has(text)) {
      let [a, b] = [0xdeadbeef, 0x41c6ce57];
      for (let at = 0; at < text.length; at++) {
        a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
        b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
      }
      hashes.set(text, (a >>> 0).toString(36) + (b >>> 0).toString(36));
    }
    return hashes.get(text);
  };
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      grounds.set(element, hash([ground(element.parentElement), element.localName,
        element.getAttribute("class"), style.backgroundColor, style.backgroundImage, style.opacity,
        style.position, style.filter, style.mixBlendMode].join("|")));
    }
    return grounds.get(element);
  };
  const kind = (text) => `${Math.min(text.length, 2)}${/[\\p{L}\\p{N}]/u.test(text)}`;
  window.looks = new Map();
  for (const element of document.querySelectorAll("body, body *")) {
    const field = element.matches("input, select, textarea, button");
    let text = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join("").trim();
    if (field) text += element.value || element.placeholder || "";
    if (!field && !text) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const look = hash([ground(element), style.color, style.fontSize, style.fontWeight, style.textShadow,
      kind(text), box.width > 1 && box.height > 1,
      Boolean(element.closest(":disabled, [aria-disabled=true], [inert]")),
      Boolean(element.closest("label")?.control?.disabled)].join("|"));
    if (!window.looks.has(look)) window.looks.set(look, element);
  }
  return [...window.looks.keys()];
}"""
"""The texts of the page that differ in what a contrast depends on: the colour and size of the text, and the
place and backgrounds of all that it stands in. Kept with one element of each.
"""

_READABLE: set[str] = set()
"""Such looks in which axe found nothing wrong. To look at colours is two thirds of its work, and most texts
of a page are those of the frame and of other rows.
"""


async def accessible(page: Page, name: str = "", *, colours: bool = False, every: bool = False) -> None:
    """Axe finds nothing on the page, as it is now. `colours`: by the rule of colours alone, for a page that
    was looked at in other ones. `every`: also in texts that look as others do.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found = [] if colours else await page.evaluate(_RULES, [_COLOURS, None])
    looks = [look for look in await page.evaluate(_LOOKS) if look not in _READABLE]
    if every:
        found += await page.evaluate(_RULES, [_COLOURS, []])
    elif looks:
        found += await page.evaluate(_RULES, [_COLOURS, looks])
    assert found == [], name or page.url
    _READABLE.update(looks)


async def fits(page: Page, name: str = "") -> None:
    """Nothing sticks out of the screen."""
    room = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert room[0] <= room[1], name or page.url
