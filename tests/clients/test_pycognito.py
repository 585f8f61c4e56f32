"""pycognito, unchanged: boto3 is told the sandbox, as an endpoint is configured for any client."""

import json
import urllib.request
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError
from harness import PASSWORD, REGION, Aws, Pool
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException, SoftwareTokenMFAChallengeException
from test_amplify import APP, NEW, ask_for_a_token


@pytest.fixture(autouse=True)
def endpoint(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", aws.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def pool(aws: Aws) -> Pool:
    made = aws.pool(app=APP)
    made.add("ann")
    return made


def user_of(pool: Pool, name: str = "ann") -> Any:
    """It would look for the pool's keys at amazonaws.com, unless it is told them."""
    user = Cognito(pool.id, pool.client_id, username=name)
    with urllib.request.urlopen(f"{pool.aws.endpoint}/{pool.id}/.well-known/jwks.json") as keys:
        user.pool_jwk = json.load(keys)
    return user


def code(pool: Pool) -> str:
    return str(pool.mail("ann")[-1]["code"])


def test_sign_up_resend_confirm_and_sign_in(aws: Aws) -> None:
    pool = aws.pool(app=APP)
    user = user_of(pool)
    user.set_base_attributes(email="ann@example.com")
    user.register("ann", PASSWORD)
    user.resend_confirmation_code("ann")
    user.confirm_sign_up(code(pool), "ann")
    user.authenticate(PASSWORD)
    user.verify_tokens()


def test_tokens_are_refreshed(pool: Pool) -> None:
    user = user_of(pool)
    user.authenticate(PASSWORD)
    before = user.access_token
    user.renew_access_token()
    user.verify_tokens()
    assert user.access_token != before


def test_attributes_are_read_changed_and_verified(pool: Pool) -> None:
    user = user_of(pool)
    user.authenticate(PASSWORD)
    user.update_profile({"name": "Ann", "email": "a@new.org"})
    user.send_verification("email")
    user.validate_verification(code(pool), "email")
    found = user.get_user()
    assert (found.email, found.email_verified, found.name) == ("a@new.org", True, "Ann")


def test_a_forgotten_password_is_replaced(pool: Pool) -> None:
    user = user_of(pool)
    user.initiate_forgot_password()
    user.confirm_forgot_password(code(pool), NEW)
    user_of(pool).authenticate(NEW)


def test_a_password_is_changed(pool: Pool) -> None:
    user = user_of(pool)
    user.authenticate(PASSWORD)
    user.change_password(PASSWORD, NEW)
    user_of(pool).authenticate(NEW)


def test_a_temporary_password_is_replaced(aws: Aws) -> None:
    pool = aws.pool(app=APP)
    aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", TemporaryPassword=PASSWORD)
    user = user_of(pool)
    with pytest.raises(ForceChangePasswordException):
        user.authenticate(PASSWORD)
    user.new_password_challenge(PASSWORD, NEW)
    user.verify_tokens()


def test_an_authenticator_is_set_up_and_asked_for(pool: Pool) -> None:
    ask_for_a_token(pool, "OPTIONAL")
    user = user_of(pool)
    user.authenticate(PASSWORD)
    app = pyotp.TOTP(user.associate_software_token())
    shown = app.now()
    assert user.verify_software_token(shown, "my phone")
    user.set_user_mfa_preference(False, True, "SOFTWARE_TOKEN")
    again = user_of(pool)
    with pytest.raises(SoftwareTokenMFAChallengeException) as asked:
        again.authenticate(PASSWORD)
    with pytest.raises(ClientError, match="already been used once"):
        again.respond_to_software_token_mfa_challenge(shown, asked.value.get_tokens())


def test_an_administrator_signs_somebody_in(aws: Aws) -> None:
    flows = [*APP["ExplicitAuthFlows"], "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    pool = aws.pool(app={"ExplicitAuthFlows": flows})
    pool.add("ann")
    user = user_of(pool)
    user.admin_authenticate(PASSWORD)
    user.verify_tokens()


def test_signing_out_revokes_the_tokens(pool: Pool) -> None:
    user = user_of(pool)
    user.authenticate(PASSWORD)
    token = user.access_token
    user.logout()
    with pytest.raises(ClientError, match="Access Token has been revoked"):
        pool.aws.cognito.get_user(AccessToken=token)


def test_a_user_deletes_the_account(pool: Pool) -> None:
    user = user_of(pool)
    user.authenticate(PASSWORD)
    user.delete_user()
    assert pool.names() == []
