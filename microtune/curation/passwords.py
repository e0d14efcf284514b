"""Recognises secrets that follow their name: "password: …", "the pw is …", "api_key=…".

Sentences about passwords ("the password is wrong") are prose and must survive.
"""

import re

NAMED = re.compile(
    r"""(?ix) \b (?P<name>
        pass(?:word|wd|phrase|code|wort)s? | pwd? | kennwort | mot\ de\ passe | contraseña | senha
      | wachtwoord | lösenord | pin(?:\ code|\ number)? | api[ _-]?key | secret(?:[ _-]key)?
      | access[ _-](?:key|token|code) | auth[ _-]?token | token )
    \b (?P<link> ["']?\s*(?:=>|->|[:=])\s*
      | \s+(?:is|was|will\ be|ist|lautet|est|es|är)\ (?:now\ |still\ )?:?\s* )
    (?P<value> "[^"\s]{3,80}" | '[^'\s]{3,80}' | [^\s\["'<(][^\s"'<>]{2,200} )
    (?P<end> (?=[^\S\n]*(?:\n|\Z)) )?"""
)
_TOKEN_NAME = re.compile(r"api|secret|access|auth|token", re.IGNORECASE)
# What follows "the password is" in a sentence about passwords.
_ORDINARY_ENDING = re.compile(r".*(?:ed|ing|able|ible|ive|ful|less|ly|ous|al)$", re.IGNORECASE)
_ORDINARY = re.compile(
    r"wrong|right|too|the|a|an|not|no|same|your|my|our|his|her|their|its|in|on|at|by|for"
    r"|from|to|of|that|this|these|what|which|where|when|who|how|if|case|still|now|only|just"
    r"|all|so|as|always|never|weak|strong|secret|blank|empty|correct|incorrect|invalid"
    r"|below|above|here|there|out|lost|gone|known|unknown|sent|kept|set|longer|shorter|long"
    r"|short|safe|fine|ok|okay|good|bad|none|null|true|false|been|also|one|something"
    r"|nothing|anything|it|falsch|richtig|nicht|das|der|die|ein|eine|le|la|un|une|pas",
    re.IGNORECASE,
)
_CLOSING = ".,;:!?)"


def mask_named(match: re.Match[str]) -> str | None:
    """The match of `NAMED` with its value masked, or None if the value is an ordinary word."""
    value = match["value"]
    quoted = value[0] in "\"'"
    bare = value.strip("\"'") if quoted else value.rstrip(_CLOSING)
    if len(bare) < 3 or bare.startswith("["):
        return None
    if match["name"].lower().startswith("pin"):
        is_secret = bare.isdigit()
    else:
        is_secret = quoted or _looks_secret(bare) or _stands_as_password(match, bare)
    if not is_secret:
        return None
    label = "[token]" if _TOKEN_NAME.match(match["name"]) else "[password]"
    closing = "" if quoted else value[len(bare) :]
    return match["name"] + match["link"] + label + closing


def _looks_secret(value: str) -> bool:
    """Letters mixed with digits or inner symbols, as no ordinary word has them."""
    digits = any(map(str.isdigit, value))
    letters = any(map(str.isalpha, value))
    symbols = any(not character.isalnum() for character in value)
    mixed = any(map(str.isupper, value[1:])) and any(map(str.islower, value))
    return (digits and len(value) >= 4) or (letters and symbols and mixed)


def _stands_as_password(match: re.Match[str], bare: str) -> bool:
    """A plain word where a password stands: at the end of its line or sentence."""
    if _TOKEN_NAME.match(match["name"]) or not bare.isalnum():
        return False
    if _ORDINARY.fullmatch(bare) or _ORDINARY_ENDING.match(bare):
        return False
    ends = match["value"] != bare or match["end"] is not None
    assigned = any(sign in match["link"] for sign in ":=>")
    return ends and (assigned or bare.islower())
