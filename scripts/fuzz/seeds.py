"""Small valid inputs for every reader, all invented: what a fuzzer mutates, and its words.

Knows nothing of the readers.
"""

import json

from fuzz.readers import SKELETONS, pack

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
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}{\info{\title Caf\'e9}"
    r"{\author Ann}}{\header Head\par}\pard\f0 Dear Ben,\par It was \b fine\b0 , \u8220?yes\u8221?"
    r"\line and {\field{\*\fldinst{HYPERLINK 'http://a.example'}}{\fldrslt this}} is good."
    r"\par\trowd\intbl a\cell b\cell\row\uc0\u55357\u56832 {\*\bin4 abcd}\pard End \'fcber.\par}"
)
TEX = r"""\documentclass{article}\title[short]{On \emph{tea}\thanks{Me}}\author{Ann H\'ebert \and B}
\date{3 March 2021}\begin{document}\section*{First \label{x} things} It is ``hot'' --- see
\cite[p.~3]{knuth} (\ref{eq}). % a comment
Let $x = 5$ be \[ y \], \(z\).\footnote{A note.} \href{http://a.example}{page} \verb|rm| \\[2pt]
\begin{itemize}\item[Two] words\end{itemize}\begin{equation} a \end{equation}
\begin{verbatim}code { $\end{verbatim} \"Uber stra\ss e \unknown{kept}\end{document} junk
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
WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>Tea at</w:t><w:br/><w:tab/><w:t>five.</w:t></w:r></w:p><w:tbl/><w:sdt/>"
    "</w:body></w:document>"
)
ODF = (
    '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:t='
    '"urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:text><t:h>Tea</t:h><t:p>At<t:s/>'
    "<t:span>five</t:span><t:line-break/>.<t:note>n</t:note></t:p><t:list><t:list-item><t:p>one"
    "</t:p></t:list-item></t:list></o:text></o:body></o:document-content>"
)
META = (
    '<o:document-meta xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc='
    '"http://purl.org/dc/elements/1.1/"><o:meta><dc:title>Tea</dc:title><dc:date>2020-02-03'
    "</dc:date></o:meta></o:document-meta>"
)


def pdf(drawn: str = "BT /F1 12 Tf 72 740 Td (Tea at five,) Tj 0 -15 Td (or six.) Tj ET") -> bytes:
    """A PDF of one page; title "Tea"."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0"
        " R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Title(Tea)/CreationDate(D:20200203040506Z)>>",
    ]
    data, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Info 6 0"
    data += f" R/Size {len(objects) + 1}>>\nstartxref\n{data.index('xref')}\n%%EOF\n"
    return data.encode()


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
    "docx": pack({"word/document.xml": WORD.encode()}, SKELETONS[".docx"]),
    "odt": pack({"content.xml": ODF.encode(), "meta.xml": META.encode()}, SKELETONS[".odt"]),
    "docx-body": WORD.encode(),
    "odt-body": ODF.encode(),
    "whatsapp": WHATSAPP.encode(),
    "twitter": f"window.YTD.tweets.part0 = {json.dumps([TWEET, TWEET])}".encode(),
    "mastodon": json.dumps(OUTBOX).encode(),
    "signal": "\n".join(map(json.dumps, FRAMES)).encode(),
    "slack": json.dumps(SLACK).encode(),
}
