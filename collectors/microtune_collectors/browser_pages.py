"""Which visited pages may say what interests a person, and what of them is kept: host and title.

Knows no database. The lists can never be complete; an owner excludes the rest by name.
"""

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

SCHEMES = ("http", "https")
LOCAL = ("local", "localhost", "internal", "intranet", "lan", "home", "corp", "test", "arpa")
SHORTEST_QUERY = 3  # characters of a value in the address that a title may not repeat

# Parts of a host's name by which it deals with money, health, love or letters.
PRIVATE = re.compile(
    r"(?ix) bank | sparkasse | paypal | broker | credit | insur | versicher | krankenkasse | tax"
    r" | steuer | health | clinic | klinik | hospital | medic | patient | pharma | apothek | therap"
    r" | doctor | doctolib | arzt | dating | tinder | porn | xxx | sex"
    r" | (?:^|\.) (?:login | signin | sso | auth\w* | accounts? | id | my | mail | webmail"
    r" | outlook | messages? | web\.whatsapp | chat | meet | docs | drive | calendar) \."
)


def kept_host(url: str, title: str) -> tuple[str, str]:
    """(the page's host, "") or ("", why it is left out)."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return "", "no web address"
    if parts.scheme not in SCHEMES or not host:
        return "", "no web page"
    if "@" in parts.netloc:
        return "", "address with a password"
    if _is_local(host):
        return "", "page of this machine or network"
    if PRIVATE.search(f"{host}."):
        return "", "private by its address"
    if _repeats_query(parts, title):
        return "", "title repeats what was searched for"
    return host, ""


def _is_local(host: str) -> bool:
    """No name of the public net. Browsers read "127.1" and "0x7f000001" as addresses too."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    top = host.rpartition(".")[2]
    return "." not in host or top in LOCAL or not any(letter.isalpha() for letter in top)


def _repeats_query(parts: SplitResult, title: str) -> bool:
    """Whether a value in the address, such as the words of a search, stands in the title."""
    shown = " ".join(title.lower().split())
    try:
        values = [value for _, value in parse_qsl(parts.query)]
    except ValueError:  # too many of them
        return True
    said = (" ".join(value.lower().split()) for value in values)
    return any(len(value) >= SHORTEST_QUERY and value in shown for value in said)
