"""Small valid documents of word processors, of LaTeX and in PDF, all invented. Knows no reader."""

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

PARTS = {
    ".docx": {"word/document.xml": WORD.encode()},
    ".odt": {"content.xml": ODF.encode(), "meta.xml": META.encode()},
}
# A member renamed, one packed otherwise, one as large as it can be, and a field of each record.
FAULTS = b"\x00\x01\x02\x00\x00\x00\x05\x00\x01\x00\x00\x00\x04\x00\x09\xff\x0f\x00"
FAULTS += b"\x80\x19\x00\x00\x00\x00\x82\x29\xff\xff\xff\x00\x81\x10\x01\x00\x00\x00"


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
