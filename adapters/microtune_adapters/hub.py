"""A file on a model hub by its HTTP interface: what the hub states of it, and its bytes.

Speaks what Hugging Face's hub and its mirrors speak (HF_ENDPOINT names another one). Plain HTTP
and not `huggingface_hub`, which cannot be cancelled, does not compare a file with its hash, reads
HF_ENDPOINT at import only, and may transfer by a protocol that leaves no partial file to go on
from. Sends no token and nothing about this machine. Knows nothing of disks or bases.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from microtune import __version__
from microtune.errors import MicrotuneError
from microtune_adapters.catalogue import Entry

if TYPE_CHECKING:
    import httpx

HUB = "https://huggingface.co"
SHA256 = re.compile(r"[0-9a-f]{64}")
REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429, 500, 502, 503, 504)


class Broken(Exception):
    """The connection failed or fell silent. Another attempt may go on from there."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the hub says of a file; None: it does not say."""

    bytes: int | None
    sha256: str | None
    revision: str | None  # the commit that it would serve


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub, with an HTTP client that is its caller's to close."""

    endpoint: str
    client: "httpx.Client"

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).netloc or self.endpoint

    def url(self, entry: Entry) -> str:
        return f"{self.endpoint}/{entry.repository}/resolve/{entry.revision}/{quote(entry.file)}"

    def page(self, entry: Entry) -> str:
        """Where a person finds the file."""
        return f"{self.endpoint}/{entry.repository}"

    def stated(self, entry: Entry) -> Stated:
        """Ask for the size and the hash. Raises `Broken` and `MicrotuneError`."""
        response = self._head(self.url(entry))
        self._check(response.status_code, entry)
        headers = response.headers
        size = _number(headers.get("x-linked-size"))
        if size is None and response.status_code == 200:
            size = _number(headers.get("content-length"))
        sha256 = _sha256(headers.get("x-linked-etag") or headers.get("etag"))
        if sha256 is None:
            size, sha256 = self._by_the_tree(entry, size)
        return Stated(size, sha256, headers.get("x-repo-commit"))

    @contextmanager
    def opened(self, entry: Entry, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The bytes from `start`, or from where the server begins instead: its first and the rest.

        Raises `Broken`, also on the way, and `MicrotuneError`.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        with (
            _breaks(self.host),
            self.client.stream(
                "GET", self.url(entry), headers=headers, follow_redirects=True
            ) as response,
        ):
            self._check(response.status_code, entry)
            yield _first(response), response.iter_raw()

    def _head(self, url: str) -> "httpx.Response":
        """The hub's own answer, before it sends one elsewhere for the bytes. A repository that was
        renamed is followed to its new name."""
        with _breaks(self.host):
            for _ in range(5):
                response = self.client.head(url)
                target = urljoin(url, response.headers.get("location", ""))
                if (
                    response.status_code not in REDIRECTS
                    or "x-linked-etag" in response.headers
                    or urlsplit(target).netloc != urlsplit(url).netloc
                ):
                    break
                url = target
        return response

    def _by_the_tree(self, entry: Entry, size: int | None) -> tuple[int | None, str | None]:
        """Size and hash as the hub's index of the repository has them, where it has one."""
        url = f"{self.endpoint}/api/models/{entry.repository}/paths-info/{entry.revision}"
        with _breaks(self.host):
            response = self.client.post(url, json={"paths": [entry.file]})
        try:
            found: Any = response.json()[0]["lfs"] if response.status_code == 200 else {}
            return size or _number(str(found.get("size", ""))), _sha256(found.get("oid"))
        except (ValueError, LookupError, TypeError, AttributeError):
            return size, None

    def _check(self, status: int, entry: Entry) -> None:
        """Raise what a status means to a person; nothing for one that goes on."""
        if status < 300 or status in REDIRECTS:
            return
        if status in BUSY:
            raise Broken(f"{self.host} is busy ({status})")
        if status in (401, 403):
            raise MicrotuneError(
                f"{self.host} does not give {entry.file} of {entry.repository} to everybody "
                f"({status}: its terms must be accepted first, or it was taken away)",
                f"Download it in a browser from {self.page(entry)}, then run: "
                "microtune init --base FILE.gguf",
            )
        if status in (404, 410):
            raise MicrotuneError(
                f"{self.host} has no {entry.file} in {entry.repository} at {entry.revision[:12]} "
                f"({status})",
                "Choose another one from `microtune bases list`.",
            )
        raise MicrotuneError(
            f"{self.host} refuses {entry.file} of {entry.repository} ({status})",
            f"Look at {self.page(entry)}, or try again later.",
        )


@contextmanager
def connected(silence_s: float) -> Iterator[Hub]:
    """The hub that the environment names; silence of `silence_s` counts as a broken connection.

    Opens no connection yet. Raises `MicrotuneError` where what HF_ENDPOINT says is no address.
    """
    import httpx

    endpoint = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
    if urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).netloc:
        raise MicrotuneError(
            f"HF_ENDPOINT is no address ({endpoint})", "Set it to https://HOST, or unset it."
        )
    headers = {"User-Agent": f"microtune/{__version__}", "Accept-Encoding": "identity"}
    with httpx.Client(timeout=silence_s, headers=headers) as client:
        yield Hub(endpoint, client)


@contextmanager
def _breaks(host: str) -> Iterator[None]:
    """Whatever goes wrong with the connection is `Broken`, in plain words."""
    import httpx

    try:
        yield
    except httpx.ConnectError as error:
        raise Broken(f"cannot reach {host} ({_reason(error)})") from error
    except httpx.TimeoutException as error:
        raise Broken(f"{host} has fallen silent") from error
    except httpx.TooManyRedirects as error:
        raise Broken(f"{host} sends from place to place") from error
    except httpx.TransportError as error:
        raise Broken(f"the connection to {host} broke ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _first(response: "httpx.Response") -> int:
    """At which byte of the file an answer begins; 0 where the server ignores ranges."""
    if response.status_code != 206:
        return 0
    matched = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    return int(matched[1]) if matched else 0


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _sha256(tag: str | None) -> str | None:
    """The hash in an ETag, where it is one: small files have other tags."""
    plain = (tag or "").removeprefix("W/").strip('"').lower()
    return plain if SHA256.fullmatch(plain) else None
