"""Contract 7 and 9, sign-in contract 6 and 8: what single settings of pools and clients change."""

from typing import Any

import jwt
import pytest
from harness import SMS, Aws, Pool, listed, refused
from in_process import call

PHONE = {"phone_number": "+15555550100"}
CUSTOM = {
    "Name": "size",
    "AttributeDataType": "String",
    "Mutable": False,
    "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "3"},
}
NUMBER = {
    "Name": "age",
    "AttributeDataType": "Number",
    "NumberAttributeConstraints": {"MinValue": "18", "MaxValue": "99"},
}


def signed_in(pool: Pool) -> str:
    pool.add()
    return str(pool.sign_in()["AuthenticationResult"]["AccessToken"])


@pytest.mark.parametrize(
    "settings",
    [
        {"EmailVerificationMessage": "Say {####}", "EmailVerificationSubject": "Hi"},
        {
            "VerificationMessageTemplate": {
                "EmailMessage": "Say {####}",
                "EmailSubject": "Hi",
                "DefaultEmailOption": "CONFIRM_WITH_CODE",
            }
        },
    ],
)
def test_the_pools_words_for_a_code_by_mail(aws: Aws, settings: dict[str, Any]) -> None:
    pool = aws.pool(**settings)
    pool.sign_up()
    (mail,) = pool.mail()
    assert (mail["subject"], mail["body"]) == ("Hi", f"Say {mail['code']}")


@pytest.mark.parametrize(
    "settings",
    [
        {"SmsVerificationMessage": "Say {####}"},
        {"VerificationMessageTemplate": {"SmsMessage": "Say {####}"}},
    ],
)
def test_the_pools_words_for_a_code_by_sms(aws: Aws, settings: dict[str, Any]) -> None:
    by_sms = {"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": SMS}
    pool = aws.pool(**settings | by_sms)
    pool.sign_up(attributes=PHONE)
    (message,) = pool.mail()
    assert message["body"] == f"Say {message['code']}"


def test_the_pools_words_for_an_invitation(aws: Aws) -> None:
    words = "{username}, your password is {####}"
    invitation = {"EmailMessage": words, "EmailSubject": "Welcome", "SMSMessage": f"SMS: {words}"}
    pool = aws.pool(AdminCreateUserConfig={"InviteMessageTemplate": invitation})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        TemporaryPassword="Correct-horse-1",
        UserAttributes=listed(PHONE | {"email": "ann@example.com"}),
        DesiredDeliveryMediums=["EMAIL", "SMS"],
    )
    mail, sms = sorted(pool.mail(), key=lambda message: str(message["medium"]))
    assert (mail["subject"], mail["body"]) == ("Welcome", "ann, your password is Correct-horse-1")
    assert sms["body"] == "SMS: ann, your password is Correct-horse-1"


@pytest.mark.parametrize("by_its_own_call", [False, True])
def test_the_pools_words_for_a_second_factor(aws: Aws, by_its_own_call: bool) -> None:
    words: Any = {"SmsAuthenticationMessage": "In with {####}"}
    if by_its_own_call:
        pool = aws.pool()
        aws.cognito.set_user_pool_mfa_config(
            UserPoolId=pool.id,
            MfaConfiguration="OPTIONAL",
            SmsMfaConfiguration=words | {"SmsConfiguration": SMS},
        )
    else:
        pool = aws.pool(MfaConfiguration="OPTIONAL", SmsConfiguration=SMS, **words)
    pool.add(**PHONE)
    aws.cognito.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username="ann", SMSMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    assert pool.sign_in()["ChallengeName"] == "SMS_MFA"
    message = pool.mail()[-1]
    assert message["body"] == f"In with {message['code']}"


def test_attributes_keep_within_the_schemas_bounds(aws: Aws) -> None:
    pool = aws.pool(Schema=[CUSTOM, NUMBER])
    for name, value in [("size", "x"), ("size", "xxxx"), ("age", "17"), ("age", "x")]:
        with refused("InvalidParameterException", "Attributes did not conform to the schema: ..."):
            pool.sign_up(attributes={f"custom:{name}": value})
    pool.sign_up(attributes={"custom:size": "xl", "custom:age": "18"})


def test_what_is_not_mutable_is_not_changed(aws: Aws) -> None:
    pool = aws.pool(Schema=[CUSTOM])
    token = signed_in(pool)
    text = "user.custom:size: Attribute cannot be updated.\n"
    with refused("InvalidParameterException", text):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"custom:size": "xl"})
        )


def test_a_guarded_address_stays_until_the_new_one_is_verified(aws: Aws) -> None:
    guard = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = aws.pool(UserAttributeUpdateSettings=guard)
    token = signed_in(pool)
    for address in ("lost@example.com", "new@example.com"):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"email": address, "name": "Ann"})
        )
    user, mail = pool.user(), pool.mail()[-1]
    assert (user["email"], user["email_verified"]) == ("ann@example.com", "true")
    assert (user["name"], mail["destination"]) == ("Ann", "new@example.com")
    aws.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=mail["code"])
    assert (pool.user()["email"], pool.user()["email_verified"]) == ("new@example.com", "true")


def test_a_client_writes_what_it_may(aws: Aws) -> None:
    pool = aws.pool(app={"WriteAttributes": ["email"]})
    text = "A client attempted to write unauthorized attribute"
    with refused("NotAuthorizedException", text):
        pool.sign_up(attributes={"email": "ann@example.com", "name": "Ann"})
    token = signed_in(pool)
    with refused("NotAuthorizedException", text):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"name": "Ann"})
        )


def test_a_client_reads_what_it_may(aws: Aws) -> None:
    pool = aws.pool(app={"ReadAttributes": ["name"]})
    user = aws.cognito.get_user(AccessToken=signed_in(pool))
    assert [attribute["Name"] for attribute in user["UserAttributes"]] == ["sub"]


def test_revocation_can_be_off(aws: Aws) -> None:
    pool = aws.pool(app={"EnableTokenRevocation": False})
    pool.add()
    result = pool.sign_in()["AuthenticationResult"]
    with refused("UnsupportedOperationException"):
        aws.cognito.revoke_token(Token=result["RefreshToken"], ClientId=pool.client_id)
    pool.refresh(result["RefreshToken"])
    for kind in ("AccessToken", "IdToken"):  # clients look there whether to try
        claims = jwt.decode(result[kind], options={"verify_signature": False})
        assert "origin_jti" not in claims


def test_updating_a_client_resets_what_is_not_passed(aws: Aws) -> None:
    pool = aws.pool(app={"PreventUserExistenceErrors": "ENABLED"})
    changed = aws.cognito.update_user_pool_client(
        UserPoolId=pool.id, ClientId=pool.client_id, AuthSessionValidity=5
    )["UserPoolClient"]
    assert (changed["AuthSessionValidity"], changed["ClientName"]) == (5, "app")
    assert "PreventUserExistenceErrors" not in changed


def test_apps_without_a_person_are_refused_by_name(aws: Aws) -> None:
    """Sign-in contract 6.4, V3's client credentials."""
    pool = aws.pool(app={"AllowedOAuthFlows": ["code", "implicit"]})
    told = "The sandbox does not have AllowedOAuthFlows other than code or implicit..."
    with refused("InvalidParameterException", told):
        aws.pool(app={"AllowedOAuthFlows": ["client_credentials"]})
    with refused("InvalidParameterException", told):
        aws.cognito.update_user_pool_client(
            UserPoolId=pool.id,
            ClientId=pool.client_id,
            AllowedOAuthFlows=["code", "client_credentials"],
        )


def test_pages_of_its_own_are_refused(aws: Aws) -> None:
    with refused("InvalidParameterException", "The sandbox does not have sign-in pages..."):
        aws.cognito.create_user_pool_domain(UserPoolId=aws.pool().id, Domain="any")


def invited(client: dict[str, Any], **settings: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A pool's user with a temporary password: the sign-in's parameters and the ids."""
    pool = call("CreateUserPool", PoolName="pool", **settings)["UserPool"]["Id"]
    flows = {"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]}
    made = call("CreateUserPoolClient", UserPoolId=pool, ClientName="app", **flows | client)
    ids = {"UserPoolId": pool, "ClientId": made["UserPoolClient"]["ClientId"]}
    password = {"USERNAME": "ann", "PASSWORD": "Correct-horse-1"}
    call("AdminCreateUser", UserPoolId=pool, Username="ann", TemporaryPassword=password["PASSWORD"])
    return {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": password} | ids, ids


@pytest.mark.parametrize(
    "settings",
    [
        {"Policies": {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}}},
        {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 2}},
    ],
)
def test_a_temporary_password_expires(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    sign_in, _ = invited({}, **settings)
    assert call("AdminInitiateAuth", **sign_in)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    go_on(monkeypatch, days=2.1)
    assert call("AdminInitiateAuth", **sign_in)["__type"] == "NotAuthorizedException"


def test_a_session_lives_as_long_as_the_client_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in, ids = invited({"AuthSessionValidity": 5})
    sessions = [call("AdminInitiateAuth", **sign_in)["Session"] for _ in range(2)]
    new = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-2"}
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeResponses": new} | ids
    go_on(monkeypatch, days=4 / 24 / 60)
    late = call("AdminRespondToAuthChallenge", Session=sessions[0], **answer)
    assert "AuthenticationResult" in late
    go_on(monkeypatch, days=6 / 24 / 60)
    too_late = call("AdminRespondToAuthChallenge", Session=sessions[1], **answer)
    assert too_late["__type"] == "NotAuthorizedException"


def go_on(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    from time import time

    now = time() + days * 24 * 3600
    monkeypatch.setattr("time.time", lambda: now)


def test_a_refresh_token_lives_as_long_as_the_client_says(monkeypatch: pytest.MonkeyPatch) -> None:
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    validity = {"RefreshTokenValidity": 120, "TokenValidityUnits": {"RefreshToken": "minutes"}}
    sign_in, ids = invited({"ExplicitAuthFlows": flows} | validity)
    password = sign_in["AuthParameters"]["PASSWORD"]
    call(
        "AdminSetUserPassword",
        UserPoolId=ids["UserPoolId"],
        Username="ann",
        Password=password,
        Permanent=True,
    )
    token = call("AdminInitiateAuth", **sign_in)["AuthenticationResult"]["RefreshToken"]
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}} | ids
    go_on(monkeypatch, days=1.9 / 24)
    assert "AuthenticationResult" in call("AdminInitiateAuth", **refresh)
    go_on(monkeypatch, days=0.2 / 24)
    assert call("AdminInitiateAuth", **refresh)["message"] == "Refresh Token has expired"


def test_a_pool_is_renamed(aws: Aws) -> None:
    pool = aws.pool()
    pool.update(PoolName="renamed")
    assert pool.settings()["Name"] == "renamed"
