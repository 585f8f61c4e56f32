"""Sign-in contract 7: a session answers one challenge, once, for its own user and app client."""

from typing import Any

import pytest
from harness import Aws, Pool, refused

UNKNOWN = "Invalid session for the user."
TEMPORARY, CHOSEN = "Temporary-horse-1", "Correct-horse-2"


@pytest.fixture
def pool(aws: Aws) -> Pool:
    """Where Ann must choose a password of her own."""
    made = aws.pool()
    aws.cognito.admin_create_user(
        UserPoolId=made.id, Username="ann", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    return made


def answer(
    pool: Pool, session: str, client_id: str = "", name: str = "ann", password: str = CHOSEN
) -> Any:
    return pool.aws.cognito.respond_to_auth_challenge(
        ClientId=client_id or pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": password},
    )


def test_it_leads_to_tokens_once(pool: Pool) -> None:
    session = pool.sign_in(password=TEMPORARY)["Session"]
    assert 20 <= len(session) <= 4096
    assert answer(pool, session)["AuthenticationResult"]
    used = "Invalid session for the user, session can only be used once."
    for _ in range(2):
        with refused("NotAuthorizedException", used):
            answer(pool, session)


def test_what_is_refused_does_not_use_it_up(pool: Pool) -> None:
    session = pool.sign_in(password=TEMPORARY)["Session"]
    with refused("InvalidPasswordException"):
        answer(pool, session, password="weak-horse")
    assert answer(pool, session)["AuthenticationResult"]


def test_who_it_is_not_for_does_not_use_it_up(pool: Pool) -> None:
    other = pool.aws.cognito.create_user_pool_client(UserPoolId=pool.id, ClientName="other")
    pool.add("bob")
    session = pool.sign_in(password=TEMPORARY)["Session"]
    with refused("NotAuthorizedException", UNKNOWN):
        answer(pool, session, client_id=other["UserPoolClient"]["ClientId"])
    with refused("NotAuthorizedException", UNKNOWN):
        answer(pool, session, name="bob")
    assert answer(pool, session)["AuthenticationResult"]


def test_it_is_of_the_sign_in_not_of_its_api(pool: Pool) -> None:
    session = pool.admin_sign_in(password=TEMPORARY)["Session"]
    assert answer(pool, session)["AuthenticationResult"]


def test_one_that_never_was_or_is_left_out(pool: Pool) -> None:
    with refused("NotAuthorizedException", UNKNOWN):
        answer(pool, "never-given-to-anybody")
    with refused("InvalidParameterException", "Missing required parameter Session"):
        pool.aws.cognito.respond_to_auth_challenge(
            ClientId=pool.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": CHOSEN},
        )
