"""Small valid inputs for every reader, all invented: what a fuzzer mutates, and its words.

Knows nothing of the readers.
"""

import json

from fuzz.readers import SKELETONS, pack
from fuzz.seed_documents import FAULTS, ODF, PARTS, RTF, TEX, WORD, pdf

MAIL = """\
Return-Path: <ann@example.org>
Received: from a by b; Mon, 3 Feb 2020 04:05:07 +0000
Message-ID: <1@example.org>
Date: Mon, 3 Feb 2020 04:05:06 +0100
From: =?utf-8?q?Ann_H=C3=A9bert?= <ann@example.org>
To: "Ben, B." <ben@example.org>, Group: carol at example.org;
Subject: =?iso-8859-1?B?VOk=?= =?utf-8?q?a?= at five
X-Gmail-Labels: Sent,"Tea"
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes
Content-Transfer-Encoding: quoted-printable

Dear Ben, =E2=80=94 tea is=20
at five.
> On Monday?
-- =20
Ann
--inner
Content-Type: text/html; charset="windows-1252"
Content-Transfer-Encoding: base64

PGRpdiBjbGFzcz0iZ21haWxfcXVvdGUiPlRlYSBhdCA8Yj5maXZlPC9iPjwvZGl2Pg==
--inner--
--outer
Content-Type: image/png; name=a.png
Content-Disposition: attachment; filename*=utf-8''a.png

begin 644 a.png
#86)C
`
end
--outer--
"""
PLIST = """\
<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>flags</key>
<integer>8623489089</integer></dict></plist>"""
MARKDOWN = """\
---
title: "On *tea*"
date: 2020-02-03T04:05:06+01:00
tags: [tea, {name: milk}, 5, 0x10]
author: &a {name: Ann}
authors: [*a]
---
# Tea {#tea}

I *like* __tea__, `a b` and [this](http://a.example "t") or ![that][1].[^1]

> [!note] Quoted
> words

| a | b |
|---|---|
| 1 | 2 |

```c
code
```
<pre>x</pre> {{< ref "a" >}} {% raw %}y{% endraw %} &amp; \\* [[wiki|link]] ~~gone~~

[1]: http://a.example
[^1]: A note.
"""
ORG = """\
#+TITLE: Tea
#+DATE: <2020-02-03 Mon 04:05>
#+FILETAGS: :tea:milk:
* TODO [#A] First <2020-02-03 Mon +1w> :a:
:PROPERTIES:
:ID: 1
:END:
DEADLINE: <2020-02-04 Tue>
Words [[http://a.example][here]].
#+BEGIN_SRC c
code
#+END_SRC
| a | b |
- [ ] one
"""
HTML = """\
<!DOCTYPE html><html><head><title>Tea &amp; milk</title><meta name="author" content="Ann">
<meta name="date" content="2020-02-03"></head><body><h1>Tea</h1><div class="gmail_quote">A
<b>bold</b> word&nbsp;&#233;<br>and <a href="x">link</a>.</div><ul><li>one<ol><li>two</ol></ul>
<pre>code</pre><blockquote>quoted<blockquote>twice</blockquote></blockquote>
<table><tr><td>a</td></tr></table><script>x<y</script><!-- c --><![CDATA[x]]></body></html>
"""
WHATSAPP = """\
[12/31/20, 10:22:11 PM] Ben: \u200eMessages are end-to-end encrypted.
[12/31/20, 10:22:11\u202fPM] Ben: Tomorrow?
And bring the ladder?
[12/31/20, 10:23:40\u202fPM] Ann: I come. \u200e<This message was edited>
31.12.20, 22:24 - Ann: <Medien ausgeschlossen>
2021-01-02 09:00 - Ann: IMG-1.jpg (file attached)
A caption.
"""
TWEET = {
    "tweet": {
        "id_str": "1",
        "full_text": "@ben Tea &amp; milk https://t.co/a",
        "created_at": "Mon Feb 03 04:05:06 +0000 2020",
        "in_reply_to_screen_name": "ben",
    }
}
NOTE = {
    "type": "Note",
    "id": "https://a.example/1",
    "content": '<p><a class="mention">@ben</a> Tea <a href="x">y</a></p>',
    "published": "2020-02-03T04:05:06Z",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "summary": "tea",
    "inReplyTo": "https://a.example/0",
}
OUTBOX = {"orderedItems": [{"type": "Create", "actor": "ann", "object": NOTE}, {"type": "x"}]}
FRAMES = [
    {"recipient": {"id": "1", "contact": {"profileGivenName": "Ben"}}},
    {"recipient": {"id": 2, "group": {"snapshot": {"title": {"title": "Tea"}}}}},
    {"chat": {"id": "1", "recipientId": "1"}},
    {
        "chatItem": {
            "chatId": "1",
            "authorId": "2",
            "dateSent": "1580702706000",
            "outgoing": {},
            "standardMessage": {"text": {"body": "Tea"}, "quote": {"text": {"body": "What?"}}},
        }
    },
]
SLACK = {
    "users": [{"id": "U1", "name": "ann", "profile": {"email": "a@b"}}, {"id": "U2", "name": "b"}],
    "dms": [{"id": "c", "members": ["U1", "U2"]}],
    "day": [
        {"ts": "1580702706.1", "user": "U2", "text": "<@U1> *Tea*?", "thread_ts": "1580702706.1"},
        {"ts": "1580702707.1", "user": "U1", "text": "&gt; no\n<http://a|b>", "subtype": ""},
        {"ts": "1580702708.1", "user": "U1", "text": "yes", "thread_ts": "1580702706.1"},
    ],
}
CURATED = """\
Re: tea at five
Shall we have tea at five on Monday, or rather on Tuesday?
Dear Ben,

I had thought that we might have the tea at five, as we always did when the river was
high and nobody could cross it before the evening. The password is swordfish7, by the
way, and my card is 4111 1111 1111 1111; see <http://ann:secret@a.example/?key=abcdefgh>.

- bring the cups
- and milk

On Monday, 3 Feb 2020 at 10:11, Ben <ben@example.org> wrote:
> Shall we? Best,
>> As you like it.
> -----BEGIN PGP SIGNATURE-----

def tea(at):
    return at + 5
Traceback (most recent call last):
  File "a.py", line 1

Thanks again,
Ann
--\x20
Ann H., tel. +1 555-0100, ext. 4-5678
Sent from my telephone
____________
This e-mail is confidential. If you are not the intended recipient, delete it.

-----Original Message-----
From: Ben
Sent: 2/3/2020 10:11 AM
To: Ann
cc: Carol
Subject: tea
Whenever you like.
"""


def _mbox() -> str:
    one = "From ann@example.org Mon Feb  3 04:05:06 2020\n" + MAIL.replace("\nTea", "\n>From tea")
    return f"{one}\n{one}\nFrom now on.\n"


SEEDS: dict[str, bytes] = {
    "mail": MAIL.encode(),
    "mbox": _mbox().encode(),
    "emlx": f"{len(MAIL)}\n{MAIL}{PLIST}".encode(),
    "received": MAIL.encode(),
    "header": b'text/plain; a="b\\"c"; d=e\n =?utf-8?q?Ann_=C3?= <ann@example.org>, (x) b at c.d',
    "md": MARKDOWN.encode(),
    "org": ORG.encode(),
    "html": HTML.encode(),
    "txt": "Café, tea\r\nand milk.".encode("utf-16"),
    "tex": TEX.encode(),
    "rtf": RTF.encode(),
    "pdf": pdf(),
    "docx": pack(PARTS[".docx"], SKELETONS[".docx"]),
    "odt": pack(PARTS[".odt"], SKELETONS[".odt"]),
    "docx-body": WORD.encode(),
    "odt-body": ODF.encode(),
    "whatsapp": WHATSAPP.encode(),
    "twitter": f"window.YTD.tweets.part0 = {json.dumps([TWEET, TWEET])}".encode(),
    "mastodon": json.dumps(OUTBOX).encode(),
    "signal": "\n".join(map(json.dumps, FRAMES)).encode(),
    "slack": json.dumps(SLACK).encode(),
    "docx-zip": FAULTS,
    "odt-zip": FAULTS,
    "curated-mail": CURATED.encode(),
    "curated-text": CURATED.encode(),
}
