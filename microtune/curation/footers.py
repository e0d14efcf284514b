"""Drops what mail systems append: disclaimers, advertisements, mailing-list footers."""

import re

_RULE = re.compile(r"^\s*[_*=-]{12,}\s*$")
_LIST = re.compile(r"mailing list|listinfo|unsubscribe|yahoo!? groups|google groups", re.IGNORECASE)
_ADVERTISEMENT = re.compile(
    r"""(?ix) ^\s* (?:
      get\ (?:your\ (?:free|private)|free|more\ from)\b .{0,60} (?:hotmail|msn|e-?mail|web)
    | do\ you\ yahoo!? | yahoo!\ (?:auctions|mail|greetings) | send\ and\ receive\ hotmail
    | msn\ photos\ is\ the\ easiest | join\ the\ world.s\ largest\ e-mail
    | chat\ with\ friends\ online | virus-free\. | scanned\ by\ .{2,30}virus
    | this\ e-?mail\ (?:has\ been|was)\ (?:scanned|checked)\b
    | (?:p\s?|\[)?please\ consider\ the\ environment | think\ before\ you\ print
    | to\ unsubscribe\ from\ this | you\ received\ this\ message\ because\ you\ are\ subscribed )"""
)
_LEGAL_SURE = re.compile(
    r"""(?ix) not\ (?:the|an)\ (?:intended|named)\ (?:recipient|addressee)
    | (?:this|the)\ (?:e-?mail|message|communication|transmission|information\ contained)
      [^.]{0,80} (?:confidential|privileged) [^.]{0,120}
      (?:intended|addressee|recipient|individual|law)
    | (?:is|are)\ the\ property\ of\ .{2,60}\ (?:and\ may\ contain|affiliate)
    | dieser?s?\ (?:e-?mail|nachricht) [^.]{0,60} vertraulich
    | cet?\ (?:message|courriel|e-?mail) [^.]{0,80} (?:confidentiel|destinataires)
    | este\ (?:mensaje|correo) [^.]{0,80} confidencial
    | irs\ circular\ 230 | under\ the\ privacy\ act\ of\ 1974"""
)
_LEGAL_WORD = re.compile(
    r"confidential|privileged|intended recipient|unauthori[sz]ed|disclos|disseminat"
    r"|prohibited|in error|addressee|liabilit|virus|solely|strictly|delete",
    re.IGNORECASE,
)
_ENOUGH_LEGAL_WORDS = 4
# One of these is in every footer that the expressions above know, and `in` is far faster.
_HINTS = (
    *("confiden", "privileged", "recipient", "addressee", "property of", "vertraulich", "destinat"),
    *(
        "circular 230",
        "privacy act",
        "yahoo",
        "hotmail",
        "msn",
        "unsubscribe",
        "subscribed",
        "scanned",
    ),
    *("mailing list", "listinfo", "virus", "you print", "environment", "world's largest"),
    *("friends online", "google groups", "get your", "get free", "disclos", "liabilit"),
)


def without_footers(lines: list[str]) -> list[str]:
    """`lines` without the paragraphs that a mail system, not the person, put there."""
    if not _hinted("\n".join(lines)):
        return lines
    kept: list[str] = []
    for paragraph in _paragraphs(lines):
        if _is_list_footer(paragraph):
            rule = next(at for at, line in enumerate(paragraph) if _RULE.match(line))
            kept += paragraph[:rule]
        elif not _is_boilerplate(paragraph):
            kept += paragraph
    return _without_lone_rules(kept, len(lines))


def _hinted(text: str) -> bool:
    lower = text.lower()
    return any(hint in lower for hint in _HINTS)


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Split after blank lines and before rules; every line is in exactly one paragraph."""
    found: list[list[str]] = [[]]
    for line in lines:
        starts_rule = found[-1] and "_" in line and _RULE.match(line)
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
    if not _hinted(text):
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
