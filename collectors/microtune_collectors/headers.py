"""The header of a mail message: fields, encoded words, addresses (RFC 5322, RFC 2047).

Knows nothing of bodies. Broken fields are read as far as they go; nothing here raises.
"""

import binascii
import re
from dataclasses import dataclass, field

from microtune_collectors.encoding import decode_as

_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.M)
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_WORDS = re.compile(rf"(?:{_WORD.pattern})+")
_BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?)")
_PARAMETER = re.compile(r";\s*([\w-]+)\*?\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|([^\s;]*))")
_ANGLE = re.compile(r"<\s*([^<>@\s]+@[^<>\s]+?)\s*>")
_BARE = re.compile(r"(?<![^\s<>()\[\],;:\"'@])[^\s<>()\[\],;:\"'@]++@[^\s<>()\[\],;:\"']+")
_AT = re.compile(r"(?<=[\w.+-]) (?:at|AT) (?=[\w-]+(?:\.[\w-]+)+)")
_ENTRY = re.compile(r"(?:\"(?:\\.|[^\"\\])*\"|\([^()]*\)|<[^<>]*>|\\.|[^,;\"(<]|[\"(<])+")
_GROUP = re.compile(r"^[^<>@\":]*:\s*")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a header: name in lower case → raw values, first to last.

    Raw values are folded, and hold their bytes as the first 256 characters (ISO 8859-1).
    """

    fields: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, block: bytes) -> "Headers":
        """The fields in a header with Unix line ends; lines that are no field are passed over."""
        fields: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(block.decode("latin-1")):
            fields.setdefault(name.lower(), []).append(value)
        return cls(fields)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def all(self, name: str) -> list[str]:
        """Every value of a field, unfolded, encoded words not decoded."""
        return [_unfold(value) for value in self.fields.get(name, ())]

    def get(self, name: str) -> str:
        """The first value of a field, "" where there is none."""
        values = self.fields.get(name)
        return _unfold(values[0]) if values else ""

    def text(self, name: str) -> str:
        """The first value of a field for people to read, on one line."""
        return " ".join(decode_words(self.get(name)).split())


def split(message: bytes) -> tuple[Headers, bytes]:
    """The header and the body of a message or part with Unix line ends."""
    if message.startswith(b"\n"):
        return Headers(), message[1:]
    end = message.find(b"\n\n")
    if end < 0:
        return Headers.parse(message), b""
    return Headers.parse(message[:end]), message[end + 2 :]


def decode_words(value: str) -> str:
    """Decode the encoded words of RFC 2047; what is broken stays as it is."""
    if "=?" not in value:
        return value
    return _WORDS.sub(_decode_run, _BETWEEN.sub("", value))


def value_and_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` as ("text/plain", {"charset": "x"}), names in lower case."""
    head, found, _ = value.partition(";")
    if not found:
        return head.strip().lower(), {}
    parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}
    return head.strip().lower(), parameters


def addresses(value: str) -> list[str]:
    """The mail addresses in a From or Sender field, in lower case; `name at host` counts."""
    found = _ANGLE.findall(value) or _BARE.findall(value) or _BARE.findall(_AT.sub("@", value))
    return [address.lower() for address in found]


def people(value: str) -> tuple[str, ...]:
    """The entries of a To or Cc field as given (`Ann Hebert <a@b.c>`), readable."""
    entries = (_GROUP.sub("", entry.strip()) for entry in _ENTRY.findall(value))
    return tuple(" ".join(decode_words(entry).split()) for entry in entries if entry)


def _unfold(value: str) -> str:
    if not value.isascii():
        value = decode_as(value.encode("latin-1"), "utf-8")
    if "\n" in value:
        value = value.replace("\n", " ").replace("\t", " ")
    return value.replace("\0", "").strip()


def _decode_run(run: re.Match[str]) -> str:
    """Decode adjoining words; one character may be divided between two of the same charset."""
    text, data, before = "", b"", ""
    for charset, form, coded in _WORD.findall(run[0]):
        decoded = _decode_word(form, coded)
        if decoded is None:
            return run[0]
        if charset.lower() != before:
            text, data = text + decode_as(data, before), b""
        data, before = data + decoded, charset.lower()
    return text + decode_as(data, before)


def _decode_word(form: str, coded: str) -> bytes | None:
    try:
        raw = coded.encode("ascii")
        if form in "qQ":
            return binascii.a2b_qp(raw, header=True)
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except ValueError:  # also UnicodeEncodeError and binascii.Error
        return None
