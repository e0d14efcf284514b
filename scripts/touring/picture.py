"""A screen with its colours as an SVG, and as a PNG where rsvg-convert is. Knows no program."""

import shutil
import subprocess
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FONT = "DejaVu Sans Mono"  # rich asks for a font from the network
DARK = TerminalTheme((18, 18, 18), (224, 224, 224), [(0, 0, 0)] * 8, [(128, 128, 128)] * 8)
PIXELS = "1100"


def picture(ansi: str, columns: int, title: str, path: Path) -> Path:
    """Write the picture of a screen beside `path`, and say which file it became."""
    console = Console(
        record=True, width=columns, file=StringIO(), force_terminal=True, color_system="truecolor",
        legacy_windows=False,
    )  # fmt: skip
    console.print(Text.from_ansi(ansi.rstrip("\n")), no_wrap=True, crop=False)
    svg = console.export_svg(title=title, theme=DARK).replace("Fira Code", FONT)
    svg = svg.replace("font-size: 20px", "font-size: 20.26px")  # a cell wide
    svg = svg.replace("<text ", '<text xml:space="preserve" ')  # or librsvg drops spaces
    drawn = path.with_suffix(".svg")
    drawn.write_text(svg, "utf-8")
    if not shutil.which("rsvg-convert"):
        return drawn
    png = path.with_suffix(".png")
    subprocess.run(["rsvg-convert", "-w", PIXELS, "-o", str(png), str(drawn)], check=True)
    drawn.unlink()
    if shutil.which("pngquant"):  # a screen has few colours
        subprocess.run(["pngquant", "--force", "--output", str(png), "64", str(png)], check=True)
    return png
