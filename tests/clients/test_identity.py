"""amazon-cognito-identity-js, unchanged, in Node: it is told the sandbox as `endpoint`."""

import time
from collections.abc import Iterator
from typing import Any

import programs
import pyotp
import pytest
from harness import PASSWORD, SMS, Aws, Pool
from programs import ClientError, Program
from test_amplify import APP, NEW, ask_for_a_token, asking


@pytest.fixture
def identity() -> Iterator[Program]:
    with programs.in_node("identity") as program:
        yield program


def pool_for(identity: Program, aws: Aws, **settings: Any) -> Pool:
    pool = aws.pool(app=APP, **settings)
    given = {"UserPoolId": pool.id, "ClientId": pool.client_id, "endpoint": aws.endpoint}
    identity("configure", given)
    identity("become", "ann")
    return pool


@pytest.fixture
def pool(identity: Program, aws: Aws) -> Pool:
    made = pool_for(identity, aws)
    made.add("ann")
    return made


def sign_in(identity: Program, password: str = PASSWORD) -> Any:
    return identity("authenticateUser", "USER_SRP_AUTH", password)


def code(pool: Pool) -> str:
    return str(pool.mail("ann")[-1]["code"])


def test_sign_up_resend_confirm_and_sign_in(identity: Program, aws: Aws) -> None:
    pool = pool_for(identity, aws)
    identity("signUp", "ann", PASSWORD, {"email": "ann@example.com"})
    with pytest.raises(ClientError, match="User is not confirmed"):
        sign_in(identity)
    identity("resendConfirmationCode")
    assert identity("confirmRegistration", code(pool), False) == "SUCCESS"
    assert sign_in(identity)["accessToken"]


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_sign_in_with_the_password(identity: Program, flow: str) -> None:
    with pytest.raises(ClientError, match="Incorrect username or password"):
        identity("authenticateUser", flow, "Wrong-horse-1")
    assert identity("authenticateUser", flow, PASSWORD)["accessToken"]


@pytest.mark.usefixtures("pool")
def test_tokens_are_refreshed(identity: Program) -> None:
    first = sign_in(identity)["accessToken"]["payload"]
    second = identity("refreshSession")["accessToken"]["payload"]
    assert (second["jti"] != first["jti"], second["origin_jti"]) == (True, first["origin_jti"])


def test_attributes_are_read_changed_verified_and_deleted(identity: Program, pool: Pool) -> None:
    sign_in(identity)
    identity("updateAttributes", {"name": "Ann", "email": "a@new.org"})
    identity("verifyAttribute", "email", code(pool))
    identity("deleteAttributes", ["name"])
    found = {each["Name"]: each["Value"] for each in identity("getUserAttributes")}
    assert (found["email"], found["email_verified"]) == ("a@new.org", "true")
    assert "name" not in found


def test_a_forgotten_password_is_replaced(identity: Program, pool: Pool) -> None:
    assert identity("forgotPassword") == "inputVerificationCode"
    identity("confirmPassword", code(pool), NEW)
    assert sign_in(identity, NEW)["accessToken"]


@pytest.mark.usefixtures("pool")
def test_a_password_is_changed(identity: Program) -> None:
    sign_in(identity)
    assert identity("changePassword", PASSWORD, NEW) == "SUCCESS"
    assert sign_in(identity, NEW)["accessToken"]


def test_a_temporary_password_is_replaced(identity: Program, aws: Aws) -> None:
    pool = pool_for(identity, aws)
    aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", TemporaryPassword=PASSWORD)
    assert sign_in(identity) == "newPasswordRequired"
    assert identity("completeNewPasswordChallenge", NEW)["accessToken"]


def test_an_authenticator_is_set_up_in_a_sign_in_and_asked_for(
    identity: Program, pool: Pool
) -> None:
    ask_for_a_token(pool, "ON")
    assert sign_in(identity) == "mfaSetup"
    app = pyotp.TOTP(identity("associateSoftwareToken"))
    assert identity("verifySoftwareToken", app.now(), "my phone")["accessToken"]
    assert sign_in(identity) == "totpRequired"
    later = app.at(time.time() + app.interval)  # this step's code is spent
    assert identity("sendMFACode", later, "SOFTWARE_TOKEN_MFA")["accessToken"]


def test_an_authenticator_is_set_up_by_who_is_signed_in(identity: Program, pool: Pool) -> None:
    ask_for_a_token(pool, "OPTIONAL")
    sign_in(identity)
    app = pyotp.TOTP(identity("associateSoftwareToken"))
    identity("verifySoftwareToken", app.now(), "my phone")
    identity("setUserMfaPreference", None, {"PreferredMfa": True, "Enabled": True})
    assert identity("getUserData")["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    assert sign_in(identity) == "totpRequired"


def test_codes_by_sms_are_switched_on_and_off(identity: Program, pool: Pool) -> None:
    pool.add("bob", phone_number="+12065559934")
    by_sms: Any = {"SmsConfiguration": SMS}
    pool.aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=by_sms
    )
    identity("become", "bob")
    sign_in(identity)
    identity("enableMFA")
    (option,) = identity("getMFAOptions")
    assert option == {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    assert sign_in(identity) == "mfaRequired"
    assert identity("sendMFACode", pool.mail("bob")[-1]["code"], "SMS_MFA")["accessToken"]
    identity("disableMFA")
    assert sign_in(identity)["accessToken"]


def test_a_device_is_remembered_listed_and_forgotten(identity: Program, aws: Aws) -> None:
    devices = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
    pool = pool_for(identity, aws, DeviceConfiguration=devices)
    pool.add("ann")
    sign_in(identity)
    identity("setDeviceStatusRemembered")
    ask_for_a_token(pool, "ON")
    (device,) = identity("listDevices")["Devices"]
    known = sign_in(identity)  # the device takes the second factor's place
    assert known["accessToken"]["payload"]["device_key"] == device["DeviceKey"]
    assert identity("refreshSession")["accessToken"]
    identity("forgetDevice")
    assert identity("listDevices")["Devices"] == []


def test_a_challenge_of_ones_own(identity: Program, aws: Aws) -> None:
    pool = pool_for(identity, aws, triggers=asking(aws))
    pool.add("ann")
    assert identity("authenticateUser", "CUSTOM_AUTH", PASSWORD) == "customChallenge"
    assert identity("sendCustomChallengeAnswer", "42")["accessToken"]


@pytest.mark.usefixtures("pool")
def test_signing_out_everywhere_revokes_the_tokens(identity: Program) -> None:
    sign_in(identity)
    identity("globalSignOut")
    with pytest.raises(ClientError):
        identity("getUserAttributes")


def test_a_user_deletes_the_account(identity: Program, pool: Pool) -> None:
    sign_in(identity)
    identity("deleteUser")
    assert pool.names() == []
