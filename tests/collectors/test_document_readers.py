"""Documents of word processors, PDF and LaTeX: their prose is read, everything else left out."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from documents import RTF, TEX, odt, page, pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune_collectors.formats.text import damaged
from microtune_collectors.readers import Text, Unreadable, read

WRITTEN = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
ODT_BODY = (
    "<text:h>Tea</text:h><text:p>First <text:span>bold</text:span><text:s text:c='2'/>after"
    "<text:line-break/>new line<text:note><text:note-body><text:p>a note</text:p>"
    "</text:note-body></text:note> end.</text:p><text:tracked-changes><text:changed-region>"
    "<text:deletion><text:p>deleted</text:p></text:deletion></text:changed-region>"
    "</text:tracked-changes><text:list><text:list-item><text:p>item</text:p></text:list-item>"
    "</text:list><table:table><table:table-row><table:table-cell><text:p>cell</text:p>"
    "</table:table-cell></table:table-row></table:table><text:p/>"
)
LINES = (
    "When the children went to bed that evening, we sat for a long time by",
    "the stove and talked about the harvest, which had been a well-earned",
    "one, and of the neigh-",
    "bours who had come from far to help. Their work was well-",
    "earned too.",
    "The next morning it snowed and nobody could leave the house before",
    "noon, so we told each other of the years in which it had been worse,",
)


def text_of(name: str, data: bytes) -> Text:
    return read(Path(name), data)


def test_odt() -> None:
    assert text_of("a.odt", odt(ODT_BODY, "On tea")) == Text(
        "Tea\n\nFirst bold after\nnew line end.\n\nitem", "On tea", "Ann", WRITTEN
    )


def test_rtf() -> None:
    assert text_of("a.rtf", RTF.encode()) == Text(
        "Dear Ben,\n\nIt was a fine day, “yes”\nand more.\n\nthis page is good.\n\nEnd über.",
        title="Café talk",
        author="Ann",
    )


def test_tex() -> None:
    text = text_of("a.tex", TEX.encode())
    assert text.text == (
        "First things\n\nIt is “hot” — see now. Let be 5 % of it. Visit this page.\n\n- One\n\n"
        "- Two things\n\nAlso kept text, Über straße: done. Yes.\n\nQuoted words."
    )
    assert (text.title, text.author) == ("On tea", "Ann Hébert")
    assert text.written == datetime(2021, 3, 3, tzinfo=UTC)


def test_a_chapter_of_tex_without_preamble_is_read_whole() -> None:
    assert text_of("a.tex", rb"\chapter{One} A \textbf{bold} move.").text == "One\n\nA bold move."


def test_pdf() -> None:
    pages = [page(1, LINES, gaps=(4,)), page(2, ["for each of us.", "The end."], gaps=(0,))]
    pages += [page(number, ["A page.", f"Of {number}."]) for number in (3, 4)]
    text = text_of("a.pdf", pdf(pages))
    assert (text.title, text.author, text.written) == ("Tea", "Ann", WRITTEN)
    assert text.text.startswith(
        "When the children went to bed that evening, we sat for a long time by the stove and "
        "talked about the harvest, which had been a well-earned one, and of the neighbours who "
        "had come from far to help. Their work was well-earned too.\n\n"
        "The next morning it snowed and nobody could leave the house before noon, so we told each "
        "other of the years in which it had been worse, for each of us.\n\nThe end."
    )
    assert "My Letters" not in text.text
    assert "- 3 -" not in text.text


ENCRYPTED_ODT = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", pdf([page(1, LINES)], password="secret"), "encrypted"),
        ("a.pdf", pdf([[]]), "no text"),
        ("a.pdf", pdf([page(1, LINES)])[:300], "damaged file"),
        ("a.odt", odt(ODT_BODY, parts=ENCRYPTED_ODT), "encrypted"),
        ("a.odt", odt("<text:p>cut"), "damaged file"),
        ("a.odt", odt(ODT_BODY)[:400], "damaged file"),
        ("a.odt", odt("<text:section>" * 5000 + "</text:section>" * 5000), "damaged file"),
        ("a.odt", odt("<text:p>" + " " * (40 << 20) + "</text:p>"), "too large"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "encrypted"),
        ("a.rtf", b"Dear Ben", "damaged file"),
        ("a.rtf", b"{\\rtf1 " + b"word " * (1 << 20) + b"}", "too large"),
        ("a.tex", b"\\begin{document}\\end{document}", "no text"),
        ("a.tex", b"word " * (1 << 20), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # bytes that differ at each run
)  # fmt: skip
def test_what_cannot_be_read_says_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(name, data)
    assert refused.value.reason == reason


def test_entities_of_an_odt_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(Unreadable) as refused:
        text_of("a.odt", odt("", parts={"content.xml": bomb}))
    assert refused.value.reason == "damaged file"


def test_libraries_say_nothing_of_damaged_files(capfd: pytest.CaptureFixture[str]) -> None:
    whole = pdf([page(1, LINES)])
    for cut in (60, len(whole) // 2, len(whole) - 40):
        with suppress(Unreadable):
            text_of("a.pdf", whole[:cut])
    assert capfd.readouterr() == ("", "")


@pytest.mark.timeout(300)  # more than that takes hours
@pytest.mark.parametrize(
    "piece", [r"\begin{a}[", r"\begin{figure}", "{", "}", "$", r"\section{", r"\cite{", r"\'", " ",
              "(", r"\[", r"\item[", "%", r"\verb|", r"\title{"]
)  # fmt: skip
def test_no_tex_takes_more_than_linear_time(piece: str) -> None:
    with suppress(Unreadable):
        text_of("a.tex", (piece * 30_000).encode())


SAMPLES = {
    ".odt": odt(ODT_BODY, "On tea"),
    ".rtf": RTF.encode(),
    ".tex": TEX.encode(),
    ".pdf": pdf([page(1, LINES), page(2, LINES)]),
}
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=6)), max_size=4)


@settings(deadline=None)
@given(suffix=st.sampled_from(sorted(SAMPLES)), edits=EDITS)
def test_any_damage_is_read_or_refused(suffix: str, edits: list[tuple[float, int, bytes]]) -> None:
    data = SAMPLES[suffix]
    for where, gone, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + gone :]
    with suppress(Unreadable):
        assert text_of(f"a{suffix}", data).text.strip().encode()


MARKUP = st.lists(
    st.sampled_from(
        ["word ", "\n", "\n\n", "\\", "{", "}", "[", "]", "$", "$$", "\\(", "\\)", "%", "~", "\\\\",
         "\\begin{document}", "\\end{document}", "\\begin{figure}", "\\end{figure}", "\\section",
         "\\cite", "\\'", "\\verb", "\\title{", "\\date{", "\\par", "\\par ", "\\u-1?", "\\uc",
         "\\'zz", "\\'e9", "\\bin9 ", "{\\pict ", "{\\*\\x ", "\\ansicpg99999", "\\line", "\\row"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(markup=MARKUP)
def test_any_markup_is_read_or_refused(markup: str) -> None:
    for name, source in (("a.tex", markup), ("a.rtf", "{\\rtf1 " + markup)):
        with suppress(Unreadable):
            assert text_of(name, source.encode()).text.strip().encode()


def test_a_library_that_cannot_be_loaded_is_no_damage_of_the_file() -> None:
    """It may be tomorrow, and what was refused as damaged is not read again."""
    assert damaged(ValueError("no page tree")).reason == "damaged file"
    with pytest.raises(OSError, match="cannot open shared object"):
        raise damaged(ImportError("libjpeg.so: cannot open shared object file"))
