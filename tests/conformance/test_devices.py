"""Sign-in contract 4: devices that are tracked, confirmed, remembered and prove themselves."""

import base64
from typing import Any

import jwt
import pytest
from devices import Device, sign_in_with, with_second_factor
from harness import PASSWORD, Aws, Pool, refused
from pycognito.aws_srp import AWSSRP

from cognito_sandbox.srp_numbers import N, pad

REMEMBER: dict[str, Any] = {"ChallengeRequiredOnNewDevice": True}
ASK: dict[str, Any] = {"DeviceOnlyRememberedOnUserPrompt": True}
PHONE = {"phone_number": "+12065559934"}
GONE = "Device does not exist."
WRONG = "Incorrect username or password."


def tracking(aws: Aws, settings: dict[str, Any] = REMEMBER, **more: Any) -> Pool:
    pool = aws.pool(DeviceConfiguration=settings, **more)
    pool.add(**PHONE)
    return pool


def claims(result: Any) -> Any:
    token = result["AuthenticationResult"]["AccessToken"]
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("settings", [{}, {"ChallengeRequiredOnNewDevice": False}])
def test_a_pool_tracks_devices_whatever_its_settings_for_them_are(
    aws: Aws, settings: dict[str, Any]
) -> None:
    metadata = tracking(aws, settings).sign_in()["AuthenticationResult"]["NewDeviceMetadata"]
    assert metadata["DeviceKey"].startswith("us-east-1_")
    assert len(metadata["DeviceGroupKey"]) == 9


def test_a_pool_without_settings_for_devices_tracks_none(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    assert "DeviceConfiguration" not in pool.settings()
    result = sign_in_with(pool, "us-east-1_any")
    assert "NewDeviceMetadata" not in result["AuthenticationResult"]
    assert "device_key" not in claims(result)


def test_an_unchanged_client_library_confirms_a_device_and_signs_in_with_it(aws: Aws) -> None:
    pool = tracking(aws)
    client: Any = AWSSRP("ann", PASSWORD, pool.id, pool.client_id, client=aws.cognito)
    device = Device(pool, client.authenticate_user())
    result = device.proof().authenticate_user()
    assert "NewDeviceMetadata" not in result["AuthenticationResult"]
    assert claims(result)["device_key"] == device.key


@pytest.mark.parametrize(("settings", "asks"), [(REMEMBER, False), (REMEMBER | ASK, True)])
def test_whether_the_user_is_asked(aws: Aws, settings: dict[str, Any], asks: bool) -> None:
    pool = tracking(aws, settings)
    device = Device(pool, pool.sign_in())
    assert device.must_ask is asks
    assert ("ChallengeName" in device.sign_in()) is not asks
    device.remember()
    assert device.sign_in()["ChallengeName"] == "DEVICE_SRP_AUTH"
    device.remember("not_remembered")
    assert "AccessToken" in device.sign_in()["AuthenticationResult"]


def test_a_remembered_device_takes_the_place_of_the_second_factor(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    with_second_factor(pool)
    assert pool.sign_in()["ChallengeName"] == "SMS_MFA"
    challenge = device.sign_in()
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    result = device.prove(challenge)
    assert "AccessToken" in result["AuthenticationResult"]
    device.remember("not_remembered")
    assert device.sign_in()["ChallengeName"] == "SMS_MFA"


def test_a_remembered_device_does_so_after_a_temporary_password_as_well(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    with_second_factor(pool)
    aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password=PASSWORD)
    challenge = device.sign_in()
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    known = pool.respond(challenge, USERNAME="ann", NEW_PASSWORD=PASSWORD)
    assert known["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert "AccessToken" in device.prove(known)["AuthenticationResult"]


@pytest.mark.parametrize("named_at_once", [True, False])
def test_a_device_that_is_gone_leaves_the_temporary_password(aws: Aws, named_at_once: bool) -> None:
    """Clients forget the device, and begin again."""
    pool = tracking(aws)
    aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password=PASSWORD)
    gone = "us-east-1_gone"
    challenge = sign_in_with(pool, gone) if named_at_once else pool.sign_in()
    answer = {"USERNAME": "ann", "NEW_PASSWORD": "Permanent-1"}
    with refused("ResourceNotFoundException", GONE):
        pool.respond(challenge, **answer, DEVICE_KEY=gone)
    assert pool.user()["status"] == "FORCE_CHANGE_PASSWORD"
    assert pool.respond(pool.sign_in(), **answer)["AuthenticationResult"]


def test_where_new_devices_need_no_challenge_the_second_factor_is_asked_for(aws: Aws) -> None:
    pool = tracking(aws, {"ChallengeRequiredOnNewDevice": False})
    device = Device(pool, pool.sign_in())
    with_second_factor(pool)
    assert device.sign_in()["ChallengeName"] != "DEVICE_SRP_AUTH"


def test_a_device_proves_itself_without_a_session(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    device.sign_in()
    answers = {"USERNAME": "ann", "DEVICE_KEY": device.key}
    asked = aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="DEVICE_SRP_AUTH",
        ChallengeResponses=answers | {"SRP_A": "a1"},
    )
    parameters = {"DEVICE_KEY", "SALT", "SECRET_BLOCK", "SRP_B", "USERNAME"}
    assert asked["ChallengeParameters"].keys() == parameters


def test_a_wrong_proof_gives_no_tokens(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    with refused("NotAuthorizedException", WRONG):
        device.prove(device.sign_in(), "guessed")


def test_the_device_of_another_user_is_none(aws: Aws) -> None:
    pool = tracking(aws)
    pool.add("bob")
    device = Device(pool, pool.sign_in("bob"))
    with refused("ResourceNotFoundException", GONE):
        device.sign_in()


@pytest.mark.parametrize("confirm", [False, True])
def test_a_device_that_is_not_known_does_not_exist(aws: Aws, confirm: bool) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in(), confirm)
    if confirm:
        aws.cognito.forget_device(**device.token, DeviceKey=device.key)
    for call in (device.sign_in, device.described, device.remember):
        with refused("ResourceNotFoundException", GONE):
            call()
    assert aws.cognito.list_devices(**device.token)["Devices"] == []


def test_a_device_is_confirmed_once_and_under_its_own_key(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    with refused("DeviceKeyExistsException"):
        device.confirm()
    device.key = "us-east-1_00000000-0000-0000-0000-000000000000"
    with refused("InvalidParameterException", "Invalid device key given."):
        device.confirm()


def test_an_earlier_token_of_the_user_confirms_a_device(aws: Aws) -> None:
    pool = tracking(aws)
    earlier = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    device = Device(pool, pool.sign_in(), confirm=False)
    device.token = {"AccessToken": earlier}
    device.confirm()
    assert device.sign_in()["ChallengeName"] == "DEVICE_SRP_AUTH"


def test_what_is_told_of_a_device(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    shown = device.described()
    owner = f"ann.{pool.id}"
    arn = f"arn:aws:cognito-idp:us-east-1:123456789012:owner/{owner}/device/{device.key}"
    assert shown["DeviceKey"] == device.key
    assert (shown["device_status"], shown["device_name"]) == ("valid", "my laptop")
    assert (shown["dev:device_arn"], shown["dev:device_owner"]) == (arn, owner)
    assert shown["dev:device_remembered_status"] == "remembered"
    assert (shown["last_ip_used"], shown["dev:device_sdk"]) == ("127.0.0.1", "aws-sdk")
    assert shown["DeviceCreateDate"].microsecond == 0


def test_devices_are_listed_page_by_page(aws: Aws) -> None:
    pool = tracking(aws)
    made = [Device(pool, pool.sign_in()) for _ in range(3)]
    token = made[0].token
    first = aws.cognito.list_devices(**token, Limit=2)
    second = aws.cognito.list_devices(**token, PaginationToken=first["PaginationToken"])
    assert "PaginationToken" not in second
    found = [each["DeviceKey"] for each in first["Devices"] + second["Devices"]]
    assert found == [device.key for device in made]


def test_who_forgets_devices_page_by_page_comes_to_the_last(aws: Aws) -> None:
    pool = tracking(aws)
    made = [Device(pool, pool.sign_in()) for _ in range(3)]
    token = made[0].token
    first = aws.cognito.list_devices(**token, Limit=2)
    for device in first["Devices"]:
        aws.cognito.forget_device(**token, DeviceKey=device["DeviceKey"])
    (last,) = aws.cognito.list_devices(**token, PaginationToken=first["PaginationToken"])["Devices"]
    assert last["DeviceKey"] == made[2].key
    with refused("InvalidParameterException", "Invalid pagination token given."):
        aws.cognito.list_devices(**token, PaginationToken=made[0].key)


def test_administrators_see_and_change_devices(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in())
    user: Any = {"UserPoolId": pool.id, "Username": "ann"}
    (listed,) = aws.cognito.admin_list_devices(**user)["Devices"]
    assert listed == aws.cognito.admin_get_device(**user, DeviceKey=device.key)["Device"]
    aws.cognito.admin_update_device_status(
        **user, DeviceKey=device.key, DeviceRememberedStatus="not_remembered"
    )
    assert device.described()["dev:device_remembered_status"] == "not_remembered"
    aws.cognito.admin_forget_device(**user, DeviceKey=device.key)
    with refused("ResourceNotFoundException", GONE):
        device.described()


def test_the_triggers_see_the_device(aws: Aws) -> None:
    trigger = aws.echo()
    triggers = dict.fromkeys(["PostAuthentication", "PreTokenGeneration"], trigger.arn)
    pool = tracking(aws, LambdaConfig=triggers)
    device = Device(pool, pool.sign_in())
    device.prove(device.sign_in())
    first, _, second, after = trigger.events()
    used = [event["request"]["newDeviceUsed"] for event in (first, second)]
    assert used == [True, False]
    assert after["triggerSource"] == "TokenGeneration_AuthenticateDevice"


@pytest.mark.parametrize("name", ["Salt", "PasswordVerifier"])
@pytest.mark.parametrize("value", [None, "", "%", "é", base64.b64encode(pad(0)).decode()])
def test_secrets_must_be_numbers_in_base64(aws: Aws, name: str, value: str | None) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in(), confirm=False)
    others = {each: told for each, told in device.verifier.items() if each != name}
    device.verifier = others if value is None else {**others, name: value}
    with refused("InvalidParameterException"):
        device.confirm()


def test_a_multiple_of_the_prime_is_no_verifier(aws: Aws) -> None:
    """Its key would be known to everybody."""
    pool = tracking(aws)
    device = Device(pool, pool.sign_in(), confirm=False)
    device.verifier = {**device.verifier, "PasswordVerifier": base64.b64encode(pad(N)).decode()}
    with refused("InvalidParameterException"):
        device.confirm()


def test_a_device_is_confirmed_though_the_pool_tracks_none_any_more(aws: Aws) -> None:
    """Whoever got its metadata may go on: some clients end a sign-in where this fails."""
    pool = tracking(aws)
    device = Device(pool, pool.sign_in(), confirm=False)
    pool.update()
    assert device.confirm()["UserConfirmationNecessary"] is False
    assert device.sign_in()["AuthenticationResult"]


def test_a_sign_in_goes_on_from_its_own_device_only(aws: Aws) -> None:
    pool = tracking(aws)
    device = Device(pool, pool.sign_in(), confirm=False)
    token = device.result["RefreshToken"]
    assert pool.refresh(token)["AuthenticationResult"]
    device.confirm()
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        pool.refresh(token)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        aws.cognito.get_tokens_from_refresh_token(
            ClientId=pool.client_id, RefreshToken=token, DeviceKey="us-east-1_0123-abc"
        )
    assert aws.cognito.get_tokens_from_refresh_token(
        ClientId=pool.client_id, RefreshToken=token, DeviceKey=device.key
    )["AuthenticationResult"]
    assert aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, "DEVICE_KEY": device.key},
    )["AuthenticationResult"]
