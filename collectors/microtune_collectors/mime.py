"""The text of a mail body: the right part of a MIME tree, decoded (RFC 2045, 2046, 3676).

Knows nothing of senders or dates. Attachments are passed over without decoding them; nothing
here raises, and a message that is cut short is read as far as it goes.
"""

import binascii
import re
from collections.abc import Iterator

from microtune_collectors.encoding import decode_as
from microtune_collectors.headers import Headers, split, value_and_parameters
from microtune_collectors.html_text import to_text

DEEPEST = 20  # nested multiparts that are still looked into
LARGEST_HTML = 2 << 20  # characters of HTML that are still converted
ONE_OF = ("multipart/alternative", "multipart/related")

_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S.*\n(?:[ -`]{1,90}\n)*(?:end[ \t]*(?:\n|\Z))", re.M)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def body_text(headers: Headers, body: bytes, depth: int = 0) -> str:
    """The text that a reader of this message or part sees first; "" where it has none.

    `body` has Unix line ends. Of alternatives the plain one is preferred. Quotes of HTML mail
    become "> " lines.
    """
    kind, parameters = value_and_parameters(headers.get("content-type"))
    if kind == "multipart/digest":  # other people's messages
        return ""
    if kind.startswith("multipart/") and depth < DEEPEST:
        boundary = parameters.get("boundary", "").encode("utf-8", "replace")
        parts = list(_parts(body, boundary or _guess_boundary(body)))
        if not parts:
            return _plain(headers, body, parameters) if depth == 0 else ""
        return _choose(kind, parts, depth + 1)
    if kind == "text/html":
        html = _decoded(headers, body, parameters)
        return to_text(html[:LARGEST_HTML], keep_code=True)
    if kind in ("text/plain", "text", "", "plain/text") or "/" not in kind:
        return _plain(headers, body, parameters)
    return ""


def _choose(kind: str, parts: list[tuple[Headers, bytes]], depth: int) -> str:
    """One of the alternatives, or the inline texts of a mixed message one after another."""
    plain: list[str] = []
    rich: list[str] = []
    for headers, body in parts:
        if _is_attached(headers):
            continue
        is_html = value_and_parameters(headers.get("content-type"))[0] == "text/html"
        if is_html and plain:
            continue
        text = body_text(headers, body, depth)
        if text.strip():
            (rich if is_html else plain).append(text.strip("\n"))
    if kind in ONE_OF:
        return (plain or rich or [""])[0]
    return "\n\n".join(plain or rich)


def _is_attached(headers: Headers) -> bool:
    disposition, parameters = value_and_parameters(headers.get("content-disposition"))
    return disposition == "attachment" or "filename" in parameters


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Headers, bytes]]:
    """Header and body of each part of a multipart; the last one may lack its closing line."""
    if not boundary:
        return
    start = -1
    for at, end, closes in _delimiters(body, boundary):
        if start >= 0:
            yield split(body[start : max(at - 1, start)])
        start = -1 if closes else end
        if closes:
            return
    if start >= 0:
        yield split(body[start:])


def _delimiters(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter line begins and ends, and whether it closes the multipart."""
    delimiter = b"--" + boundary
    at = body.find(delimiter)
    while at >= 0:
        end = at + len(delimiter)
        line_end = body.find(b"\n", end)
        line_end = len(body) if line_end < 0 else line_end
        rest = body[end:line_end].strip()
        if (at == 0 or body[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            yield at, min(line_end + 1, len(body)), rest == b"--"
        at = body.find(delimiter, end)


def _guess_boundary(body: bytes) -> bytes:
    match = re.search(rb"^--([^\s-]\S{5,})[ \t]*\n[Cc]ontent-", body, re.M)
    return match[1] if match else b""


def _plain(headers: Headers, body: bytes, parameters: dict[str, str]) -> str:
    text = _decoded(headers, body, parameters)
    if parameters.get("format", "").lower() == "flowed":
        text = unflow(text, parameters.get("delsp", "").lower() == "yes")
    return _UUENCODED.sub("", text) if "\nbegin " in text else text


def _decoded(headers: Headers, body: bytes, parameters: dict[str, str]) -> str:
    encoding = headers.get("content-transfer-encoding").lower()
    if "quoted-printable" in encoding:
        body = binascii.a2b_qp(body)
    elif "base64" in encoding:
        body = _from_base64(body)
    return decode_as(body, parameters.get("charset", ""))


def _from_base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:  # cut short, or with a footer of a mailing list behind it
        coded = _NO_BASE64.sub(b"", body.partition(b"=")[0])
        coded = coded[: len(coded) - (len(coded) % 4 == 1)]
        return binascii.a2b_base64(coded + b"=" * (-len(coded) % 4))


def unflow(text: str, delsp: bool = False) -> str:
    """Join the soft-wrapped lines of format=flowed text (RFC 3676, section 4)."""
    lines: list[str] = []
    open_depth = -1  # quote depth of a line that goes on, -1: the line before is finished
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if depth == open_depth and content != "-- ":
            lines[-1] += content
        else:
            lines.append((">" * depth + " " if depth else "") + content)
        flows = content.endswith(" ") and content != "-- "
        open_depth = depth if flows else -1
        if flows and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
