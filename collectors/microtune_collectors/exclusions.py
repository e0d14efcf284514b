"""Messages that no person wrote, or that their owner threw away, told by their headers.

Knows nothing of who the owner is.
"""

import re

from microtune_collectors.headers import Headers

SPAM = {"spam", "junk", "junk e-mail", "junk email", "bulk mail"}
DRAFTS = {"draft", "drafts", "entwürfe", "brouillons", "borradores"}
DELETED = {"trash", "deleted", "deleted items", "deleted messages", "papierkorb"}

_AUTOMATIC_SUBJECT = re.compile(
    r"^(?:automatic reply|auto(?:matic)?[- ]?reply|auto[- ]?response|out of office(?: autoreply)?:"
    r"|abwesenheitsnotiz|automatische antwort|réponse automatique|respuesta automática"
    r"|(?:accepted|declined|tentative|canceled|cancelled): .*invit"
    r"|delivery status notification|undeliver|mail delivery failed|returned mail:)",
    re.I,
)
_MOZILLA_DELETED = 0x0008  # X-Mozilla-Status: still in the mbox, no longer in the folder
_CALENDAR_REPLY = re.compile(
    rb"^content-type:[ \t]*text/calendar[^\n]*(?:\n[ \t][^\n]*)*method=\"?reply", re.I | re.M
)


def labels(headers: Headers) -> tuple[str, ...]:
    """The folders or labels that a mailbox export noted down."""
    given = [label.strip() for label in headers.text("x-gmail-labels").split(",")]
    folder = headers.text("x-folder").replace("\\", "/").rpartition("/")[2].strip(" '\"")
    return tuple(label for label in [*given, folder] if label)


def reason_against(
    headers: Headers, body: bytes, labelled: tuple[str, ...]
) -> tuple[str, str] | None:
    """Why this message is not taken (reason, detail), or None."""
    names = {label.lower() for label in labelled}
    if names & DELETED or _is_deleted(headers.get("x-mozilla-status")):
        return "deleted", ""
    for detail, found in (
        ("spam", names & SPAM),
        ("draft", names & DRAFTS or "x-draft-info" in headers),
        ("sent by a program", _is_automatic(headers)),
        ("delivery report", _is_report(headers)),
        ("calendar", _is_calendar(headers, body)),
        ("automatic reply", _AUTOMATIC_SUBJECT.match(headers.text("subject"))),
    ):
        if found:
            return "machine-made", detail
    return None


def reason_against_mailbox(name: str) -> tuple[str, str] | None:
    """Why a whole mailbox of this name (`Trash`, `.Junk`, `Drafts.mbox`) is not read, or None."""
    words = {word for word in re.split(r"[./]", name.lower()) if word}
    if words & DELETED:
        return "deleted", ""
    return ("machine-made", "spam or drafts") if words & (SPAM | DRAFTS) else None


def _is_deleted(mozilla_status: str) -> bool:
    try:
        return bool(int(mozilla_status or "0", 16) & _MOZILLA_DELETED)
    except ValueError:
        return False


def _is_automatic(headers: Headers) -> bool:
    """RFC 3834, and what programs wrote before it."""
    submitted = headers.get("auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or headers.get("precedence").lower() in ("auto_reply", "auto-reply", "junk")
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "x-vacation"))
    )


def _is_report(headers: Headers) -> bool:
    return (
        headers.get("content-type").lower().startswith("multipart/report")
        or headers.get("return-path") == "<>"
        or "x-failed-recipients" in headers
    )


def _is_calendar(headers: Headers, body: bytes) -> bool:
    kind = headers.get("content-type").lower()
    if kind.startswith("multipart/"):
        return b"calendar" in body and _CALENDAR_REPLY.search(body) is not None
    return kind.startswith("text/calendar")
