"""Sign-in contract 3: which second factor follows the password, and how each is answered."""

import json
import time
from typing import Any

import pyotp
import pytest
from harness import DEVELOPER, SMS, Aws, Pool, refused
from in_process import App, call

PHONE = {"phone_number": "+12065559934"}
BLOCKS: dict[str, Any] = {
    "SMS_MFA": {"SmsMfaConfiguration": {"SmsConfiguration": SMS}},
    "SOFTWARE_TOKEN_MFA": {"SoftwareTokenMfaConfiguration": {"Enabled": True}},
    "EMAIL_OTP": {"EmailMfaConfiguration": {"Message": "In with {####}", "Subject": "Hi"}},
}
PREFERENCES = {
    "SMS_MFA": "SMSMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
}
ALL = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
TOKEN = "SOFTWARE_TOKEN_MFA"
MISMATCH = "Invalid code or auth state for the user."
NO_DELIVERY = "User does not have delivery config set to turn on "


def pool_with(aws: Aws, mode: str, *factors: str, **more: Any) -> Pool:
    pool = aws.pool(**DEVELOPER, **more)
    set_factors(pool, mode, *factors)
    return pool


def set_factors(pool: Pool, mode: str, *factors: str) -> Any:
    blocks = {name: block for factor in factors for name, block in BLOCKS[factor].items()}
    settings: Any = {"UserPoolId": pool.id, "MfaConfiguration": mode, **blocks}
    return pool.aws.cognito.set_user_pool_mfa_config(**settings)


def prefer(pool: Pool, **factors: bool) -> None:
    """Enable these factors; the one that is true is preferred."""
    blocks: Any = {
        PREFERENCES[factor]: {"Enabled": True, "PreferredMfa": preferred}
        for factor, preferred in factors.items()
    }
    pool.aws.cognito.admin_set_user_mfa_preference(UserPoolId=pool.id, Username="ann", **blocks)


def code(secret: str, step: int = 0) -> str:
    """What an authenticator app shows, so many steps from now."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * step)


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06}"


def access_token(pool: Pool) -> str:
    return str(pool.sign_in()["AuthenticationResult"]["AccessToken"])


def register(pool: Pool, token: str) -> str:
    """The secret of a token that was verified, which spends the code of this step."""
    secret = pool.aws.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    told = pool.aws.cognito.verify_software_token(AccessToken=token, UserCode=code(secret))
    assert told["Status"] == "SUCCESS"
    return secret


def with_token(aws: Aws, mode: str, *factors: str) -> tuple[Pool, str]:
    """A pool whose user has registered a token, and its secret."""
    pool = pool_with(aws, "OPTIONAL", TOKEN, *factors)
    pool.add(**PHONE)
    secret = register(pool, access_token(pool))
    set_factors(pool, mode, TOKEN, *factors)
    return pool, secret


@pytest.mark.parametrize(
    ("mode", "enabled", "follows"),
    [
        ("OFF", {}, None),
        ("OPTIONAL", {}, None),
        ("OPTIONAL", {"SMS_MFA": False}, "SMS_MFA"),
        ("OPTIONAL", {"EMAIL_OTP": False}, "EMAIL_OTP"),
        ("OPTIONAL", {"SMS_MFA": False, "EMAIL_OTP": False}, "SELECT_MFA_TYPE"),
        ("OPTIONAL", {"SMS_MFA": False, "EMAIL_OTP": True}, "EMAIL_OTP"),
        ("ON", {"SMS_MFA": True, "EMAIL_OTP": False}, "SMS_MFA"),
        ("ON", {"SMS_MFA": False, "EMAIL_OTP": False}, "SELECT_MFA_TYPE"),
        ("ON", {}, "SELECT_MFA_TYPE"),
    ],
)
def test_which_factor_follows_the_password(
    aws: Aws, mode: str, enabled: dict[str, bool], follows: str | None
) -> None:
    pool = pool_with(aws, "OPTIONAL", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    if enabled:
        prefer(pool, **enabled)
    set_factors(pool, mode, *([] if mode == "OFF" else ["SMS_MFA", "EMAIL_OTP"]))
    answer = pool.sign_in()
    assert answer.get("ChallengeName") == follows
    assert ("Session" in answer) is bool(follows)
    assert ("AuthenticationResult" in answer) is not bool(follows)


@pytest.mark.parametrize("factor", ["SMS_MFA", "EMAIL_OTP"])
def test_the_one_message_that_would_do_follows_where_mfa_is_a_must(aws: Aws, factor: str) -> None:
    pool = pool_with(aws, "ON", factor)
    pool.add(**PHONE)
    assert pool.sign_in()["ChallengeName"] == factor


def test_the_only_way_to_a_new_password_is_no_second_factor(aws: Aws) -> None:
    only = {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}]}
    pool = pool_with(aws, "ON", "SMS_MFA", AccountRecoverySetting=only)
    pool.add(**PHONE)
    assert pool.sign_in()["ChallengeName"] == "MFA_SETUP"


def test_a_second_factor_is_no_way_to_a_new_password(aws: Aws) -> None:
    ways = ["verified_email", "verified_phone_number"]
    mechanisms = [{"Priority": place, "Name": way} for place, way in enumerate(ways, 1)]
    pool = pool_with(
        aws, "OPTIONAL", "EMAIL_OTP", AccountRecoverySetting={"RecoveryMechanisms": mechanisms}
    )
    pool.add(**PHONE, phone_number_verified="true")
    assert pool.forgot()["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    prefer(pool, EMAIL_OTP=True)
    assert pool.forgot()["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"


@pytest.mark.parametrize(("factors", "follows"), [([], TOKEN), (["SMS_MFA"], "SELECT_MFA_TYPE")])
def test_where_mfa_is_a_must_a_registered_token_follows(
    aws: Aws, factors: list[str], follows: str
) -> None:
    pool, secret = with_token(aws, "ON", *factors)
    challenge = pool.sign_in()
    assert challenge["ChallengeName"] == follows
    if factors:
        choices = json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"])
        assert sorted(choices) == sorted([TOKEN, *factors])
        challenge = pool.respond(challenge, USERNAME="ann", ANSWER=TOKEN)
        assert challenge["ChallengeName"] == TOKEN
    result = pool.respond(challenge, USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code(secret, 1))
    assert "AccessToken" in result["AuthenticationResult"]


def test_where_mfa_is_optional_a_token_follows_once_it_is_enabled(aws: Aws) -> None:
    pool, secret = with_token(aws, "OPTIONAL")
    aws.cognito.set_user_mfa_preference(
        AccessToken=access_token(pool), SoftwareTokenMfaSettings={"Enabled": True}
    )
    challenge = pool.sign_in()
    assert challenge["ChallengeName"] == TOKEN
    assert challenge["ChallengeParameters"] == {"USER_ID_FOR_SRP": "ann"}
    with refused("CodeMismatchException", "Invalid code received for user"):
        pool.respond(challenge, USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=wrong(code(secret)))
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        pool.respond(challenge, USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code(secret))
    result = pool.respond(
        challenge, USERNAME="ann", SMS_MFA_CODE="0", SOFTWARE_TOKEN_MFA_CODE=code(secret, 1)
    )
    assert "AccessToken" in result["AuthenticationResult"]


def test_a_registered_token_outlives_the_pools_switch(aws: Aws) -> None:
    pool, _ = with_token(aws, "OPTIONAL", "EMAIL_OTP")
    prefer(pool, SOFTWARE_TOKEN_MFA=True)
    set_factors(pool, "OPTIONAL", "EMAIL_OTP")
    assert pool.sign_in()["ChallengeName"] == TOKEN


@pytest.mark.parametrize(
    ("factor", "kind", "medium", "masked"),
    [
        ("SMS_MFA", "phone_number", "SMS", "+*******9934"),
        ("EMAIL_OTP", "email", "EMAIL", "a***@e***"),
    ],
)
def test_a_code_that_is_sent(aws: Aws, factor: str, kind: str, medium: str, masked: str) -> None:
    pool = pool_with(aws, "OPTIONAL", factor)
    pool.add(**PHONE, email_verified="false")
    prefer(pool, **{factor: True})
    challenge = pool.sign_in()
    assert challenge["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
        "CODE_DELIVERY_DESTINATION": masked,
        "USER_ID_FOR_SRP": "ann",
    }
    sent = pool.mail()[-1]["code"]
    for _ in range(6):
        with refused("CodeMismatchException", MISMATCH):
            pool.respond(challenge, USERNAME="ann", **{f"{factor}_CODE": wrong(sent)})
    assert pool.user().get(f"{kind}_verified") != "true"
    result = pool.respond(challenge, USERNAME="ann", **{f"{factor}_CODE": sent})
    assert "AccessToken" in result["AuthenticationResult"]
    assert pool.user()[f"{kind}_verified"] == "true"


def test_a_code_is_good_for_its_own_sign_in_only(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "SMS_MFA")
    pool.add(**PHONE)
    first = pool.sign_in()
    sent = pool.mail()[-1]["code"]
    second = pool.sign_in()
    if pool.mail()[-1]["code"] != sent:
        with refused("CodeMismatchException", MISMATCH):
            pool.respond(second, USERNAME="ann", SMS_MFA_CODE=sent)
    assert pool.respond(first, USERNAME="ann", SMS_MFA_CODE=sent)["AuthenticationResult"]


def test_a_code_is_no_way_back_to_an_address_that_was_replaced(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "EMAIL_OTP")
    pool.add()
    challenge = pool.sign_in()
    new: Any = [{"Name": "email", "Value": "ann@example.org"}]
    aws.cognito.admin_update_user_attributes(UserPoolId=pool.id, Username="ann", UserAttributes=new)
    sent = next(mail for mail in pool.mail() if mail["destination"] == "ann@example.com")
    with refused("CodeMismatchException", MISMATCH):
        pool.respond(challenge, USERNAME="ann", EMAIL_OTP_CODE=sent["code"])
    assert pool.user()["email"] == "ann@example.org"


def test_a_code_lives_as_long_as_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(monkeypatch, MfaConfiguration="ON", SmsConfiguration=SMS)
    app.client.settings["AuthSessionValidity"] = 15
    app.confirmed()
    told = {"UserPoolId": app.pool_id, "Username": "ann"}
    phone = [{"Name": "phone_number", "Value": PHONE["phone_number"]}]
    call("AdminUpdateUserAttributes", **told, UserAttributes=phone)
    challenge = app.sign_in()
    app.after(14 * 60)
    answers = {"USERNAME": "ann", "SMS_MFA_CODE": app.code()}
    result = app.call(
        "RespondToAuthChallenge",
        ChallengeName="SMS_MFA",
        Session=challenge["Session"],
        ChallengeResponses=answers,
    )
    assert result["AuthenticationResult"]


def test_a_code_by_mail(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "EMAIL_OTP")
    pool.add()
    assert pool.sign_in()["ChallengeName"] == "EMAIL_OTP"
    mail = pool.mail()[-1]
    assert (mail["subject"], mail["body"]) == ("Hi", f"In with {mail['code']}")


def test_post_authentication_runs_after_the_factor(aws: Aws) -> None:
    trigger = aws.echo()
    pool = pool_with(aws, "ON", "SMS_MFA", LambdaConfig={"PostAuthentication": trigger.arn})
    pool.add(**PHONE)
    challenge = pool.sign_in()
    assert trigger.events() == []
    pool.respond(challenge, USERNAME="ann", SMS_MFA_CODE=pool.mail()[-1]["code"])
    assert trigger.sources() == ["PostAuthentication_Authentication"]


def test_the_factor_follows_the_new_password(aws: Aws) -> None:
    pool = pool_with(aws, "ON", TOKEN)
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Correct-horse-0"
    )
    challenge = pool.sign_in(password="Correct-horse-0")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    after = pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="Correct-horse-2")
    assert after["ChallengeName"] == "MFA_SETUP"


def test_a_choice_must_be_among_the_choices(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    challenge = pool.sign_in()
    with refused("InvalidParameterException"):
        pool.respond(challenge, USERNAME="ann", ANSWER=TOKEN)
    chosen = pool.respond(challenge, USERNAME="ann", ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    assert chosen["Session"] != challenge["Session"]


def test_a_token_is_set_up_during_sign_in(aws: Aws) -> None:
    pool = pool_with(aws, "ON", TOKEN)
    pool.sign_up()
    pool.confirm()
    challenge = pool.sign_in()
    assert challenge["ChallengeName"] == "MFA_SETUP"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == [TOKEN]
    made = aws.cognito.associate_software_token(Session=challenge["Session"])
    secret, session = made["SecretCode"], made["Session"]
    with refused(
        "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"
    ):
        aws.cognito.verify_software_token(Session=session, UserCode=wrong(code(secret)))
    done = aws.cognito.verify_software_token(
        Session=session, UserCode=code(secret), FriendlyDeviceName="my phone"
    )
    assert done["Status"] == "SUCCESS"
    challenge["Session"] = done["Session"]
    result = pool.respond(challenge, USERNAME="ann")
    assert "AccessToken" in result["AuthenticationResult"]
    again = pool.sign_in()
    assert again["ChallengeName"] == TOKEN
    assert again["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "my phone"


def test_a_setup_without_a_factor_gives_no_tokens(aws: Aws) -> None:
    pool = pool_with(aws, "ON", TOKEN)
    pool.add()
    challenge = pool.sign_in()
    with refused("InvalidParameterException"):
        pool.respond(challenge, USERNAME="ann")
    with refused("InvalidParameterException"):
        pool.respond(challenge, USERNAME="ann", EMAIL="other@example.com")
    made = aws.cognito.associate_software_token(Session=challenge["Session"])
    challenge["Session"] = made["Session"]
    with refused("InvalidParameterException"):
        pool.respond(challenge, USERNAME="ann")


def test_the_session_of_another_challenge_sets_nothing_up(aws: Aws) -> None:
    pool = pool_with(aws, "ON", TOKEN, "SMS_MFA")
    pool.add(**PHONE)
    session = pool.sign_in()["Session"]
    with refused("NotAuthorizedException", "Invalid session for the user."):
        aws.cognito.associate_software_token(Session=session)


@pytest.mark.parametrize("name", ["EMAIL", "email"])
def test_an_address_is_set_up_during_sign_in(aws: Aws, name: str) -> None:
    pool = pool_with(aws, "ON", "EMAIL_OTP")
    pool.add(email="")
    setup = pool.sign_in()
    assert setup["ChallengeName"] == "MFA_SETUP"
    challenge = pool.respond(setup, USERNAME="ann", **{name: "ann@example.org"})
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    sent = pool.mail()[-1]
    assert sent["destination"] == "ann@example.org"
    pool.respond(challenge, USERNAME="ann", EMAIL_OTP_CODE=sent["code"])
    known = pool.user()
    assert (known["email"], known["email_verified"]) == ("ann@example.org", "true")


def test_no_address_is_set_up_that_another_signs_in_with(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "EMAIL_OTP", UsernameAttributes=["email", "phone_number"])
    pool.add("bob@example.com", email="bob@example.com")
    number = PHONE["phone_number"]
    pool.add(number, email="", email_verified="")
    challenge = pool.respond(pool.sign_in(number), USERNAME=number, EMAIL="bob@example.com")
    with refused("AliasExistsException", "An account with the given email already exists."):
        pool.respond(challenge, USERNAME=number, EMAIL_OTP_CODE=pool.mail()[-1]["code"])
    assert "email" not in pool.user(number)


def test_secrets_are_for_one_user(aws: Aws) -> None:
    pool = pool_with(aws, "OPTIONAL", TOKEN)
    pool.add()
    token = access_token(pool)
    one, other = (
        aws.cognito.associate_software_token(AccessToken=token)["SecretCode"] for _ in range(2)
    )
    assert one != other
    assert len(pyotp.TOTP(one).byte_secret()) >= 20
    with refused("EnableSoftwareTokenMFAException"):
        aws.cognito.verify_software_token(AccessToken=token, UserCode=code(one))
    aws.cognito.verify_software_token(AccessToken=token, UserCode=code(other))


def test_an_app_that_hashes_otherwise_shows_wrong_codes(aws: Aws) -> None:
    pool = pool_with(aws, "OPTIONAL", TOKEN)
    pool.add()
    token = access_token(pool)
    secret = aws.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    other = pyotp.TOTP(secret, digest="sha256").now()
    with refused("EnableSoftwareTokenMFAException"):
        aws.cognito.verify_software_token(AccessToken=token, UserCode=other)


@pytest.mark.parametrize(
    ("step", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_clocks_may_differ_by_one_step(
    monkeypatch: pytest.MonkeyPatch, step: int, right: bool
) -> None:
    app = App(monkeypatch)
    app.confirmed()
    app.after(0)
    known = {"AccessToken": app.sign_in()["AuthenticationResult"]["AccessToken"]}
    call(
        "SetUserPoolMfaConfig", UserPoolId=app.pool_id, MfaConfiguration="OPTIONAL", **BLOCKS[TOKEN]
    )
    secret = call("AssociateSoftwareToken", **known)["SecretCode"]
    shown = pyotp.TOTP(secret).at(int(app.start) + 30 * step)
    told = call("VerifySoftwareToken", **known, UserCode=shown)
    assert told.get("Status") == ("SUCCESS" if right else None)


def test_tokens_need_the_pools_switch(aws: Aws) -> None:
    pool = pool_with(aws, "OPTIONAL", "EMAIL_OTP")
    pool.add()
    text = "Software Token MFA has not been enabled by the userPool"
    token = access_token(pool)
    with refused("SoftwareTokenMFANotFoundException", text):
        aws.cognito.associate_software_token(AccessToken=token)
    set_factors(pool, "OPTIONAL", TOKEN)
    assert aws.cognito.associate_software_token(AccessToken=token)["SecretCode"]


@pytest.mark.parametrize("factor", ALL)
def test_what_a_user_lacks_cannot_be_enabled(aws: Aws, factor: str) -> None:
    pool = pool_with(aws, "OPTIONAL", *ALL)
    pool.add(email="")
    with refused("InvalidParameterException", f"{NO_DELIVERY}{factor}"):
        prefer(pool, **{factor: True})


def test_one_factor_is_preferred(aws: Aws) -> None:
    pool = pool_with(aws, "OPTIONAL", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    with refused("InvalidParameterException"):
        prefer(pool, SMS_MFA=True, EMAIL_OTP=True)
    assert pool.sign_in()["AuthenticationResult"]


def test_preferences_are_told(aws: Aws) -> None:
    pool, _ = with_token(aws, "OPTIONAL", "SMS_MFA")
    key = {"UserPoolId": pool.id, "Username": "ann"}
    token = access_token(pool)
    prefer(pool, SOFTWARE_TOKEN_MFA=False, SMS_MFA=False)
    told: Any = aws.cognito.get_user(AccessToken=token)
    assert sorted(told["UserMFASettingList"]) == ["SMS_MFA", TOKEN]
    assert "PreferredMfaSetting" not in told
    aws.cognito.set_user_mfa_preference(
        AccessToken=token, SMSMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    assert aws.cognito.admin_get_user(**key)["PreferredMfaSetting"] == "SMS_MFA"


def test_where_mfa_is_a_must_no_factor_is_turned_off(aws: Aws) -> None:
    pool = pool_with(aws, "ON", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    prefer(pool, SMS_MFA=True)
    with refused("InvalidParameterException"):
        aws.cognito.admin_set_user_mfa_preference(
            UserPoolId=pool.id, Username="ann", SMSMfaSettings={"Enabled": False}
        )
    assert pool.sign_in()["ChallengeName"] == "SMS_MFA"


def test_where_mfa_is_a_must_the_only_factor_is_not_turned_off(aws: Aws) -> None:
    """It is asked for whether the user enabled it or not."""
    pool, _ = with_token(aws, "ON")
    with refused("InvalidParameterException"):
        aws.cognito.admin_set_user_mfa_preference(
            UserPoolId=pool.id, Username="ann", SoftwareTokenMfaSettings={"Enabled": False}
        )
    assert pool.sign_in()["ChallengeName"] == TOKEN


def test_the_older_call_has_codes_sent_by_sms(aws: Aws) -> None:
    pool = pool_with(aws, "OPTIONAL", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    token, options = (
        access_token(pool),
        [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}],
    )
    aws.cognito.set_user_settings(AccessToken=token, MFAOptions=options)  # type: ignore[arg-type]
    assert aws.cognito.get_user(AccessToken=token)["MFAOptions"] == options
    assert pool.sign_in()["ChallengeName"] == "SMS_MFA"
    aws.cognito.admin_set_user_settings(UserPoolId=pool.id, Username="ann", MFAOptions=[])
    assert "MFAOptions" not in aws.cognito.get_user(AccessToken=token)
    assert pool.sign_in()["AuthenticationResult"]


@pytest.mark.parametrize("option", [{"DeliveryMedium": "EMAIL", "AttributeName": "email"}, {}])
def test_the_older_call_knows_sms_only(aws: Aws, option: dict[str, Any]) -> None:
    pool = pool_with(aws, "OPTIONAL", "SMS_MFA", "EMAIL_OTP")
    pool.add(**PHONE)
    with refused("InvalidParameterException"):
        aws.cognito.admin_set_user_settings(
            UserPoolId=pool.id,
            Username="ann",
            MFAOptions=[option],  # type: ignore[list-item]
        )
    assert pool.sign_in()["AuthenticationResult"]


def test_passkeys_are_refused_by_name(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    with refused("InvalidParameterException", "The sandbox does not have WEB_AUTHN..."):
        aws.cognito.set_user_mfa_preference(
            AccessToken=access_token(pool), WebAuthnMfaSettings={"Enabled": True}
        )


def test_the_lite_tier_has_no_mail_as_a_factor(aws: Aws) -> None:
    with refused("FeatureUnavailableInTierException"):
        pool_with(aws, "ON", "EMAIL_OTP", UserPoolTier="LITE")
    pool = pool_with(aws, "ON", "EMAIL_OTP")
    with refused("FeatureUnavailableInTierException"):
        pool.update(UserPoolTier="LITE", **DEVELOPER)


def test_an_administrator_deletes_a_token(aws: Aws) -> None:
    pool, _ = with_token(aws, "OPTIONAL")
    prefer(pool, SOFTWARE_TOKEN_MFA=True)
    challenge = pool.sign_in()
    aws.cognito.admin_delete_software_token(UserPoolId=pool.id, Username="ann")
    with refused(
        "SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."
    ):
        pool.respond(challenge, USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE="000000")
    assert register(pool, access_token(pool))
