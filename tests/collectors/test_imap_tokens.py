"""Access tokens log in to a server that verifies them, by either mechanism; others are refused."""

from collections.abc import Callable, Iterator

import dovecot
import pytest
from access_tokens import access_token
from collector_contract import gather
from dovecot import PASSWORD, Dovecot, Mail
from letters import ME, mail

from microtune.errors import MicrotuneError
from microtune_collectors.imap import ImapCollector, open_imap
from microtune_collectors.imap_backoff import ONCE

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")


@pytest.fixture(scope="module", params=MECHANISMS)
def offering(request: pytest.FixtureRequest) -> Iterator[tuple[str, Dovecot]]:
    """A server that offers one of the mechanisms, beside the password with which users are made."""
    with dovecot.running(f"auth_mechanisms = plain {request.param.lower()}") as server:
        yield request.param, server


@pytest.fixture
def account(offering: tuple[str, Dovecot]) -> Mail:
    account = offering[1].mail()
    account.deliver(mail("one", "This is the only letter in the folder. " * 10).as_bytes())
    return account


def collector(account: Mail, token: str) -> ImapCollector:
    source = open_imap(account.url("&auth=oauth2"), (ME,))
    return ImapCollector(source, lambda account: token, 60, ONCE)


def refusal(account: Mail, token: str) -> str:
    with pytest.raises(MicrotuneError) as refused:
        list(collector(account, token).collect({}))
    line = str(refused.value)
    assert "\n" not in line
    assert token not in line
    return line


def test_a_token_logs_in_and_mail_is_read(offering: tuple[str, Dovecot], account: Mail) -> None:
    mechanism, server = offering
    assert len(gather(collector(account, account.token()).collect({})).found) == 1
    assert f"Login: user=<{account.user}>, method={mechanism}" in server.log


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda account: account.token(lifetime_s=-60), id="expired"),
        pytest.param(lambda account: access_token(account.user, b"?" * 32), id="foreign"),
        pytest.param(
            lambda account: access_token("another", account.server.place.key), id="of-another"
        ),
        pytest.param(lambda account: PASSWORD, id="a-password"),
        pytest.param(lambda account: "no-token-at-all", id="nonsense"),
    ],
)
def test_any_other_token_is_refused_in_one_line_with_a_remedy(
    account: Mail, token: Callable[[Mail], str]
) -> None:
    line = refusal(account, token(account))
    assert f"127.0.0.1 refused to log {account.user} in" in line
    assert "AUTHENTICATIONFAILED" in line
    assert "fresh access token" in line


def test_a_server_without_tokens_is_told_none() -> None:
    with dovecot.running("auth_mechanisms = plain") as server:
        account = server.mail()
        line = refusal(account, account.token())
        assert "takes no access tokens" in line
        assert "Leave auth=oauth2 out" in line
        assert "auth failed" not in server.log
