"""Markdown to prose, and the front matter before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune_collectors import front_matter
from microtune_collectors.markdown import to_prose


@pytest.mark.parametrize(
    ("source", "prose"),
    [
        ("# Tea #\n\nHot.", "Tea\n\nHot."),
        ("Tea\n===\n\nHot.", "Tea\n\nHot."),
        ("a *b* **c** ***d*** _e_ __f__ ~~g~~", "a b c d e f g"),
        ("2 * 3 * 4, snake_case_name, **Note\nwell**", "2 * 3 * 4, snake_case_name, Note\nwell"),
        ("\\*not emphasis\\* &mdash; 3 &lt; 4", "*not emphasis* — 3 < 4"),
        ("See [the\npage](http://x.y/(a) \"t\"){:.c}, [that][1], [it][] <https://a.b>.\n\n[1]: http://z",
         "See the\npage, that, it https://a.b."),
        ("[![alt](i.png)](l)![a [b]](c)text", "text"),
        ("Said so.[^1] Then\n\n[^1]: A footnote.", "Said so. Then\n\nA footnote."),
        ("a [[Page|name]] ![[embedded]] [[Other]]", "a name  Other"),
        ("Use `<b> *x*` or ``a`b``.", "Use <b> *x* or a`b."),
        ("Before\n\n```python\n# code\n```\n\n~~~~\n```\n~~~~\nAfter", "Before\n\nAfter"),
        ("Before\n\n    code\n\n    code\n\nAfter", "Before\n\nAfter"),
        ("1. item\n\n    its second paragraph\n\n        code\n\nAfter",
         "1. item\n\nits second paragraph\n\nAfter"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter", "After"),
        ("a | b\n--|--\n1 | 2\n\nAfter", "After"),
        ("either | or", "either | or"),
        ('{{<img src="a.jpg"\n alt="x">}}\n\n{{<notice type="info">}}Kept{{</notice>}}', "Kept"),
        ("one{% raw %}two{% note %} three {{ page.title }}.", "one two three ."),
        ("{% highlight ruby %}\ncode\n{% endhighlight %}\nAfter", "After"),
        ("<!-- no -->Seen<script>x</script> <b class='x'>bold</b> 3 < 4", "Seen bold 3 < 4"),
        ("{: .lead}\n:::note\nText\n:::\n***\n*[HTML]: Hyper\n[TOC]", "Text"),
        ("> [!NOTE]\n> They said\n\nI say", "> They said\n\nI say"),
        ("- one\n  - two\n- [ ] three", "- one\n  - two\n- [ ] three"),
    ],
)  # fmt: skip
def test_prose(source: str, prose: str) -> None:
    assert to_prose(source) == prose


@given(st.text(max_size=300))
def test_any_text_is_taken(source: str) -> None:
    to_prose(source)


@given(st.lists(st.lists(st.from_regex(r"[A-Za-zé]+[,.]?", fullmatch=True), min_size=1)))
def test_plain_paragraphs_come_through_unchanged(paragraphs: list[list[str]]) -> None:
    text = "\n\n".join(" ".join(words) for words in paragraphs)
    assert to_prose(text) == text


@pytest.mark.parametrize(
    "piece", ["[", "![", "*a", "_a", "`", "<a ", "{{<", "[^", "> ", "|", "[a]["]
)
def test_a_flood_of_one_sign_is_taken_in_good_time(piece: str) -> None:
    to_prose(piece * 20_000)


def test_front_matter_needs_a_closed_block_with_keys() -> None:
    for text in (
        "---\ntitle: x\nno end",
        "---\nJust prose.\n---\nMore",
        "text\n---\na: b\n---",
        "",
    ):
        assert front_matter.split(text) == ({}, text)
    assert front_matter.split("\n---\n---\nbody") == ({}, "body")
    assert front_matter.split("---\nTitle: x\n...\nbody") == ({"title": "x"}, "body")


FRONT = st.lists(
    st.sampled_from(
        ["---\n", "+++\n", "a: ", "date: ", "2021-99-99", "!!int ''", "*x", "&x", "[", "{", "<<: ",
         "\n", "\t", "'", '"', "= ", "? ", "0b", "é", "\x85"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(max_size=200), FRONT, FRONT.map(lambda t: f"---\n{t}\n---\nbody")))
def test_any_front_matter_is_split_and_no_body_lost(text: str) -> None:
    values, body = front_matter.split(text)
    assert text.endswith(body)
    assert values or body == text or not text[: len(text) - len(body)].strip("-+.\n\t \x85")
    for value in values.values():
        front_matter.as_text(value)
        front_matter.as_list(value)
