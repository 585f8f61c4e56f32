"""Each call of the table of triggers, made on a pool all of whose triggers run one function."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pyotp
import pytest
from botocore.exceptions import ClientError
from devices import Device
from harness import DEVELOPER, PASSWORD, SMS, Aws, Function, Pool, listed
from pycognito.aws_srp import AWSSRP

from cognito_sandbox.trigger_cases import ANSWER, CHANGE, SIGN_IN
from cognito_sandbox.trigger_table import TRIGGERS

DOES_ALL = """
import os

FOLLOWS = {"SRP_A": "PASSWORD_VERIFIER"}

def handler(event, context):
    source, request, answer = event["triggerSource"], event["request"], event["response"]
    kind = source.partition("_")[0]
    if kind == os.environ.get("RAISES"):
        raise ValueError("no")
    if kind == "PreSignUp":
        answer["autoConfirmUser"] = event["userName"] == "known"
    if kind == "UserMigration" and event["userName"] == "eve":
        answer["userAttributes"] = {"email": "eve@example.com", "email_verified": "true"}
        answer["finalUserStatus"], answer["messageAction"] = "CONFIRMED", "SUPPRESS"
    if kind == "DefineAuthChallenge":
        steps = [(each["challengeName"], each["challengeResult"]) for each in request["session"]]
        last = steps[-1][0] if steps else ""
        answer["issueTokens"] = ("CUSTOM_CHALLENGE", True) in steps
        answer["failAuthentication"] = [right for _, right in steps].count(False) > 1
        answer["challengeName"] = FOLLOWS.get(last, "CUSTOM_CHALLENGE")
    if kind == "CreateAuthChallenge":
        answer["privateChallengeParameters"] = {"answer": "4"}
    if kind == "VerifyAuthChallengeResponse":
        answer["answerCorrect"] = request["challengeAnswer"] == "4"
    return event
"""
OTHER = "Correct-horse-2"
PHONE = "+12065559934"
APP = "SOFTWARE_TOKEN_MFA"
PREFERENCES = {
    "SMS_MFA": "SMSMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
    APP: "SoftwareTokenMfaSettings",
}
FACTORS: dict[str, Any] = {
    "SmsMfaConfiguration": {"SmsConfiguration": SMS},
    "SoftwareTokenMfaConfiguration": {"Enabled": True},
    "EmailMfaConfiguration": {"Message": "In with {####}", "Subject": "Hi"},
}
WAYS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]
FLOWS = ["USER_PASSWORD", "ADMIN_USER_PASSWORD", "USER_SRP", "CUSTOM", "USER", "REFRESH_TOKEN"]


class Tried:
    """A pool all of whose triggers run one function, and what it was given.

    What the app asks, or an administrator for it, as the operation's name says.
    """

    def __init__(self, aws: Aws, function: Function, operation: str = "") -> None:
        self.cognito: Any = aws.cognito
        self._aws, self._function, self._before = aws, function, 0
        self.is_admins = operation.startswith("Admin")
        self._settings: Any = {
            "LambdaConfig": {trigger.name: function.arn for trigger in TRIGGERS},
            "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": WAYS}},
            **DEVELOPER,
        }
        flows = {"ExplicitAuthFlows": [f"ALLOW_{flow}_AUTH" for flow in FLOWS]}
        self.pool: Pool = aws.pool(app=flows, **self._settings)
        self.app: Any = {"ClientId": self.pool.client_id, "Username": "ann"}
        self.admin: Any = {"UserPoolId": self.pool.id, "Username": "ann"}

    def begin(self) -> None:
        """What ran until now made the case; what runs from now on is counted."""
        self._before = len(self._runs())

    def events(self) -> list[Any]:
        return [json.loads(run["event"]) for run in self._runs()[self._before :]]

    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events()]

    def _runs(self) -> list[Any]:
        return list(self._aws.get("/_sandbox/runs", function=self._function.name))

    def sign_in(self, name: str = "ann", password: str = PASSWORD, **more: str) -> Any:
        return self.start("USER_PASSWORD_AUTH", name, PASSWORD=password, **more)

    def start(self, flow: str, name: str = "ann", session: str = "", **given: str) -> Any:
        known: dict[str, Any] = {"ClientId": self.pool.client_id, "AuthFlow": flow}
        known["AuthParameters"] = {"USERNAME": name, **given}
        known |= {"Session": session} if session else {}
        if not self.is_admins:
            return self.cognito.initiate_auth(**known)
        known["AuthFlow"] = flow.replace("USER_PASSWORD", "ADMIN_USER_PASSWORD")
        return self.cognito.admin_initiate_auth(UserPoolId=self.pool.id, **known)

    def answer(self, asked: Any, **responses: str) -> Any:
        known = {"ClientId": self.pool.client_id, "ChallengeName": asked["ChallengeName"]}
        known |= {"Session": asked["Session"]} if "Session" in asked else {}
        given = {"USERNAME": "ann", **responses}
        if not self.is_admins:
            return self.cognito.respond_to_auth_challenge(**known, ChallengeResponses=given)
        return self.cognito.admin_respond_to_auth_challenge(
            UserPoolId=self.pool.id, **known, ChallengeResponses=given
        )

    def code(self) -> str:
        return str(self.pool.mail()[-1]["code"])

    def meant(self, text: str) -> str:
        """Text in angle brackets stands for a code: the next of the app's, as each counts once."""
        if text == "<shown>":
            return self._app.at(int(time.time()) + 30)
        return self.code() if text == "<sent>" else text

    def with_ann(self) -> "Tried":
        self.pool.add(phone_number=PHONE)
        self.begin()
        return self

    def token(self) -> Any:
        """Ann is there, and is signed in."""
        token = self.with_ann().sign_in()["AuthenticationResult"]["AccessToken"]
        self.begin()
        return {"AccessToken": token}

    def srp(self) -> AWSSRP:
        return AWSSRP("ann", PASSWORD, self.pool.id, self.pool.client_id, client=self.cognito)

    def ask_for_factors(self, mode: str, **factors: Any) -> None:
        if mode == "ON":  # then no code may be the first factor
            by_password = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}}
            self.pool.update(**self._settings | by_password)
        self.cognito.set_user_pool_mfa_config(
            UserPoolId=self.pool.id, MfaConfiguration=mode, **factors or FACTORS
        )

    def with_factors(self, *factors: str) -> "Tried":
        """Ann has these second factors."""
        token = self.token()
        self.ask_for_factors("OPTIONAL")
        if APP in factors:
            secret = self.cognito.associate_software_token(**token)["SecretCode"]
            self._app = pyotp.TOTP(secret)
            self.cognito.verify_software_token(**token, UserCode=self._app.now())
        enabled = {PREFERENCES[factor]: {"Enabled": True} for factor in factors}
        self.cognito.admin_set_user_mfa_preference(**self.admin, **enabled)
        self.begin()
        return self


Call = Callable[[Tried], Any]
AnyCall = TypeVar("AnyCall", bound=Callable[..., Any])
CALLS: dict[tuple[str, str], Call] = {}


def case(operations: str | tuple[str, ...], *whens: str) -> Callable[[AnyCall], AnyCall]:
    """The function makes this case of these operations: it begins, and does what is counted."""
    names = (operations,) if isinstance(operations, str) else operations

    def register(call: AnyCall) -> AnyCall:
        CALLS.update({(name, when): call for name in names for when in whens})
        return call

    return register


@case("SignUp", "a code is sent")
def sign_up(tried: Tried) -> None:
    tried.pool.sign_up()


@case("SignUp", "no code is sent, as nothing is to be verified")
def sign_up_without_address(tried: Tried) -> None:
    tried.pool.sign_up(attributes={})


@case("SignUp", "PreSignUp confirms the user")
def sign_up_known(tried: Tried) -> None:
    tried.pool.sign_up("known")


@case("ResendConfirmationCode", "")
def resend(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.cognito.resend_confirmation_code(**tried.app)


@case("ConfirmSignUp", "")
def confirm(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.pool.confirm()


@case("AdminConfirmSignUp", "")
def admin_confirm(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.cognito.admin_confirm_sign_up(**tried.admin)


@case("AdminCreateUser", "")
def create(tried: Tried, **more: Any) -> None:
    told = {"email": "ann@example.com", "phone_number": PHONE}
    known = {"TemporaryPassword": PASSWORD, "DesiredDeliveryMediums": ["EMAIL"], **more}
    tried.cognito.admin_create_user(**tried.admin, UserAttributes=listed(told), **known)


@case("AdminCreateUser", "MessageAction is SUPPRESS")
def create_silently(tried: Tried) -> None:
    create(tried, MessageAction="SUPPRESS")


@case("AdminCreateUser", "MessageAction is RESEND")
def invite_again(tried: Tried) -> None:
    create(tried)
    tried.begin()
    create(tried, MessageAction="RESEND")


@case(SIGN_IN, "USER_PASSWORD_AUTH, the password is right")
def sign_in(tried: Tried) -> Any:
    return tried.with_ann().sign_in()


@case(SIGN_IN, "USER_PASSWORD_AUTH, the password is wrong")
def sign_in_wrongly(tried: Tried) -> None:
    with pytest.raises(ClientError, match="Incorrect"):
        tried.with_ann().sign_in(password="x")


@case(SIGN_IN, "USER_PASSWORD_AUTH, the password is temporary")
def with_temporary(tried: Tried) -> Any:
    create(tried)
    tried.begin()
    return tried.sign_in()


@case(SIGN_IN, "USER_PASSWORD_AUTH, a code follows, by SMS or mail")
def with_sms(tried: Tried) -> Any:
    return tried.with_factors("SMS_MFA").sign_in()


def with_mail(tried: Tried) -> Any:
    return tried.with_factors("EMAIL_OTP").sign_in()


@case(SIGN_IN, "USER_PASSWORD_AUTH, another challenge follows")
def with_app(tried: Tried) -> Any:
    return tried.with_factors(APP).sign_in()


@case(SIGN_IN, "USER_PASSWORD_AUTH, UserMigration vouches for a new name")
def migrate(tried: Tried) -> None:
    tried.sign_in("eve")


@case(SIGN_IN, "USER_PASSWORD_AUTH, UserMigration does not, and the client tells")
def migrate_nobody(tried: Tried) -> None:
    with pytest.raises(ClientError):
        tried.sign_in("nobody")


@case(SIGN_IN, "USER_PASSWORD_AUTH, UserMigration does not, and the client hides it")
def migrate_nobody_secretly(tried: Tried) -> None:
    flows = [f"ALLOW_{flow}_AUTH" for flow in FLOWS]
    tried.cognito.update_user_pool_client(
        UserPoolId=tried.pool.id,
        ClientId=tried.pool.client_id,
        ExplicitAuthFlows=flows,
        PreventUserExistenceErrors="ENABLED",
    )
    migrate_nobody(tried)


@case(SIGN_IN, "USER_SRP_AUTH")
def start_srp(tried: Tried) -> Any:
    return tried.with_ann().start("USER_SRP_AUTH", SRP_A=f"{tried.srp().large_a_value:x}")


@case(SIGN_IN, "CUSTOM_AUTH")
def start_custom(tried: Tried) -> Any:
    return tried.with_ann().start("CUSTOM_AUTH")


@case(SIGN_IN, "CUSTOM_AUTH, SRP comes first")
def start_custom_by_srp(tried: Tried) -> Any:
    srp_a = f"{tried.srp().large_a_value:x}"
    return tried.with_ann().start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=srp_a)


@case(SIGN_IN, "USER_AUTH, the user is asked to choose")
def choose(tried: Tried) -> Any:
    return tried.with_ann().start("USER_AUTH")


@case(SIGN_IN, "USER_AUTH, PASSWORD is preferred")
def prefer_password(tried: Tried) -> None:
    tried.with_ann().start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)


@case(SIGN_IN, "USER_AUTH, PASSWORD_SRP is preferred")
def prefer_srp(tried: Tried) -> None:
    proof = {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": f"{tried.srp().large_a_value:x}"}
    tried.with_ann().start("USER_AUTH", **proof)


@case(SIGN_IN, "USER_AUTH, EMAIL_OTP or SMS_OTP is preferred")
def prefer_code(tried: Tried, way: str = "EMAIL_OTP") -> Any:
    return tried.with_ann().start("USER_AUTH", PREFERRED_CHALLENGE=way)


@case(SIGN_IN, "USER_AUTH, the Session is ConfirmSignUp's")
def go_on_from_sign_up(tried: Tried) -> None:
    session = tried.pool.sign_up()["Session"]
    session = tried.pool.confirm(Session=session)["Session"]
    tried.begin()
    tried.start("USER_AUTH", session=session)


def refreshable(tried: Tried) -> str:
    token = str(sign_in(tried)["AuthenticationResult"]["RefreshToken"])
    tried.begin()
    return token


@case(SIGN_IN, "REFRESH_TOKEN_AUTH")
def refresh(tried: Tried) -> None:
    tried.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refreshable(tried))


@case("GetTokensFromRefreshToken", "")
def get_tokens(tried: Tried) -> None:
    token = refreshable(tried)
    tried.cognito.get_tokens_from_refresh_token(ClientId=tried.pool.client_id, RefreshToken=token)


def answered(begun: Call, **responses: str) -> Call:
    """A call that answers what was begun; `<sent>` and `<shown>` are codes."""

    def call(tried: Tried) -> Any:
        asked = begun(tried)
        given = {name: tried.meant(text) for name, text in responses.items()}
        tried.begin()
        return tried.answer(asked, **given)

    return call


def proved(tried: Tried, asked: Any, proof: AWSSRP) -> Any:
    told = proof.process_challenge(asked["ChallengeParameters"], {"USERNAME": "ann"})
    tried.begin()
    return tried.answer(asked, **told)


@case(ANSWER, "PASSWORD_VERIFIER")
def prove_password(tried: Tried) -> Any:
    proof = tried.with_ann().srp()
    return proved(tried, tried.start("USER_SRP_AUTH", SRP_A=f"{proof.large_a_value:x}"), proof)


@case(ANSWER, "PASSWORD_VERIFIER, a code follows, by SMS or mail")
def prove_password_first(tried: Tried) -> Any:
    proof = tried.with_factors("SMS_MFA").srp()
    return proved(tried, tried.start("USER_SRP_AUTH", SRP_A=f"{proof.large_a_value:x}"), proof)


@case(ANSWER, "PASSWORD_VERIFIER of CUSTOM_AUTH")
def prove_password_in_custom(tried: Tried) -> Any:
    proof = tried.with_ann().srp()
    given = {"CHALLENGE_NAME": "SRP_A", "SRP_A": f"{proof.large_a_value:x}"}
    return proved(tried, tried.start("CUSTOM_AUTH", **given), proof)


@case(ANSWER, "NEW_PASSWORD_REQUIRED, a code follows, by SMS or mail")
def new_password_then_code(tried: Tried) -> Any:
    challenge = with_temporary(tried)
    tried.ask_for_factors("ON", SmsMfaConfiguration=FACTORS["SmsMfaConfiguration"])
    tried.begin()
    return tried.answer(challenge, NEW_PASSWORD=OTHER)


def choose_factor(tried: Tried) -> Any:
    return tried.with_factors("SMS_MFA", APP).sign_in()


@case(ANSWER, "MFA_SETUP, an app was set up")
def set_app_up(tried: Tried) -> Any:
    tried.with_ann().ask_for_factors("ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    asked = tried.sign_in()
    made = tried.cognito.associate_software_token(Session=asked["Session"])
    code = pyotp.TOTP(made["SecretCode"]).now()
    done = tried.cognito.verify_software_token(Session=made["Session"], UserCode=code)
    tried.begin()
    return tried.answer(asked | {"Session": done["Session"]})


@case(ANSWER, "MFA_SETUP, a code follows, by mail")
def set_address_up(tried: Tried) -> Any:
    tried.pool.add(email="")
    tried.ask_for_factors("ON", EmailMfaConfiguration=FACTORS["EmailMfaConfiguration"])
    asked = tried.sign_in()
    tried.begin()
    return tried.answer(asked, EMAIL="ann@example.org")


def ask_device(tried: Tried) -> tuple[Any, Device]:
    device = Device(tried.pool, tried.with_ann().sign_in())
    with_key = tried.sign_in(DEVICE_KEY=device.key)
    tried.begin()
    return with_key, device


@case(ANSWER, "DEVICE_SRP_AUTH")
def name_device(tried: Tried) -> tuple[Any, Device, AWSSRP]:
    asked, device = ask_device(tried)
    proof = device.proof()
    return (
        tried.answer(asked, DEVICE_KEY=device.key, SRP_A=f"{proof.large_a_value:x}"),
        device,
        proof,
    )


@case(ANSWER, "DEVICE_PASSWORD_VERIFIER")
def prove_device(tried: Tried) -> None:
    asked, _, proof = name_device(tried)
    tried.answer(asked, **proof.process_device_challenge(asked["ChallengeParameters"]))


for challenge, begun, given in (
    ("SELECT_CHALLENGE, PASSWORD", choose, {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD}),
    ("SELECT_CHALLENGE, PASSWORD_SRP", choose, {"ANSWER": "PASSWORD_SRP", "SRP_A": "abcdef"}),
    ("SELECT_CHALLENGE, EMAIL_OTP or SMS_OTP", choose, {"ANSWER": "SMS_OTP"}),
    ("NEW_PASSWORD_REQUIRED", with_temporary, {"NEW_PASSWORD": OTHER}),
    ("SELECT_MFA_TYPE, SMS_MFA or EMAIL_OTP", choose_factor, {"ANSWER": "SMS_MFA"}),
    ("SELECT_MFA_TYPE, SOFTWARE_TOKEN_MFA", choose_factor, {"ANSWER": APP}),
    ("SMS_MFA", with_sms, {"SMS_MFA_CODE": "<sent>"}),
    ("SMS_OTP", partial(prefer_code, way="SMS_OTP"), {"SMS_OTP_CODE": "<sent>"}),
    ("EMAIL_OTP", with_mail, {"EMAIL_OTP_CODE": "<sent>"}),
    ("SOFTWARE_TOKEN_MFA", with_app, {f"{APP}_CODE": "<shown>"}),
    ("CUSTOM_CHALLENGE, DefineAuthChallenge issues tokens", start_custom, {"ANSWER": "4"}),
    ("CUSTOM_CHALLENGE, DefineAuthChallenge asks again", start_custom, {"ANSWER": "5"}),
):
    case(ANSWER, challenge)(answered(begun, **given))


@case(ANSWER, "CUSTOM_CHALLENGE, DefineAuthChallenge fails it")
def answer_wrongly_again(tried: Tried) -> None:
    asked_again = answered(start_custom, ANSWER="5")
    with pytest.raises(ClientError, match="Incorrect"):
        answered(asked_again, ANSWER="6")(tried)


@case("ForgotPassword", "")
def forget(tried: Tried) -> None:
    tried.with_ann().pool.forgot()


@case("ForgotPassword", "UserMigration vouches for a new name")
def forget_unknown(tried: Tried) -> None:
    tried.pool.forgot("eve")


@case("ConfirmForgotPassword", "")
def reset(tried: Tried) -> None:
    forget(tried)
    tried.begin()
    tried.pool.reset()


@case("AdminResetUserPassword", "")
def admin_reset(tried: Tried) -> None:
    tried.with_ann().cognito.admin_reset_user_password(**tried.admin)


def changed(tried: Tried, **attributes: str) -> None:
    told = listed(attributes)
    if tried.is_admins:
        tried.with_ann().cognito.admin_update_user_attributes(**tried.admin, UserAttributes=told)
    else:
        tried.cognito.update_user_attributes(**tried.token(), UserAttributes=told)


case(CHANGE, "an address that is to be verified")(partial(changed, email="new@example.com"))
case(CHANGE, "anything else")(partial(changed, nickname="Ann"))


@case("GetUserAttributeVerificationCode", "")
def ask_code(tried: Tried) -> None:
    tried.cognito.get_user_attribute_verification_code(**tried.token(), AttributeName="email")
