"""Drops what mail systems append: disclaimers, advertisements, mailing-list footers."""

import re

_RULE = re.compile(r"^\s*[_*=-]{12,}\s*$")
_LIST = re.compile(r"(?i)mailing list|listinfo|unsubscribe|group-unsubscribe|yahoo!? groups|google groups")
_ADVERTISEMENT = re.compile(
    r"""(?ix) ^\s* (?: get\ (?:your\ (?:free|private)|free|more\ from)\b.{0,60}(?:hotmail|msn|e-?mail|web)
    | do\ you\ yahoo!? | msn\ photos\ is\ the\ easiest | join\ the\ world.s\ largest\ e-mail
    | send\ and\ receive\ hotmail | chat\ with\ friends\ online | yahoo!\ (?:auctions|mail|greetings)
    | virus-free\.\ | this\ e-?mail\ (?:has\ been|was)\ (?:scanned|checked)\b | scanned\ by\ .{2,30}virus
    | \[?please\ consider\ the\ environment | think\ before\ you\ print | p\s?please\ consider\ the\ env
    | to\ unsubscribe\ from\ this | you\ received\ this\ message\ because\ you\ are\ subscribed )"""
)
_LEGAL_SURE = re.compile(
    r"""(?ix) not\ (?:the|an)\ (?:intended|named)\ (?:recipient|addressee)
    | (?:this|the)\ (?:e-?mail|message|communication|transmission|information\ contained) [^.]{0,80}
      (?:confidential|privileged) [^.]{0,120} (?:intended|addressee|recipient|individual|privileged|law)
    | (?:is|are)\ the\ property\ of\ .{2,60}\ (?:and\ may\ contain|affiliate)
    | (?:diese|dieses)\ (?:e-?mail|nachricht) [^.]{0,60} vertraulich
    | (?:ce|cet)\ (?:message|courriel|e-?mail) [^.]{0,80} (?:confidentiel|destinataires)
    | este\ (?:mensaje|correo) [^.]{0,80} confidencial
    | irs\ circular\ 230 | under\ the\ privacy\ act\ of\ 1974"""
)
_LEGAL_WORD = re.compile(
    r"(?i)confidential|privileged|intended recipient|unauthori[sz]ed|disclos|disseminat"
    r"|prohibited|in error|addressee|liabilit|virus|solely|strictly|delete"
)
_ENOUGH_LEGAL_WORDS = 4
_HINT = re.compile(
    r"(?i)confiden|privileged|recipient|addressee|property of|vertraulich|destinat|circular 230"
    r"|privacy act|yahoo|hotmail|msn|unsubscribe|subscribed|mailing list|listinfo|scanned|virus|print"
    r"|environment|google groups"
)


def without_footers(lines: list[str]) -> list[str]:
    """`lines` without the paragraphs that a mail system, not the person, put there."""
    if not _HINT.search("\n".join(lines)):
        return lines
    kept: list[str] = []
    for paragraph in _paragraphs(lines):
        if _is_list_footer(paragraph):
            rule = next((i for i, line in enumerate(paragraph) if _RULE.match(line)), 0)
            kept += paragraph[:rule]
        elif not _is_boilerplate(paragraph):
            kept += paragraph
    return _without_lone_rules(kept, len(lines))


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Split after blank lines and before rules; every line is in exactly one paragraph."""
    found: list[list[str]] = [[]]
    for line in lines:
        starts_rule = found[-1] and _RULE.match(line) and "_" in line
        if starts_rule or (found[-1] and not found[-1][-1] and line):
            found.append([])
        found[-1].append(line)
    return found


def _is_list_footer(paragraph: list[str]) -> bool:
    has_rule = any(_RULE.match(line) for line in paragraph[:2])
    return has_rule and len(paragraph) <= 10 and _LIST.search(" ".join(paragraph)) is not None


def _is_boilerplate(paragraph: list[str]) -> bool:
    """A disclaimer or an advertisement: a sure phrase, or many legal words close together."""
    if _ADVERTISEMENT.match(paragraph[0]):
        return True
    text = " ".join(paragraph)
    if not _HINT.search(text):
        return False
    if _LEGAL_SURE.search(text):
        return True
    words = {word.lower() for word in _LEGAL_WORD.findall(text)}
    return len(words) >= _ENOUGH_LEGAL_WORDS


def _without_lone_rules(kept: list[str], before: int) -> list[str]:
    """Where something was dropped, drop the rules that fenced it at the end, too."""
    if len(kept) == before:
        return kept
    end = len(kept)
    while end and (not kept[end - 1] or _RULE.match(kept[end - 1])):
        end -= 1
    return kept[:end]
