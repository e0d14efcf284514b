"""An IMAP account as the URL that names it: `imaps://ann@example.org@imap.example.org`.

A URL never holds a password. Knows nothing of connections and opens none.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

from microtune.errors import MicrotuneError

PORTS = {"imaps": 993, "imap": 143}  # TLS from the first byte; STARTTLS before the login
SETTINGS = ("folder", "cafile", "auth")
EXAMPLE = "imaps://you@example.org@imap.example.org"


@dataclass(frozen=True, slots=True)
class Account:
    """Where to log in as whom, and what to read besides the folders of sent mail.

    `cafile`: certificates to trust instead of the system's. `oauth`: the secret in the keyring is
    an access token and no password.
    """

    scheme: str
    user: str
    host: str
    port: int
    folders: tuple[str, ...] = ()
    cafile: str = ""
    oauth: bool = False

    @classmethod
    def parse(cls, url: str) -> "Account":
        """Raises `MicrotuneError`, which never repeats the URL: a password may stand in it."""
        if not url.isprintable():
            raise _malformed("the URL of the account holds a character that is not printable")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _malformed("the URL of the account cannot be read") from None
        if parts.scheme not in PORTS:
            raise _malformed("the URL of the account begins neither with imaps:// nor with imap://")
        settings = _settings(parts)
        return cls(
            scheme=parts.scheme,
            user=_user(parts),
            host=(parts.hostname or "").lower(),
            port=port or PORTS[parts.scheme],
            folders=tuple(dict.fromkeys(settings.get("folder", ()))),
            cafile="".join(settings.get("cafile", ())[-1:]),
            oauth=_is_oauth(settings.get("auth", [])),
        )

    @property
    def url(self) -> str:
        """The account alone: what its secret is kept under."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{quote(self.user, safe='')}@{host}{port}"

    @property
    def place(self) -> str:
        """The same account and settings as always the same text: the place of a source."""
        settings = [("folder", folder) for folder in self.folders]
        settings += [("cafile", self.cafile)] if self.cafile else []
        settings += [("auth", "oauth2")] if self.oauth else []
        return self.url + (
            f"/?{urlencode(settings, safe='/', quote_via=quote)}" if settings else ""
        )


def is_imap(place: str) -> bool:
    """Whether a place is meant as the URL of an IMAP account."""
    return place.partition("://")[0].lower() in PORTS and "://" in place


def _user(parts: SplitResult) -> str:
    """The user in a URL that is well formed but for its settings."""
    user, host = unquote(parts.username or ""), parts.hostname
    if parts.password is not None:
        raise MicrotuneError(
            "the URL of the account holds a password, which others can see there",
            "Leave it out: it is asked for, or read with --password-stdin.",
        )
    if not user or not host:
        raise _malformed("the URL of the account names no user or no server")
    if not user.isprintable():
        raise _malformed("the user of the account holds a character that is not printable")
    if parts.path not in ("", "/") or parts.fragment:
        raise _malformed("the URL of the account goes on after the server's name")
    return user


def _settings(parts: SplitResult) -> dict[str, list[str]]:
    settings = parse_qs(parts.query, keep_blank_values=True)
    if not set(settings) <= set(SETTINGS):
        raise _malformed("the URL of the account has a setting that is not known")
    return settings


def _is_oauth(given: list[str]) -> bool:
    if not set(given) <= {"oauth2", "password"}:
        raise _malformed("the account is to log in by neither auth=password nor auth=oauth2")
    return given[-1:] == ["oauth2"]


def _malformed(what: str) -> MicrotuneError:
    settings = ", ".join(f"{name}=" for name in SETTINGS)
    return MicrotuneError(
        what, f"Write it as {EXAMPLE}; after that, /? and settings ({settings}) joined by &."
    )
