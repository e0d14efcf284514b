"""Finds where another message, unprefixed by ">", begins within a mail.

Outlook separators and header blocks, Lotus Notes heads, "Begin forwarded message:" and
attributions that no ">" follows. From there on the words are somebody else's.
"""

import re
from dataclasses import dataclass

_MARKER = re.compile(
    r"""(?ix) ^\s* (?: -{2,}\s* (?P<what> original\ message | ursprüngliche\ nachricht
        | message\ d'origine | mensaje\ original | messaggio\ originale | oorspronkelijk\ bericht
        | ursprungligt\ meddelande | original\ appointment | reply\ separator
        | (?P<forward> forwarded\ (?:by|message|mail)\b | weitergeleitete\ nachricht
          | message\ transf[ée]r[ée] | mensaje\ reenviado | doorgestuurd\ bericht
          | messaggio\ inoltrato | start\ of\ forwarded) )
      | (?P<begin> begin\ forwarded\ message | anfang\ der\ weitergeleiteten\ (?:e-mail|nachricht)
        | début\ du\ message\ (?:réexpédié|transféré)
        | inicio\ del\ mensaje\ reenviado ) \s*: \s*$ )"""
)
_FROM = re.compile(r"(?i)^\s*\*?(?:from|von|de|da|van|från)\s?:\*?\s*\S")
_OTHER_HEADER = re.compile(
    r"(?i)^\s*\*?(sent|date|gesendet|datum|envoyé|enviado|enviado el|fecha|inviato|verzonden"
    r"|skickat|to|an|à|para|a|aan|till|cc|kopie|subject|betreff|objet|asunto|oggetto|onderwerp|ämne"
    r"|reply-to|importance|sent by)\s?:\*?"
)
_NOTES_TO = re.compile(r"^\s{0,8}To:")
_NOTES_CC = re.compile(r"(?i)^\s{0,8}cc:")
_SUBJECT = re.compile(r"^\s{0,8}(?:Subject|Betreff|Objet):")
_CLOCK = re.compile(
    r"(?i)\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?"
)
_NOTES_ON_ONE_LINE = re.compile(
    r"(?i)^\s.{3,90}\d{1,2}/\d{1,2}/\d{2,4} \d{1,2}:\d{2} [ap]m\b.{0,60}\sto: .*\bcc: "
)
_NOTES_LINE = re.compile(
    r"(?i)^\s*(?:please respond to\b|sent by:|from:|to:|cc:|bcc:|to$)|^\s{3,}\S"
)
_ATTRIBUTION = re.compile(
    r"""(?x) ^\s* (?: On\b .{6,160} \b(?:wrote|writes) | Am\b .{6,160} \bschrieb\b .{0,80}
    | Le\b .{6,160} \ba\ écrit | El\b .{6,160} \bescribió | Il\b .{6,160} \bha\ scritto
    | Op\b .{6,160} \b(?:schreef|geschreven)\b .{0,60} | Den\b .{6,160} \bskrev\b .{0,60}
    | Em\b .{6,160} \bescreveu ) \s*:\s*$"""
)
_HAS_DATE = re.compile(
    r"\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\b\d{1,2}\b.{1,12}\b\d{4}\b"
)
_FIRST_WORD = re.compile(r"\s*(?:On|Am|Le|El|Il|Op|Den|Em)\b")
_FORWARD_SUBJECT = re.compile(r"(?i)^\s*(?:fwd?|wg|tr|rv|enc|doorst|vs|i)\s*:")
_RULE = re.compile(r"^\s*_{10,}\s*$")


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another message within a mail: it starts at line `start`, its text at line `body`."""

    start: int
    body: int
    forwarded: bool


def is_forward(subject: str) -> bool:
    """Whether a subject line says that the mail passes another one on."""
    return _FORWARD_SUBJECT.match(subject) is not None


def find_foreign(lines: list[str], first: int = 0) -> Foreign | None:
    """The first message by somebody else in `lines` from `first` on, or None."""
    for index in range(first, len(lines)):
        line = lines[index]
        head = line.lstrip()[:1]
        if not head or head == ">":
            continue
        found = None
        if head in "-bBaAdDiI" and (marker := _MARKER.match(line)):
            forwarded = bool(marker["forward"] or marker["begin"])
            found = Foreign(_above_rule(lines, index), _body(lines, index + 1), forwarded)
        elif head in "*fFvVdD" and _FROM.match(line) and _is_header_block(lines, index):
            start = _notes_start(lines, index) if _CLOCK.search(line) else _above_rule(lines, index)
            found = Foreign(start, _body(lines, index), False)
        elif head == "T" and _NOTES_TO.match(line) and _is_notes_head(lines, index):
            found = Foreign(_notes_start(lines, index), _body(lines, index), False)
        elif line[0] == " " and _NOTES_ON_ONE_LINE.match(line):
            found = Foreign(index, index + 1, False)
        if found is None and head in "OALEID" and _FIRST_WORD.match(line):
            found = _unprefixed_reply(lines, index)
        if found and found.start >= first:
            return found
    return None


def _is_header_block(lines: list[str], index: int) -> bool:
    """Whether a From: line is followed by two more headers, one of them a date or a subject."""
    names = set()
    for line in lines[index + 1 : index + 9]:
        header = _OTHER_HEADER.match(line)
        if header:
            names.add(header[1].lower())
    recipients = {"to", "an", "à", "para", "a", "aan", "till", "cc", "kopie"}
    return len(names) >= 2 and bool(names - recipients)


def _is_notes_head(lines: list[str], index: int) -> bool:
    """Whether a To: line has cc: and Subject: lines soon after it (long lists of people wrap)."""
    for offset, line in enumerate(lines[index + 1 : index + 25], index + 1):
        if _NOTES_CC.match(line):
            return any(_SUBJECT.match(after) for after in lines[offset + 1 : offset + 40])
        if not line and offset > index + 2:
            return False
    return False


def _notes_start(lines: list[str], index: int) -> int:
    """The first line of the Notes head whose To: line is `index`: letterhead, sender and date."""
    start = index
    for above in range(index - 1, max(-1, index - 12), -1):
        line = lines[above]
        if not line:
            continue
        if _CLOCK.search(line) or _NOTES_LINE.match(line):
            start = above
        elif start != index and _is_sender(line, lines[start], start - above):
            return above
        else:
            break
    return start


def _is_sender(line: str, below: str, distance: int) -> bool:
    """Whether `line` is a name above a date, or the first half of a wrapped "name on date"."""
    if len(line) > 90 or line[-1] in ".!?,":
        return False
    wrapped = distance == 1 and line.endswith(" on")
    return wrapped or (distance <= 2 and not _CLOCK.sub("", below).strip())


def _unprefixed_reply(lines: list[str], index: int) -> Foreign | None:
    """An attribution with a date, over one to three lines, that no ">" line follows."""
    for last in range(index, min(index + 3, len(lines))):
        if not lines[last]:
            return None
        joined = " ".join(line.strip() for line in lines[index : last + 1])
        if _ATTRIBUTION.match(joined):
            if not _HAS_DATE.search(joined) or not ("@" in joined or re.search(r"\d:\d", joined)):
                return None
            following = next((line for line in lines[last + 1 :] if line), "")
            quoted = following.lstrip().startswith(">")
            return None if quoted else Foreign(index, last + 1, False)
    return None


def _above_rule(lines: list[str], index: int) -> int:
    """Outlook draws a rule above its header block: it goes, too."""
    above = index - 1
    while above >= 0 and not lines[above]:
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above]) else index


def _body(lines: list[str], index: int) -> int:
    """The first line after a block of headers that starts at or soon after `index`."""
    last = index - 1
    for offset in range(index, min(index + 60, len(lines))):
        line = lines[offset]
        if _SUBJECT.match(line):
            last = offset
            break
        if _FROM.match(line) or _OTHER_HEADER.match(line) or _CLOCK.search(line):
            last = offset
        elif not line and last >= index and _past_headers(lines, offset):
            break
    while last + 1 < len(lines) and lines[last + 1] and _OTHER_HEADER.match(lines[last + 1]):
        last += 1
    return last + 1


def _past_headers(lines: list[str], index: int) -> bool:
    ahead = [line for line in lines[index : index + 4] if line]
    return not any(_OTHER_HEADER.match(line) or _CLOCK.search(line) for line in ahead)
