"""Slack's mrkdwn to plain text: names for ids, no links, no quotes, no code. Knows no files.

Source: Slack's "Formatting text for app surfaces" (mrkdwn) and "Escaping text".
"""

import html
import re
from collections.abc import Mapping

_CODE = re.compile(r"```.*?```", re.S)
_ANGLE = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")
_QUOTE = re.compile(r"^(?:&gt;|>)[^\n]*\n?", re.M)
_EMPHASIS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
_SKIN = re.compile(r":skin-tone-\d:")


def plain(text: str, names: Mapping[str, str]) -> str:
    """The words of a message; `names`: user id → name, for mentions."""

    def spelt(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign == "@":
            return f"@{label or names.get(target, 'somebody')}"
        if sign == "#":
            return f"#{label}" if label else ""
        if sign == "!":
            return label or (f"@{target}" if target.isalpha() else "")
        return "" if not label or "://" in label else label  # a link: its label, if it has one

    text = _QUOTE.sub("", _CODE.sub("", text))
    text = _EMPHASIS.sub(r"\2", _SKIN.sub("", _ANGLE.sub(spelt, text)))
    return html.unescape(re.sub(r"[ \t]{2,}", " ", text)).strip()
