"""Invented .odt, .rtf, .tex and .pdf files, as their writers make them. Knows no reader."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def odt(body: str, title: str = "", parts: dict[str, str] | None = None) -> bytes:
    """An OpenDocument text with this XML in its body."""
    content = f"<office:document-content {NAMES}><office:body><office:text>{body}"
    content += "</office:text></office:body></office:document-content>"
    said = f"<dc:title>{escape(title)}</dc:title><meta:initial-creator>Ann</meta:initial-creator>"
    said += "<meta:creation-date>2020-02-03T04:05:06</meta:creation-date>"
    meta = f"<office:document-meta {NAMES}><office:meta>{said}</office:meta></office:document-meta>"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, text in {"content.xml": content, "meta.xml": meta, **(parts or {})}.items():
            packed.writestr(name, text)
    return data.getvalue()


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]], password: str = "") -> bytes:
    """A PDF of lines of 12 points, each given as (x, y, text) in points; title "Tea"."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        drawn = "".join(f"BT /F1 12 Tf {x} {y} Td ({text}) Tj ET\n" for x, y, text in lines)
        content = DecodedStreamObject()
        content.set_data(drawn.encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({"/Title": "Tea", "/Author": "Ann", "/CreationDate": "D:20200203040506Z"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def page(number: int, lines: Sequence[str], gaps: Sequence[int] = ()) -> list[
    tuple[float, float, str]
]:  # fmt: skip
    """Lines below each other under a running title, with a page number; a gap after some."""
    placed: list[tuple[float, float, str]] = [(72, 800, f"My Letters   {number}")]
    y = 740.0
    for index, line in enumerate(lines):
        placed.append((72, y, line))
        y -= 30 if index in gaps else 15
    return [*placed, (290, 40, f"- {number} -")]


RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    r"{\info{\title Caf\'e9 talk}{\author Ann}}{\header Running head\par}"
    r"\pard\f0 Dear Ben,\par\par It was a \b fine\b0  day, \u8220?yes\u8221?\line and more."
    r"{\footnote hidden}\par{\field{\*\fldinst{HYPERLINK "
    '"http://example.org"'
    r"}}{\fldrslt this page}} is good.\par\trowd\pard\intbl a\cell b\cell\row"
    r"\pard End \'fcber.\par}"
)

TEX = r"""\documentclass[12pt]{article}
\usepackage{amsmath}
\newcommand{\foo}[1]{bar #1}
\title{On \emph{tea}\thanks{Me}}
\author{Ann H\'ebert \and Bob}
\date{3 March 2021}
\begin{document}
\maketitle
\section{First \label{x} things}
It is ``hot'' --- see~\cite[p.~3]{knuth} now (\ref{eq}). % a comment
Let $x = 5$ be 5\,\% of it.\footnote{A note.} Visit \href{http://example.org}{this page}.

\begin{itemize}
\item One
\item[Two] Two things
\end{itemize}
\begin{equation}
 a = b
\end{equation}
\begin{figure}[h]\includegraphics[width=3cm]{a.png}\caption{No}\end{figure}
\begin{verbatim}
code { $
\end{verbatim}
Also \unknown{kept text}, \"Uber stra\ss e: \[ y \] done. \verb|rm -rf| Yes.
\begin{quote}Quoted words.\end{quote}
\end{document}
junk
"""
