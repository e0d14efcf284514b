"""What is forgotten in the campaign, and what is left of it in a home's files, byte by byte.

It knows nothing of tables or formats: it looks for the words themselves wherever a file is.
"""

from pathlib import Path

MARK = "zyxquorl"  # a word of every text that is to be forgotten, and of no other
END = MARK[2:]  # an index leaves out the letters that a word shares with the one before it


def marked(text: str) -> str:
    """A text to be forgotten: each of its sentences is one that no other text has."""
    return text.replace(" near our ", f" near the {MARK} ")


def remains(home: Path) -> list[str]:
    """The files below `home` that hold the word, so none of the sentences that hold it either."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return [path.relative_to(home).as_posix() for path in files if _holds(path.read_bytes())]


def _holds(content: bytes) -> bool:
    lower = content.lower()
    return any(END.encode(encoding) in lower for encoding in ("utf-8", "utf-16-le", "utf-32-le"))
