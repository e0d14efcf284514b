"""Bytes to text, whatever the encoding. Knows nothing of file formats or mail."""

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What senders call one charset and fill with a larger one (WHATWG Encoding Standard, section 4.2).
LARGER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Text codecs of Python that no honest sender names, some of which make lone surrogates.
NO_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs"}
NOT_LATIN = 0.3  # share of bytes over 0x7F from which a text is hardly in Latin letters
FEW = 20  # bytes over 0x7F below which a guess would be a throw of dice
SAMPLE = 1 << 16  # bytes that a guess looks at

_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class NotText(ValueError):
    """The bytes are no text."""


def decode(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else a guess.

    Raises `NotText` for bytes that hold NUL or many other control characters.
    """
    for mark, charset in BOMS:
        if data.startswith(mark):
            return tidy(data[len(mark) :].decode(charset, "replace"))
    sample = data[:SAMPLE]
    if b"\0" in data:
        raise NotText("holds NUL bytes")
    if len(_CONTROL.findall(sample)) > len(sample) * 0.05:
        raise NotText("holds control characters")
    return tidy(_decode_unmarked(data))


def decode_as(data: bytes, charset: str) -> str:
    """The text of a message part that claims a charset, which may be unknown or a lie."""
    name = known_charset(charset)
    if name and name not in ("ascii", "utf-8"):
        try:
            return tidy(data.decode(LARGER.get(name, name)))
        except (UnicodeError, ValueError):
            pass
    return tidy(_decode_unmarked(data))


def known_charset(charset: str) -> str:
    """Python's name of a charset, "" for one it does not know or that is none."""
    try:
        info = codecs.lookup(charset.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name not in NO_CHARSETS else ""


def tidy(text: str) -> str:
    """The same text with Unix line ends and nothing that a database or a model chokes on."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return text.encode("utf-8", "replace").decode()
    return text


def _decode_unmarked(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    valid = sum(1 for character in text if character > "\x7f") - broken
    if valid > 10 * broken:  # UTF-8 with a flaw, such as a character cut in two
        return text
    return data.decode(_guess(data[:SAMPLE]), "replace")


def _guess(sample: bytes) -> str:
    high = sum(1 for byte in sample if byte > 0x7F)
    if high < max(NOT_LATIN * len(sample), FEW):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return known_charset(best.encoding) or "cp1252" if best else "cp1252"
