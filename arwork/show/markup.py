"""The one builder of HTML: every text is escaped and every invisible character is made visible."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_IGNORABLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    f"\ufff0-\ufffb\ufffe\uffff{_IGNORABLE}]"
)
"""Control, format, zero-width, bidirectional and lone-surrogate characters: what a reader cannot see, or what reorders what he sees."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_VOID = frozenset({"br", "hr", "img", "meta"})


@dataclass(frozen=True)
class Markup:
    """HTML that may stand in a page as it is, because this module built it or a sanitiser passed it."""

    html: str


def visible(text: str, keep: str = "") -> str:
    """Replace each character that cannot be seen by its code in brackets: `⟨U+202E⟩`; those in `keep` stay, such as line ends."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else f"⟨U+{ord(found[0]):04X}⟩", text)


def element(tag: str, *children: str | Markup, **attributes: str) -> Markup:
    """Build one element: texts are made visible and escaped, Markup is taken as it is, blank attributes are left out.

    A trailing underscore is dropped from an attribute's name and others become hyphens: `class_`, `http_equiv`.
    """
    pairs = [(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value]
    if not all(_NAME.fullmatch(name) for name in (tag, *(name for name, _ in pairs))):
        raise ValueError(f"not a name of an element or attribute: {tag!r} {pairs!r}")
    head = "".join(f' {name}="{html.escape(visible(value), quote=True)}"' for name, value in pairs)
    if tag in _VOID:
        return Markup(f"<{tag}{head}>")
    return Markup(f"<{tag}{head}>{joined(*children).html}</{tag}>")


def joined(*children: str | Markup) -> Markup:
    """Put texts and Markup one after the other, escaping the texts."""
    return Markup("".join(c.html if isinstance(c, Markup) else html.escape(visible(c), quote=True) for c in children))
