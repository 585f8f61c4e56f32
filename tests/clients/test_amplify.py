"""Amplify v6, unchanged, in Node and in Chromium: it is told the sandbox as `userPoolEndpoint`."""

import time
from collections.abc import Iterator
from typing import Any

import programs
import pyotp
import pytest
from harness import PASSWORD, Aws, Pool
from programs import ClientError, Program

NEW = "Another-horse-2"
FLOWS = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH"]
APP = {
    "ExplicitAuthFlows": [f"ALLOW_{flow}" for flow in (*FLOWS, "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH")]
}
ASKED = "CONFIRM_SIGN_IN_WITH"


@pytest.fixture(params=["node", "chromium"])
def amplify(request: pytest.FixtureRequest) -> Iterator[Program]:
    if request.param == "node":
        place = programs.in_node("amplify")
    else:
        needed = [request.getfixturevalue(name) for name in ("browser", "address")]
        place = programs.on_a_page(*needed)
    with place as program:
        yield program


class App:
    """A pool, and Amplify that is set up for it."""

    def __init__(self, aws: Aws, amplify: Program, **settings: Any) -> None:
        self.pool = aws.pool(app=APP, **settings)
        self.call = amplify
        amplify(
            "configure",
            {
                "Auth": {
                    "Cognito": {
                        "userPoolId": self.pool.id,
                        "userPoolClientId": self.pool.client_id,
                        "userPoolEndpoint": aws.endpoint,
                    }
                }
            },
        )

    def sign_in(self, flow: str = "USER_SRP_AUTH", password: str = PASSWORD, **more: str) -> str:
        """The next step that Amplify names."""
        options = {"authFlowType": flow, **more}
        given = {"username": "ann", "options": options}
        return self._step(self.call("signIn", given | ({"password": password} if password else {})))

    def confirm(self, response: str) -> str:
        return self._step(self.call("confirmSignIn", {"challengeResponse": response}))

    def _step(self, told: Any) -> str:
        self.told = told["nextStep"]
        return str(self.told["signInStep"]).removeprefix(ASKED)

    def claims(self, refresh: bool = False) -> Any:
        tokens = self.call("fetchAuthSession", {"forceRefresh": refresh})["tokens"]
        return tokens["accessToken"]["payload"]

    def code(self) -> str:
        return str(self.pool.mail("ann")[-1]["code"])


@pytest.fixture
def app(aws: Aws, amplify: Program) -> App:
    made = App(aws, amplify)
    made.pool.add("ann")
    return made


def test_sign_up_resend_confirm_and_sign_in(aws: Aws, amplify: Program) -> None:
    app = App(aws, amplify)
    attributes = {"userAttributes": {"email": "ann@example.com"}}
    made = amplify("signUp", {"username": "ann", "password": PASSWORD, "options": attributes})
    assert made["nextStep"]["codeDeliveryDetails"]["destination"] == "a***@e***"
    assert app.sign_in() == "CONFIRM_SIGN_UP"
    assert amplify("resendSignUpCode", {"username": "ann"})["deliveryMedium"] == "EMAIL"
    done = amplify("confirmSignUp", {"username": "ann", "confirmationCode": app.code()})
    assert done["isSignUpComplete"]
    assert app.sign_in() == "DONE"


def test_a_sign_up_goes_on_as_a_sign_in(aws: Aws, amplify: Program) -> None:
    app = App(aws, amplify)
    options = {
        "userAttributes": {"email": "ann@example.com"},
        "autoSignIn": {"authFlowType": "USER_AUTH"},
    }
    amplify("signUp", {"username": "ann", "password": PASSWORD, "options": options})
    amplify("confirmSignUp", {"username": "ann", "confirmationCode": app.code()})
    assert amplify("autoSignIn")["isSignedIn"]
    assert app.claims()["username"] == "ann"


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_sign_in_with_the_password(app: App, flow: str) -> None:
    assert app.sign_in(flow) == "DONE"
    assert app.call("getCurrentUser")["username"] == "ann"
    app.call("signOut")
    with pytest.raises(ClientError, match="Incorrect username or password"):
        app.sign_in(flow, "Wrong-horse-1")


def test_tokens_are_refreshed(app: App) -> None:
    app.sign_in()
    first = app.claims()
    second = app.claims(refresh=True)
    assert second["jti"] != first["jti"]
    assert second["origin_jti"] == first["origin_jti"]


def test_attributes_are_read_changed_verified_and_deleted(app: App) -> None:
    app.sign_in()
    assert app.call("fetchUserAttributes")["email"] == "ann@example.com"
    app.call("updateUserAttributes", {"userAttributes": {"name": "Ann", "email": "a@new.org"}})
    app.call("confirmUserAttribute", {"userAttributeKey": "email", "confirmationCode": app.code()})
    app.call("deleteUserAttributes", {"userAttributeKeys": ["name"]})
    found = app.call("fetchUserAttributes")
    assert (found["email"], found["email_verified"]) == ("a@new.org", "true")
    assert "name" not in found


def test_a_forgotten_password_is_replaced(app: App) -> None:
    asked = app.call("resetPassword", {"username": "ann"})["nextStep"]
    assert asked["codeDeliveryDetails"]["destination"] == "a***@e***"
    given = {"username": "ann", "confirmationCode": app.code(), "newPassword": NEW}
    app.call("confirmResetPassword", given)
    assert app.sign_in(password=NEW) == "DONE"


def test_a_password_is_changed(app: App) -> None:
    app.sign_in()
    app.call("updatePassword", {"oldPassword": PASSWORD, "newPassword": NEW})
    app.call("signOut")
    assert app.sign_in(password=NEW) == "DONE"


def test_a_temporary_password_is_replaced(aws: Aws, amplify: Program) -> None:
    app = App(aws, amplify)
    aws.cognito.admin_create_user(
        UserPoolId=app.pool.id, Username="ann", TemporaryPassword=PASSWORD
    )
    assert app.sign_in() == "_NEW_PASSWORD_REQUIRED"
    assert app.confirm(NEW) == "DONE"


def ask_for_a_token(pool: Pool, mode: Any) -> None:
    pool.aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration=mode,
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )


def test_an_authenticator_is_set_up_in_a_sign_in_and_asked_for(app: App) -> None:
    ask_for_a_token(app.pool, "ON")
    assert app.sign_in() == "CONTINUE_SIGN_IN_WITH_TOTP_SETUP"
    app_shows = pyotp.TOTP(app.told["totpSetupDetails"]["sharedSecret"])
    code = app_shows.now()
    assert app.confirm(code) == "DONE"
    app.call("signOut")
    assert app.sign_in() == "_TOTP_CODE"
    with pytest.raises(ClientError, match="already been used once"):
        app.confirm(code)
    assert app.confirm(next_code(app_shows)) == "DONE"


def test_an_authenticator_is_set_up_by_who_is_signed_in(app: App) -> None:
    ask_for_a_token(app.pool, "OPTIONAL")
    app.sign_in()
    app_shows = pyotp.TOTP(app.call("setUpTOTP")["sharedSecret"])
    app.call("verifyTOTPSetup", {"code": app_shows.now()})
    app.call("updateMFAPreference", {"totp": "PREFERRED"})
    assert app.call("fetchMFAPreference") == {"enabled": ["TOTP"], "preferred": "TOTP"}
    app.call("signOut")
    assert app.sign_in("USER_PASSWORD_AUTH") == "_TOTP_CODE"
    assert app.confirm(next_code(app_shows)) == "DONE"


def next_code(app: pyotp.TOTP) -> str:
    """What the app shows in the next step: this one's code is spent."""
    return str(app.at(time.time() + app.interval))


@pytest.mark.parametrize("amplify", ["chromium"], indirect=True)
def test_a_device_is_remembered_listed_and_forgotten(aws: Aws, amplify: Program) -> None:
    """Not in Node 20, which lacks the `navigator` that Amplify asks for the device's name."""
    app = App(
        aws,
        amplify,
        DeviceConfiguration={
            "ChallengeRequiredOnNewDevice": True,
            "DeviceOnlyRememberedOnUserPrompt": True,
        },
    )
    app.pool.add("ann")
    app.sign_in()
    app.call("rememberDevice")
    (device,) = app.call("fetchDevices")
    app.call("signOut")
    ask_for_a_token(app.pool, "ON")
    assert app.sign_in() == "DONE"  # the device took the second factor's place
    assert app.claims()["device_key"] == device["id"]
    assert app.claims(refresh=True)["device_key"] == device["id"]
    app.call("forgetDevice")
    assert app.call("fetchDevices") == []


def by_choice(aws: Aws, amplify: Program) -> App:
    allowed = ["PASSWORD", "EMAIL_OTP"]
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": allowed}}
    app = App(aws, amplify, Policies=policies)
    app.pool.add("ann")
    return app


def test_the_user_chooses_a_code(aws: Aws, amplify: Program) -> None:
    app = by_choice(aws, amplify)
    assert app.sign_in("USER_AUTH", "") == "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION"
    assert set(app.told["availableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"}
    assert app.confirm("EMAIL_OTP") == "_EMAIL_CODE"
    assert app.confirm(app.code()) == "DONE"


@pytest.mark.parametrize("preferred", ["PASSWORD", "PASSWORD_SRP"])
def test_the_user_prefers_a_password(aws: Aws, amplify: Program, preferred: str) -> None:
    app = by_choice(aws, amplify)
    assert app.sign_in("USER_AUTH", preferredChallenge=preferred) == "DONE"


@pytest.mark.parametrize("chosen", ["PASSWORD", "PASSWORD_SRP"])
def test_the_user_chooses_a_password(aws: Aws, amplify: Program, chosen: str) -> None:
    app = by_choice(aws, amplify)
    app.sign_in("USER_AUTH", "")
    assert app.confirm(chosen) == "_PASSWORD"
    assert app.confirm(PASSWORD) == "DONE"


@pytest.mark.parametrize("flow", ["CUSTOM_WITHOUT_SRP", "CUSTOM_WITH_SRP"])
def test_a_challenge_of_ones_own(aws: Aws, amplify: Program, flow: str) -> None:
    app = App(aws, amplify, triggers=asking(aws))
    app.pool.add("ann")
    password = PASSWORD if flow == "CUSTOM_WITH_SRP" else ""
    assert app.sign_in(flow, password) == "_CUSTOM_CHALLENGE"
    assert app.told["additionalInfo"]["question"] == "6 * 7"
    assert app.confirm("42") == "DONE"


def asking(aws: Aws) -> dict[str, Any]:
    """Triggers that ask one question, after the password if there was one."""
    define = """
done = [step["challengeName"] for step in event["request"]["session"]]
asks = {"SRP_A": "PASSWORD_VERIFIER", "PASSWORD_VERIFIER": "CUSTOM_CHALLENGE"}
answer = event["response"]
answer["issueTokens"] = bool(done) and done[-1] == "CUSTOM_CHALLENGE"
answer["failAuthentication"] = False
answer["challengeName"] = asks.get(done[-1] if done else "PASSWORD_VERIFIER", "")
"""
    create = """
event["response"]["publicChallengeParameters"] = {"question": "6 * 7"}
event["response"]["privateChallengeParameters"] = {"answer": "42"}
"""
    verify = """
right = event["request"]["privateChallengeParameters"]["answer"]
event["response"]["answerCorrect"] = event["request"]["challengeAnswer"] == right
"""
    return {
        "DefineAuthChallenge": aws.echo(define),
        "CreateAuthChallenge": aws.echo(create),
        "VerifyAuthChallengeResponse": aws.echo(verify),
    }


def test_signing_out_everywhere_revokes_the_tokens(app: App) -> None:
    app.sign_in()
    app.call("signOut", {"global": True})
    with pytest.raises(ClientError):
        app.call("getCurrentUser")


def test_a_user_deletes_the_account(app: App) -> None:
    app.sign_in()
    app.call("deleteUser")
    assert app.pool.names() == []
