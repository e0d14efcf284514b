"""The URL of an account: what it says, what is refused, and that no password gets out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account
from microtune_collectors.registry import open_source

PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


def test_a_url_says_where_and_who() -> None:
    account = Account.parse("imaps://ann@example.org@imap.Example.org")
    assert (account.user, account.host, account.port) == (
        "ann@example.org",
        "imap.example.org",
        993,
    )
    assert account.url == account.place == "imaps://ann%40example.org@imap.example.org"
    assert Account.parse("imap://ann@[::1]:1143/").url == "imap://ann@[::1]:1143"
    assert Account.parse("imap://ann@mail.example.org").port == 143


def test_settings_belong_to_the_place_and_not_to_the_account() -> None:
    plain = Account.parse("imaps://ann@example.org")
    url = "imaps://ann@example.org/?auth=oauth2&folder=Work%2F2020&folder=Ärger&cafile=/etc/ca.pem"
    account = Account.parse(url)
    assert (account.folders, account.cafile, account.oauth) == (
        ("Work/2020", "Ärger"),
        "/etc/ca.pem",
        True,
    )
    assert account.url == plain.url
    assert account.place != plain.place
    assert Account.parse(account.place) == account


@given(user=PRINTABLE, folders=st.lists(PRINTABLE, unique=True), oauth=st.booleans())
def test_a_place_reads_back_as_the_same_account(user: str, folders: list[str], oauth: bool) -> None:
    account = Account("imaps", user, "example.org", 993, tuple(folders), "", oauth)
    assert Account.parse(account.place) == account


@pytest.mark.parametrize(
    "url",
    [
        "imaps://ann:hush@example.org",
        "imaps://ann:hush@example.org/?folder=a",
        "imaps://ann:hu/sh@example.org",
        "imaps://ann:993/hush@example.org",
        "imaps://ann:99/hush?@example.org",
        "imaps://ann:hush#@example.org",
        "imaps://ann:[hush@example.org",
        "imaps://ann@example.org/hush",
        "imaps://ann@example.org/?password=hush",
        "imaps://ann@example.org/?auth=hush",
        "imaps://example.org",
        "imaps://@hush",
        "imaps://ann@",
        "imaps://ann%0dhush@example.org",
        "imaps://ann@example.org\r\nhush",
        "imaps://ann@example.org:99999",
    ],
)
def test_what_is_refused_is_not_repeated(url: str) -> None:
    with pytest.raises(MicrotuneError) as refused:
        open_source(url)
    assert "hush" not in str(refused.value)
    assert "hu/sh" not in str(refused.value)
    assert refused.value.remedy


def test_the_login_is_the_address_unless_others_are_named() -> None:
    assert open_source("imaps://Ann@Example.org@imap.example.org").me == ("ann@example.org",)
    assert open_source("imaps://ann@imap.example.org", me=("Ann@x.org",)).me == ("ann@x.org",)
    with pytest.raises(MicrotuneError, match="--me ADDRESS"):
        open_source("imaps://ann@imap.example.org")
    with pytest.raises(MicrotuneError, match="neither with imaps:// nor with imap://"):
        open_source("pop://ann@imap.example.org", "imap")
