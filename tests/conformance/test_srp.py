"""Sign-in contract 1: passwords proved by SRP, with pycognito as the client."""

import base64
import hashlib
import hmac
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from harness import PASSWORD, Aws, Pool, refused
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP

WRONG = "Incorrect username or password."
ENABLED = {"PreventUserExistenceErrors": "ENABLED"}
Change = Callable[[dict[str, str]], None]


def srp(pool: Pool, name: str = "ann", password: str = PASSWORD, secret: str | None = None) -> Any:
    client = pool.aws.cognito
    return AWSSRP(name, password, pool.id, pool.client_id, client=client, client_secret=secret)


def begin(pool: Pool, proof: Any, **more: Any) -> Any:
    return pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters=proof.get_auth_params(),
        **more,
    )


def answer(pool: Pool, proof: Any, challenge: Any, change: Change = lambda _: None) -> Any:
    """The client's proof, perhaps changed on its way."""
    told = proof.process_challenge(challenge["ChallengeParameters"], proof.get_auth_params())
    change(told)
    return pool.aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=told
    )


def client_of(pool: Pool, name: str = "ann") -> Any:
    """pycognito's own client; it is told the keys, as it looks for them at amazonaws.com."""
    user = Cognito(pool.id, pool.client_id, username=name)
    user.client = pool.aws.cognito
    with urllib.request.urlopen(f"{pool.aws.endpoint}/{pool.id}/.well-known/jwks.json") as response:
        user.pool_jwk = json.load(response)
    return user


@pytest.fixture
def pool(aws: Aws) -> Pool:
    made = aws.pool()
    made.add()
    return made


def test_a_client_library_signs_in_and_verifies_the_tokens(pool: Pool) -> None:
    user = client_of(pool)
    user.authenticate(PASSWORD)
    user.verify_tokens()
    assert user.get_user().email == "ann@example.com"
    before = user.access_token
    user.renew_access_token()
    assert user.access_token != before
    user.change_password(PASSWORD, "Another-horse-2")
    with refused("NotAuthorizedException", WRONG):
        client_of(pool).authenticate(PASSWORD)
    client_of(pool).authenticate("Another-horse-2")
    user.logout()


def test_the_challenge_has_no_session(pool: Pool) -> None:
    challenge = begin(pool, srp(pool))
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    assert "Session" not in challenge
    parameters = challenge["ChallengeParameters"]
    assert set(parameters) == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"}
    assert re.fullmatch("[0-9a-f]{32}", parameters["SALT"])
    assert re.fullmatch("[0-9a-f]{1,768}", parameters["SRP_B"])
    assert base64.b64decode(parameters["SECRET_BLOCK"], validate=True)
    again = begin(pool, srp(pool))["ChallengeParameters"]
    assert again["SALT"] == parameters["SALT"]
    assert again["SRP_B"] != parameters["SRP_B"]


def test_the_proof_yields_tokens(pool: Pool) -> None:
    proof = srp(pool)
    done = answer(pool, proof, begin(pool, proof))
    assert done["ChallengeParameters"] == {}
    result = done["AuthenticationResult"]
    assert set(result) == {"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}
    assert result["TokenType"] == "Bearer"


def test_every_one_of_many_proofs_holds(pool: Pool) -> None:
    """Numbers that need a byte more, or fewer, come up by chance."""
    for _ in range(12):
        proof = srp(pool)
        assert answer(pool, proof, begin(pool, proof))["AuthenticationResult"]


def test_what_an_administrator_began_the_public_call_may_finish(aws: Aws, pool: Pool) -> None:
    proof = srp(pool)
    challenge = aws.cognito.admin_initiate_auth(
        UserPoolId=pool.id,
        ClientId=pool.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters=proof.get_auth_params(),
    )
    assert answer(pool, proof, challenge)["AuthenticationResult"]


def test_an_alias_is_told_the_name_to_prove(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"])
    pool.add()
    proof = srp(pool, "ann@example.com")
    challenge = begin(pool, proof)
    parameters = challenge["ChallengeParameters"]
    assert parameters["USERNAME"] == parameters["USER_ID_FOR_SRP"] == "ann"
    assert answer(pool, proof, challenge)["AuthenticationResult"]
    proof = srp(pool, "ann@example.com")
    typed = {"USERNAME": "ann@example.com"}
    assert answer(pool, proof, begin(pool, proof), lambda a: a.update(typed))


def test_an_email_pool_names_the_sub(aws: Aws) -> None:
    pool = aws.pool(UsernameAttributes=["email"])
    pool.sign_up("ann@example.com", attributes={})
    pool.aws.cognito.admin_confirm_sign_up(UserPoolId=pool.id, Username="ann@example.com")
    proof = srp(pool, "ann@example.com")
    challenge = begin(pool, proof)
    sub = pool.user("ann@example.com")["sub"]
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == sub
    assert answer(pool, proof, challenge)["AuthenticationResult"]


def test_the_sub_is_no_sign_in_name(pool: Pool) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        begin(pool, srp(pool, pool.user()["sub"]))


def test_the_secret_hash_is_over_the_name_as_sent(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"], app={"GenerateSecret": True})
    pool.add()
    described = aws.cognito.describe_user_pool_client(UserPoolId=pool.id, ClientId=pool.client_id)
    secret = described["UserPoolClient"]["ClientSecret"]
    proof = srp(pool, "ann@example.com", secret=secret)  # hashes the alias, then the name
    assert answer(pool, proof, begin(pool, proof))["AuthenticationResult"]
    text = f"Client {pool.client_id} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", text):
        begin(pool, srp(pool))
    text = f"Unable to verify secret hash for client {pool.client_id}"
    with refused("NotAuthorizedException", text):
        begin(pool, srp(pool, secret="wrong"))


@pytest.mark.parametrize("when", ["Sat Sep 05 07:01:02 UTC 2026", "Mon Sep 5 07:01:02 UTC 2026"])
def test_a_date_written_otherwise_proves_nothing(pool: Pool, when: str) -> None:
    proof = srp(pool)
    proof.get_cognito_formatted_timestamp = lambda _: when
    with refused("NotAuthorizedException", WRONG):
        answer(pool, proof, begin(pool, proof))


def broken(name: str) -> Change:
    return lambda told: told.update({name: base64.b64encode(b"else").decode()})


@pytest.mark.parametrize("text", ["%", "é", "AAAA"])
def test_what_is_no_signature_is_a_wrong_password(pool: Pool, text: str) -> None:
    proof = srp(pool)
    with refused("NotAuthorizedException", WRONG):
        answer(
            pool, proof, begin(pool, proof), lambda told: told.update(PASSWORD_CLAIM_SIGNATURE=text)
        )


@pytest.mark.parametrize("name", ["PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"])
def test_a_broken_proof_is_a_wrong_password(pool: Pool, name: str) -> None:
    proof = srp(pool)
    with refused("NotAuthorizedException", WRONG):
        answer(pool, proof, begin(pool, proof), broken(name))


def test_a_wrong_password_proves_nothing(pool: Pool) -> None:
    proof = srp(pool, password="Wrong-horse-1")
    with refused("NotAuthorizedException", WRONG):
        answer(pool, proof, begin(pool, proof))


@pytest.mark.parametrize(("app", "text"), [({}, "User is disabled."), (ENABLED, WRONG)])
def test_a_wrong_proof_tells_of_no_disabled_user_where_users_are_hidden(
    aws: Aws, app: dict[str, str], text: str
) -> None:
    pool = aws.pool(app=app)
    pool.add()
    aws.cognito.admin_disable_user(UserPoolId=pool.id, Username="ann")
    for password, told in (("Wrong-horse-1", text), (PASSWORD, "User is disabled.")):
        proof = srp(pool, password=password)
        with refused("NotAuthorizedException", told):
            answer(pool, proof, begin(pool, proof))


def test_a_proof_is_for_its_own_user(pool: Pool) -> None:
    pool.add("bob")
    proof = srp(pool)
    with refused("NotAuthorizedException", WRONG):
        answer(pool, proof, begin(pool, proof), lambda told: told.update(USERNAME="bob"))


def test_a_zero_gets_a_challenge_that_nobody_can_pass(pool: Pool) -> None:
    """Whoever sends it knows the key that a careless server would come to."""
    challenge = pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "ann", "SRP_A": "0"},
    )
    shown, when = challenge["ChallengeParameters"], "Sat Sep 5 07:01:02 UTC 2026"
    bits = int(shown["SRP_B"], 16)
    public = bits.to_bytes(bits.bit_length() // 8 + 1)
    mixed = int.from_bytes(hashlib.sha256(b"\0" + public).digest())
    salted = hmac.digest(mixed.to_bytes(mixed.bit_length() // 8 + 1), b"\0", "sha256")
    key = hmac.digest(salted, b"Caldera Derived Key\x01", "sha256")[:16]
    block = base64.b64decode(shown["SECRET_BLOCK"])
    signed = f"{pool.id.partition('_')[2]}ann".encode() + block + when.encode()
    with refused("NotAuthorizedException", WRONG):
        pool.aws.cognito.respond_to_auth_challenge(
            ClientId=pool.client_id,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses={
                "USERNAME": "ann",
                "PASSWORD_CLAIM_SECRET_BLOCK": shown["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(
                    hmac.digest(key, signed, "sha256")
                ).decode(),
                "TIMESTAMP": when,
            },
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "Missing required parameter SRP_A"), ("not hex", None), ("f" * 1000, None)],
)
def test_srp_a_is_there_and_a_number(pool: Pool, value: str | None, text: str | None) -> None:
    given = {"SRP_A": value} if value else {}
    with refused("InvalidParameterException", text):
        pool.aws.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": "ann", **given},
        )


def test_what_is_not_asked_for_does_no_harm(pool: Pool) -> None:
    proof = srp(pool)
    known = {**proof.get_auth_params(), "CHALLENGE_NAME": "SRP_A"}
    challenge = pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=known
    )
    assert answer(pool, proof, challenge, lambda told: told.update(SRP_A="a1"))


def test_what_is_looked_at_first(aws: Aws) -> None:
    """The client, its flow, what must be there and its secret, then the user."""
    off = {"GenerateSecret": True, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}
    closed, opened = aws.pool(app=off), aws.pool(app={"GenerateSecret": True})
    nobody = srp(closed, "nobody")
    gone = Pool(aws, closed.id, "", "a" * 26)
    with refused("ResourceNotFoundException", f"User pool client {gone.client_id} does not exist."):
        begin(gone, nobody)
    with refused("InvalidParameterException", "USER_SRP_AUTH flow not enabled for this client"):
        aws.cognito.initiate_auth(ClientId=closed.client_id, AuthFlow="USER_SRP_AUTH")
    text = f"Client {opened.client_id} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", text):
        begin(opened, nobody)


def test_nobody_is_taken_over_by_srp(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"UserMigration": trigger})
    with refused("UserNotFoundException"):
        begin(pool, srp(pool, "nobody"))
    assert trigger.events() == []


def test_unknown_users_are_named_or_get_a_challenge_like_any_other(aws: Aws) -> None:
    pool = aws.pool(app=ENABLED)
    pool.add()
    nobody, other = (begin(pool, srp(pool, name))["ChallengeParameters"] for name in ("eve", "mal"))
    known = begin(pool, srp(pool))["ChallengeParameters"]
    assert nobody.keys() == known.keys()
    assert nobody["USERNAME"] == nobody["USER_ID_FOR_SRP"] == "eve"
    assert len(nobody["SECRET_BLOCK"]) == len(known["SECRET_BLOCK"])
    proof = srp(pool, "eve")
    challenge = begin(pool, proof)
    assert challenge["ChallengeParameters"]["SALT"] == nobody["SALT"] != other["SALT"]
    with refused("NotAuthorizedException", WRONG):
        answer(pool, proof, challenge)
    with refused("UserNotFoundException", "User does not exist."):
        begin(aws.pool(), srp(pool, "eve"))


def test_an_unknown_user_of_an_alias_pool_gets_a_uuid(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"], app=ENABLED)
    name = begin(pool, srp(pool, "eve"))["ChallengeParameters"]["USER_ID_FOR_SRP"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", name)


def test_the_triggers_in_their_order(aws: Aws) -> None:
    trigger = aws.echo()
    names = ["PreAuthentication", "PostAuthentication", "PreTokenGeneration", "UserMigration"]
    pool = aws.pool(dict.fromkeys(names, trigger))
    pool.add()
    proof = srp(pool)
    challenge = begin(pool, proof, ClientMetadata={"from": "the first call"})
    assert trigger.sources() == ["PreAuthentication_Authentication"]
    told = proof.process_challenge(challenge["ChallengeParameters"], proof.get_auth_params())
    aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=told,
        ClientMetadata={"from": "the last call"},
    )
    first, second, third = trigger.events()
    assert first["request"]["validationData"] == {"from": "the first call"}
    assert second["triggerSource"] == "PostAuthentication_Authentication"
    assert third["triggerSource"] == "TokenGeneration_Authentication"
    for event in (second, third):
        assert event["request"]["clientMetadata"] == {"from": "the last call"}


def test_a_temporary_password_must_be_replaced(aws: Aws) -> None:
    pool = aws.pool()
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    proof = srp(pool)
    challenge = answer(pool, proof, begin(pool, proof))
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert challenge["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "ann",
        "requiredAttributes": "[]",
        "userAttributes": "{}",
    }
    text = "Password does not conform to policy: Password not long enough"
    with refused("InvalidPasswordException", text):
        pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="Abcd-12")
    assert pool.respond(challenge, USERNAME="ann", NEW_PASSWORD=PASSWORD)["AuthenticationResult"]
    used = "Invalid session for the user, session can only be used once."
    with refused("NotAuthorizedException", used):
        pool.respond(challenge, USERNAME="ann", NEW_PASSWORD=PASSWORD)


def test_a_client_library_replaces_a_temporary_password(aws: Aws) -> None:
    pool = aws.pool()
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    user = client_of(pool)
    user.new_password_challenge(PASSWORD, "Another-horse-2")
    assert user.id_token


def test_a_client_of_another_pool_is_told(aws: Aws, pool: Pool) -> None:
    other = aws.pool()
    text = f"User pool client {pool.client_id} does not exist in user pool {other.id}."
    with refused("ResourceNotFoundException", text):
        aws.cognito.admin_initiate_auth(
            UserPoolId=other.id,
            ClientId=pool.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters=srp(pool).get_auth_params(),
        )
