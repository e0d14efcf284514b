"""Whether a folder, mailbox or label is that of sent mail, told by its name in many languages."""

import re
import unicodedata

SENT = (
    "sent", "gesendet", "envoy", "enviad", "enviats", "inviat", "verzonden", "skickat", "sendt",
    "wysłan", "odeslan", "odoslan", "lähete", "trimise", "gönderil", "отправлен", "надіслан",
    "送信済", "已发送", "已傳送", "寄件", "보낸",
)  # fmt: skip
_WORDS = re.compile(r"[\W_]+")
_NO_SENT = re.compile(r"sent(?!items|mail|messages)\w")  # "Sentry alerts"


def is_sent_name(name: str) -> bool:
    """True for `Sent-1`, `Sent Messages.mbox`, `Éléments envoyés`, `Gesendet` and the like."""
    words = _WORDS.split(unicodedata.normalize("NFC", name).casefold())
    return any(word.startswith(SENT) and not _NO_SENT.match(word) for word in words)
