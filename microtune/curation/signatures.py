"""Finds where a message's own text ends and its signature begins.

A sign-off ("Best, Susan") is part of a voice and stays. What goes: everything after the "-- "
delimiter (RFC 3676, section 4.3), blocks of phone numbers and addresses, and lines such as
"Sent from my iPhone".
"""

import re

_LONGEST_SIGNATURE = 12  # lines after "--"; more than that and "--" was a separator in the text
_LONGEST_POSTSCRIPT = 60  # words after a signed sign-off; more is not the person's own text

_DEVICE = re.compile(
    r"""(?ix) ^\W{0,3} (?:
      sent\ (?:from|via)\ (?:my|mail|the|yahoo|outlook|an?)\b .{1,60}
    | sent\ via\ .{2,40}
    | get\ outlook\ for\ .{2,30}
    | (?:von|aus)\ mein\w*\ .{2,30}\ (?:gesendet|geschickt)
    | (?:gesendet|diese\ nachricht\ wurde)\ (?:von|mit|aus)\ .{2,50}
    | envoyé\ (?:de|depuis|à\ partir\ de)\ .{2,40}
    | enviado\ (?:desde|do|de)\ .{2,40}
    | inviato\ da(?:l)?\ .{2,40}
    | verstuurd\ vanaf\ .{2,40}
    | skickat\ från\ .{2,40}
    )$"""
)
_SIGN_OFF = re.compile(
    r"""(?x) ^\s* (?i: (?:many\ |best\ |kind\ |warm\ |kindest\ |warmest\ )? (?:thanks|thank\ you|thx
      |regards|best|cheers|love|wishes|sincerely|yours|respectfully|cordially|take\ care|hugs|xo+
      |merci|cordialement|bien\ à\ toi|amitiés|bises|saludos|un\ abrazo|gracias|danke|grüße|gruß
      |liebe\ grüße|viele\ grüße|beste\ grüße|mit\ freundlichen\ grüßen|mfg|lg|vg|hälsningar
      |groetjes|groeten|cari\ saluti|saluti|abraços)
      (?:\ (?:again|so\ much|very\ much|a\ lot|in\ advance|all|always|truly|sincerely
      |faithfully))? )
      \s*[,.!–-]*\s*(?:[A-ZÀ-Þ]\S*(?:\ [A-ZÀ-Þ]\S*){0,2})?$"""
)
_PHONE = (  # seven digits, or an extension such as 3-7376; no date
    r"(?=(?:\D*\d){7}|\d-\d{4})(?!\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b(?!-))"
    r"\(?\+?\d{1,4}\)?(?:[ ./()–-]{1,3}\d{1,5}){1,5}"
)
_LABEL = (
    r"(?:tel|telephone|phone|ph|fax|mobile|mob|cell|office|work|home|direct|pager|voice|desk"
    r"|telefon|handy|tél|[mtfopcwh](?=\s?[.:)]))"
)
_ADDRESS_LABEL = r"(?:e-?mail|mail|web|www|url|skype|twitter|icq|aim|irc|jabber|blog|homepage)"
# Lines that only a signature, or a sentence's own list of contacts, consists of.
_CONTACT = re.compile(
    rf"""(?ix) ^[\s|*•·]* (?:
      (?:{_LABEL}[\s.:)#]*)? {_PHONE} (?:\s*(?:,|/|x|ext\.?|\(?{_LABEL}\)?|[-–|•·])[\s.:]*
          (?:{_PHONE}|\d{{2,6}}|{_LABEL})?)*
    | {_ADDRESS_LABEL}\s*:\s*\S{{2,60}}(?:\s\S{{1,30}})?
    | (?:x|ext\.?)\s?\d{{1,2}}-?\d{{3,5}}
    | <?(?:mailto:)?[\w.+-]+(?:@|\ at\ )[\w-]+(?:\.[\w-]+)+>?
    )[\s|.,]*$"""
)
_LINK = re.compile(r"(?i)^\s*<?(?:https?://|www\.)\S+>?$")
_NAME = re.compile(r"^\s*[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){0,3},?$")
# A sentence, a greeting or a sign-off ends so; a company's name may.
_NO_CONTACT_END = re.compile(r"(?<!Corp)(?<!Inc)(?<!Ltd)(?<!Co)[.!?:;,…]$")


def is_sign_off(line: str) -> bool:
    """Whether `line` is a closing such as "Thanks," or "Best, Susan"."""
    return len(line) <= 50 and _SIGN_OFF.match(line) is not None


def without_signature(lines: list[str]) -> list[str]:
    """`lines` of one own segment up to its signature, without lines that a device added."""
    kept = [line for line in lines if not (5 < len(line) < 80 and _DEVICE.match(line))]
    kept = kept[: _delimiter(kept)]
    kept = kept[: _pasted(kept)]
    return kept[: _contact_block(kept)]


def _delimiter(lines: list[str]) -> int:
    """The index of the "--" that starts a signature; the end if there is none."""
    found = len(lines)
    below = 0
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].strip() in ("--", "—", "- --"):
            found = index
        below += bool(lines[index])
        if below > _LONGEST_SIGNATURE:
            break
    return found


def _pasted(lines: list[str]) -> int:
    """The index of a long text, such as an article, pasted after "Thanks," and a name."""
    words = [len(line.split()) for line in lines]
    left = sum(words)
    for index, line in enumerate(lines):
        left -= words[index]
        if left < _LONGEST_POSTSCRIPT:
            break
        after = _signed_at(lines, index) if line and is_sign_off(line) else 0
        if after and left - sum(words[index + 1 : after]) >= _LONGEST_POSTSCRIPT:
            return after
    return len(lines)


def _signed_at(lines: list[str], index: int) -> int:
    """The line after the name that goes with the sign-off at `index`; 0 if there is no name."""
    name = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at]), 0)
    return name + 1 if name and _NAME.match(lines[name]) else 0


def _contact_block(lines: list[str]) -> int:
    """The index at which a closing block of phone numbers, titles and addresses starts."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    start = strong = end
    while start and end - start < _LONGEST_SIGNATURE and _may_be_contact(lines[start - 1]):
        start -= 1
        if _is_contact(lines[start]):
            strong = start
    if strong == end or _belongs_to_text(lines, strong, end):
        return len(lines)
    return _keep_voice(lines, start, strong)


def _belongs_to_text(lines: list[str], strong: int, end: int) -> bool:
    """Whether the text announces the contact ("write to:"), or a name still signs below it."""
    above = next((line for line in reversed(lines[:strong]) if line), "")
    runs_on = len(above) > 20 and above[-1].isalpha() and above.split()[-1].islower()
    signed_below = len(lines[end - 1].split()) <= 2 and _NAME.match(lines[end - 1]) is not None
    return above.endswith(":") or runs_on or signed_below


def _is_contact(line: str) -> bool:
    return len(line) <= 100 and _CONTACT.match(line) is not None


def _may_be_contact(line: str) -> bool:
    """Short and no sentence, so that it can stand within a contact block."""
    if not line or _is_contact(line) or _LINK.match(line):
        return True
    if len(line) > 60 or _NO_CONTACT_END.search(line) or is_sign_off(line):
        return False
    return not line.lstrip()[0].islower()


def _keep_voice(lines: list[str], start: int, strong: int) -> int:
    """Move a block's start down past blank lines and the name that belongs to the sign-off.

    Only a block that begins a paragraph, or follows a sign-off, can hold titles and a company;
    otherwise just its contact lines go.
    """
    before = start
    while start < strong and not lines[start]:
        start += 1
    after_sign_off = _closed_by_sign_off(lines, before)
    at_paragraph = start == 0 or not lines[start - 1]
    if start == strong:
        return start
    if not (after_sign_off or at_paragraph) or strong - start > 6:
        return strong
    signed_before = _signed_above(lines, start)
    if _NAME.match(lines[start]) and not signed_before:
        start += 1
    return start


def _closed_by_sign_off(lines: list[str], index: int) -> bool:
    while index and not lines[index - 1]:
        index -= 1
    return index > 0 and is_sign_off(lines[index - 1])


def _signed_above(lines: list[str], index: int) -> bool:
    """Whether the text above already ends in the name that the block starts with."""
    name = lines[index].split()
    above = [line for line in lines[:index] if line][-1:]
    return bool(name and above and len(above[0]) <= 40 and name[0].strip(",") in above[0])
