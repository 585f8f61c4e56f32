"""Sign-in contract 5: users choose how they sign in."""

import re
from typing import Any

import pytest
from devices import with_second_factor
from harness import PASSWORD, Aws, Pool, refused
from pycognito.aws_srp import AWSSRP

WRONG_CODE = "Invalid code or auth state for the user."
ALL = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]
APP = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
PHONE = "+12065554114"


def choosing(aws: Aws, app: dict[str, Any] | None = None, **settings: Any) -> Pool:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ALL}}
    return aws.pool(app=APP | (app or {}), Policies=policies, **settings)


@pytest.fixture
def pool(aws: Aws) -> Pool:
    made = choosing(aws)
    made.add(phone_number=PHONE)
    return made


def begin(pool: Pool, name: str = "ann", session: str | None = None, **given: str) -> Any:
    more: dict[str, Any] = {"Session": session} if session else {}
    return pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": name, **given},
        **more,
    )


def code(pool: Pool) -> str:
    return str(pool.mail("ann")[-1]["code"])


def test_without_a_wish_the_user_is_asked(pool: Pool) -> None:
    asked = begin(pool)
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"}
    assert pool.respond(asked, USERNAME="ann", ANSWER="PASSWORD", PASSWORD=PASSWORD)[
        "AuthenticationResult"
    ]
    with refused("InvalidParameterException", "Missing required parameter PASSWORD"):
        pool.respond(begin(pool), USERNAME="ann", ANSWER="PASSWORD")


def test_a_code_by_mail(pool: Pool) -> None:
    asked = begin(pool, PREFERRED_CHALLENGE="EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["AvailableChallenges"] == ["EMAIL_OTP"]
    assert asked["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@e***",
    }
    assert len(code(pool)) == 8
    for _ in range(6):
        with refused("CodeMismatchException", WRONG_CODE):
            pool.respond(asked, USERNAME="ann", EMAIL_OTP_CODE="wrong")
    assert pool.respond(asked, USERNAME="ann", EMAIL_OTP_CODE=code(pool))["AuthenticationResult"]
    used = "Invalid session for the user, session can only be used once."
    with refused("NotAuthorizedException", used):
        pool.respond(asked, USERNAME="ann", EMAIL_OTP_CODE=code(pool))


def test_a_code_by_sms_that_was_chosen(pool: Pool) -> None:
    asked = pool.respond(begin(pool), USERNAME="ann", ANSWER="SMS_OTP")
    assert asked["ChallengeName"] == "SMS_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+*******4114"
    assert pool.respond(asked, USERNAME="ann", SMS_OTP_CODE=code(pool))["AuthenticationResult"]
    assert pool.user()["phone_number_verified"] == "true"


def test_a_password_as_the_wish(pool: Pool) -> None:
    assert begin(pool, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(pool, PREFERRED_CHALLENGE="PASSWORD", PASSWORD="Wrong-horse-1")


def test_a_password_by_srp(pool: Pool) -> None:
    proof = AWSSRP("ann", PASSWORD, pool.id, pool.client_id, client=pool.aws.cognito)
    known = proof.get_auth_params()
    wished = begin(pool, PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=known["SRP_A"])
    chosen = pool.respond(begin(pool), USERNAME="ann", ANSWER="PASSWORD_SRP", SRP_A=known["SRP_A"])
    for challenge in (wished, chosen):
        assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
        told = proof.process_challenge(challenge["ChallengeParameters"], known)
        assert pool.aws.cognito.respond_to_auth_challenge(
            ClientId=pool.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=told
        )["AuthenticationResult"]


def test_who_must_replace_a_password_has_no_other_way(aws: Aws) -> None:
    pool = choosing(aws)
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
    )
    asked = begin(pool, PREFERRED_CHALLENGE="EMAIL_OTP")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"PASSWORD_SRP", "PASSWORD"}


def test_who_has_a_second_factor_begins_with_a_password(aws: Aws) -> None:
    pool = choosing(aws)
    pool.add(phone_number=PHONE)
    assert "EMAIL_OTP" in begin(pool)["AvailableChallenges"]
    with_second_factor(pool)
    assert set(begin(pool)["AvailableChallenges"]) == {"PASSWORD_SRP", "PASSWORD"}
    second = begin(pool, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert second["ChallengeName"] == "SMS_MFA"


def test_nobody_is_taken_over(aws: Aws) -> None:
    trigger = aws.echo()
    pool = choosing(aws, LambdaConfig={"UserMigration": trigger.arn})
    with refused("UserNotFoundException"):
        begin(pool, "nobody", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert trigger.events() == []


def test_an_unknown_user_is_sent_nothing_and_looks_the_same(aws: Aws) -> None:
    pool = choosing(aws, {"PreventUserExistenceErrors": "ENABLED"})
    asked = begin(pool, "eve@there.example", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "e***@t***"
    assert pool.mail() == []
    with refused("CodeMismatchException", WRONG_CODE):
        pool.respond(asked, USERNAME="eve@there.example", EMAIL_OTP_CODE="12345678")


@pytest.mark.parametrize("name", ["eve", "eve@there.example", "+12065559934"])
@pytest.mark.parametrize(
    ("factor", "medium", "masked"),
    [("EMAIL_OTP", "EMAIL", r".\*\*\*@.\*\*\*"), ("SMS_OTP", "SMS", r"\+\*{7}\d{4}")],
)
def test_where_a_code_would_go_does_not_tell_that_there_is_nobody(
    aws: Aws, name: str, factor: str, medium: str, masked: str
) -> None:
    pool = choosing(aws, {"PreventUserExistenceErrors": "ENABLED"})
    shown, again = (
        begin(pool, name, PREFERRED_CHALLENGE=factor)["ChallengeParameters"] for _ in range(2)
    )
    assert shown == again
    assert shown["CODE_DELIVERY_DELIVERY_MEDIUM"] == medium
    assert re.fullmatch(masked, shown["CODE_DELIVERY_DESTINATION"])


def test_a_code_confirms_who_signed_up(aws: Aws) -> None:
    pool = choosing(aws)
    pool.sign_up()
    asked = begin(pool, PREFERRED_CHALLENGE="EMAIL_OTP")
    assert pool.respond(asked, USERNAME="ann", EMAIL_OTP_CODE=code(pool))["AuthenticationResult"]
    assert (pool.user()["status"], pool.user()["email_verified"]) == ("CONFIRMED", "true")


def test_a_confirmed_sign_up_signs_in_once(aws: Aws) -> None:
    pool = choosing(aws)
    session = pool.sign_up()["Session"]
    confirmed = pool.confirm(Session=session)["Session"]
    assert confirmed != session
    assert begin(pool, session=confirmed)["AuthenticationResult"]
    for spent in (confirmed, session):
        with refused("NotAuthorizedException"):
            begin(pool, session=spent)


def test_a_confirmation_without_a_session_yields_one_as_well(aws: Aws) -> None:
    """Amplify sends none, and goes on with what it gets."""
    pool = choosing(aws)
    pool.sign_up()
    assert begin(pool, session=pool.confirm()["Session"])["AuthenticationResult"]
    other = aws.pool()
    other.sign_up()
    assert "Session" not in other.confirm()


def test_a_sign_up_that_is_not_confirmed_signs_nobody_in(aws: Aws) -> None:
    pool = choosing(aws)
    session = pool.sign_up()["Session"]
    pool.sign_up("bob")
    for name in ("ann", "bob"):
        with refused("NotAuthorizedException"):
            begin(pool, name, session=session)
    assert "Session" not in aws.pool().sign_up()


def test_who_signs_in_by_code_needs_no_password(aws: Aws) -> None:
    pool = choosing(aws)
    email: Any = [{"Name": "email", "Value": "ann@example.com"}]
    made = aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", UserAttributes=email)[
        "User"
    ]
    assert made["UserStatus"] == "CONFIRMED"
    aws.cognito.sign_up(ClientId=pool.client_id, Username="bob", UserAttributes=email)
    assert set(begin(pool)["AvailableChallenges"]) == {"EMAIL_OTP"}
    by_password = aws.cognito.create_user_pool_client(
        UserPoolId=pool.id, ClientName="b", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    with refused("NotAuthorizedException", "Incorrect username or password."):
        Pool(aws, pool.id, "", by_password).sign_in(password="anything")


def test_the_factors_of_a_user(aws: Aws, pool: Pool) -> None:
    result = begin(pool, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    own = aws.cognito.get_user_auth_factors(AccessToken=result["AccessToken"])
    assert own["Username"] == "ann"
    assert set(own["ConfiguredUserAuthFactors"]) == {"PASSWORD", "EMAIL_OTP", "SMS_OTP"}
    assert "PreferredMfaSetting" not in own
    told = aws.cognito.admin_get_user_auth_factors(UserPoolId=pool.id, Username="ann")
    assert told["ConfiguredUserAuthFactors"] == own["ConfiguredUserAuthFactors"]


def test_a_client_must_allow_it(aws: Aws) -> None:
    pool = aws.pool()
    with refused("InvalidParameterException", "USER_AUTH flow not enabled for this client"):
        begin(pool)


@pytest.mark.parametrize("call", ["initiate_auth", "admin_initiate_auth"])
def test_the_lite_tier_has_no_choice(aws: Aws, call: str) -> None:
    pool = aws.pool(app=APP)
    pool.add()
    pool.update(UserPoolTier="LITE")
    given: dict[str, Any] = {"UserPoolId": pool.id} if call.startswith("admin") else {}
    with refused("FeatureUnavailableInTierException"):
        getattr(aws.cognito, call)(
            ClientId=pool.client_id,
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": "ann"},
            **given,
        )


def test_what_a_pool_may_allow(aws: Aws) -> None:
    for tier in ("LITE", "ESSENTIALS"):
        shown = aws.pool(UserPoolTier=tier).settings()["Policies"]["SignInPolicy"]
        assert shown == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    for factors in (["EMAIL_OTP"], ["PASSWORD", "WEB_AUTHN"]):
        with refused("InvalidParameterException"):
            aws.pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": factors}})
    with refused("FeatureUnavailableInTierException"):
        choosing(aws, UserPoolTier="LITE")


def test_codes_as_a_first_factor_and_mfa_that_is_on_exclude_each_other(aws: Aws) -> None:
    on: Any = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    with refused("InvalidParameterException"):
        aws.cognito.set_user_pool_mfa_config(UserPoolId=choosing(aws).id, **on)
    pool = aws.pool()
    aws.cognito.set_user_pool_mfa_config(UserPoolId=pool.id, **on)
    with refused("InvalidParameterException"):
        pool.update(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ALL}})


def test_passkeys_are_refused_by_name(pool: Pool) -> None:
    with refused("InvalidParameterException", "The sandbox does not have WEB_AUTHN..."):
        begin(pool, PREFERRED_CHALLENGE="WEB_AUTHN")
    with refused("InvalidParameterException", "The sandbox does not have WEB_AUTHN..."):
        pool.respond(begin(pool), USERNAME="ann", ANSWER="WEB_AUTHN")


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("start_web_authn_registration", {}),
        ("complete_web_authn_registration", {"Credential": {}}),
        ("list_web_authn_credentials", {}),
        ("delete_web_authn_credential", {"CredentialId": "any"}),
    ],
)
def test_calls_for_passkeys_are_refused_by_name(aws: Aws, call: str, more: dict[str, Any]) -> None:
    with refused("InvalidParameterException", "The sandbox does not have WEB_AUTHN..."):
        getattr(aws.cognito, call)(AccessToken="any", **more)


@pytest.mark.parametrize("name", ["ACCESS_TOKEN", "MAX_AGE", "TARGET_ACR_VALUES"])
def test_a_higher_level_is_refused_by_name(pool: Pool, name: str) -> None:
    with refused("InvalidParameterException", f"The sandbox does not have {name}..."):
        begin(pool, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD, **{name: "300"})
