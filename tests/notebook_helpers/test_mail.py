"""Reading the sandbox's mail, and the prompt for the code in it."""

import pytest

from helpers import cloud, cognito, mail, prompts
from helpers.errors import AnswerError

PASSWORD = "Correct-horse-1"


@pytest.fixture(autouse=True)
def in_the_sandbox(place: cloud.Cloud) -> None:
    if not place.is_sandbox:
        pytest.skip("an account's mail is in its owner's inbox")


def test_the_newest_code_counts_and_is_hidden(outputs: dict[str, str], name: str) -> None:
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    assert mail.code(pool, name) is None
    assert mail.text(pool, name) == f"There is no mail to {name}."
    cognito.sign_up(client, name, PASSWORD, f"{name}@example.com")
    cognito.resend_confirmation_code(client, name)
    assert len(mail.messages(pool, name)) == 2
    code = str(mail.code(pool, name))
    for shown in (repr(mail.table(pool, name)), mail.text(pool, name)):
        assert f"{name}@example.com" in shown
        assert mail.HIDDEN in shown
        assert code not in shown
    assert code in mail.text(pool, name, hidden=False)
    cognito.confirm_sign_up(client, name, code)


def test_a_code_prompt_takes_the_newest_mail(outputs: dict[str, str], name: str) -> None:
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    prompt = prompts.ask_code(pool, name, env=None)
    with pytest.raises(AnswerError, match=r"Code: there is no answer yet\."):
        prompt.read()
    cognito.sign_up(client, name, PASSWORD, f"{name}@example.com")
    assert prompt.read() == mail.code(pool, name)
    cognito.resend_confirmation_code(client, name)
    assert prompt.read() == mail.code(pool, name)
    assert prompt.read() not in repr(prompt)


def test_a_code_from_outside_comes_first(
    outputs: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODE", " 123456 ")
    assert prompts.ask_code(outputs["UserPoolId"], name).read() == "123456"
