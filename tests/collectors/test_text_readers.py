"""Text files of each format, read by their extension."""

import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune_collectors.readers import READERS, Text, Unreadable, read


def text_of(name: str, content: str | bytes) -> Text:
    return read(Path(name), content.encode() if isinstance(content, str) else content)


def test_markdown_with_yaml() -> None:
    text = text_of(
        "a.md",
        "---\ntitle: >\n  On\n  tea\ndate: 2021-10-12T21:05:00-0600\nauthor: {name: Ann}\n"
        "to: Ben, Carol\ntags: [hot, 7]\n---\n\nIt is **hot**.\n",
    )
    assert text == Text(
        "It is hot.",
        title="On tea",
        author="Ann",
        written=datetime(2021, 10, 12, 21, 5, tzinfo=timezone(timedelta(hours=-6))),
        recipients=("Ben", "Carol"),
        labels=("hot", "7"),
    )


def test_markdown_with_toml() -> None:
    text = text_of("a.markdown", '+++\ntitle = "Tea"\ndate = 2021-10-12\n+++\nHot.')
    assert (text.text, text.title) == ("Hot.", "Tea")
    assert text.written == datetime(2021, 10, 12, tzinfo=UTC)


def test_broken_front_matter_is_read_line_by_line_and_the_body_kept() -> None:
    text = text_of("a.md", "---\ntitle: Tea: a story\ndate: 2021-13-45\n\tx: [\n---\nHot.")
    assert (text.text, text.title, text.written) == ("Hot.", "Tea: a story", None)


def test_org() -> None:
    text = text_of(
        "a.org",
        "#+TITLE: On tea\n#+DATE: <2021-03-04 Thu 10:00>\n#+FILETAGS: :hot:sweet:\n# a comment\n"
        "Before.\n* TODO First heading :tag:\n:PROPERTIES:\n:ID: 7\n:END:\n"
        "See [[https://example.org][this page]].\n#+begin_src sh\nrm -rf\n#+end_src\n"
        "#+begin_quote\nQuoted.\n#+end_quote\n| a | b |\n|---+---|\n** Second\nAfter.\n",
    )
    assert text.text == ("Before.\n\nFirst heading\n\nSee this page.\nQuoted.\n\nSecond\n\nAfter.")
    assert (text.title, text.labels) == ("On tea", ("hot", "sweet"))
    assert text.written == datetime(2021, 3, 4, 10, tzinfo=UTC)


def test_html() -> None:
    text = text_of(
        "a.html",
        "<html><head><title>On &amp; tea</title><meta name='author' content='Ann'>"
        "<meta property='article:published_time' content='2020-02-03'><style>p {}</style></head>"
        "<body><h1>Tea</h1><p>It is <a href='x'>very</a> <code>hot</code>.<img src=i alt=no></p>"
        "<script>alert()</script><pre>x = 1</pre><ul><li>one<li>two</ul><p>1. End</p>",
    )
    assert text.text == "Tea\n\nIt is very hot.\n\n- one\n- two\n\n1. End"
    assert (text.title, text.author) == ("On & tea", "Ann")
    assert text.written == datetime(2020, 2, 3, tzinfo=UTC)


def test_docx() -> None:
    document = docx.Document()
    document.core_properties.title = "Tea"
    document.core_properties.author = "Ann"
    document.core_properties.modified = datetime(2020, 2, 3, 4, 5)
    document.add_paragraph("First.")
    document.add_table(1, 1).cell(0, 0).text = "in a table"
    document.add_paragraph("Second.")
    data = io.BytesIO()
    document.save(data)
    assert text_of("a.docx", data.getvalue()) == Text(
        "First.\n\nSecond.", "Tea", "Ann", datetime(2020, 2, 3, 4, 5, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffGrüße".encode(), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        (b"\xff\xfe\x00\x00" + "Grüße".encode("utf-32-le"), "Grüße"),
        ("Schöne Grüße aus Köln".encode("latin-1"), "Schöne Grüße aus Köln"),
        (b"\x93Caf\xe9\x94", "“Café”"),
        ("ein schöner Grüß, ähnlich öde über Öl".encode() * 9 + b"\xc3", None),
        (("Привет, как дела? Я давно тебе не писал. " * 9).encode("cp1251"), "Привет"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
    ],
)
def test_encodings(data: bytes, text: str | None) -> None:
    decoded = text_of("a.txt", data).text
    assert decoded.startswith(text if text is not None else "ein schöner Grüß")


def assert_read_or_refused(suffix: str, data: bytes) -> None:
    with suppress(Unreadable):
        text = read(Path(f"a{suffix}"), data)
        assert text.text.strip().encode()


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=500))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    assert_read_or_refused(suffix, data)


MARKUP = st.lists(
    st.sampled_from(
        ["word", "\n", "\n\n", "* ", "#+begin_src", "#+end_src", ":X:", ":END:", "<2021-99-01>",
         "[[", "]]", "---\n", "+++\n", "k: ", "- ", "[", "{", "<div>", "</div>", "<blockquote>",
         "&#xD800;", "&#99999999999;", "<![", "<!--", "`", "```\n", "    ", "|", "> "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.sampled_from([".md", ".org", ".html"]), MARKUP)
def test_any_markup_is_read_or_refused(suffix: str, source: str) -> None:
    assert_read_or_refused(suffix, source.encode())
