"""The themes of the assistant: light, dark, and one of high contrast."""

from textual.theme import Theme

DARK = Theme(
    name="microtune-dark",
    primary="#8fb8a8",
    secondary="#c8a97e",
    accent="#d7a65f",
    warning="#e0b860",
    error="#ef7f75",
    success="#97c28a",
    foreground="#dcd9d1",
    background="#16181a",
    surface="#1e2124",
    panel="#292d31",
    dark=True,
)
LIGHT = Theme(
    name="microtune-light",
    primary="#2f6b58",
    secondary="#7d5a2a",
    accent="#9a5b12",
    warning="#8a5a00",
    error="#b3261e",
    success="#35692d",
    foreground="#22211e",
    background="#fbfaf6",
    surface="#f1efe8",
    panel="#e4e1d6",
    dark=False,
)
CONTRAST = Theme(
    name="microtune-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff8080",
    success="#80ff80",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
    variables={"text-muted": "#ffffff", "border": "#ffffff"},
)
THEMES = (DARK, LIGHT, CONTRAST)
"""In the order in which one key goes through them."""
