"""Signing in step by step: second factors, SRP and devices, in a pool that has them."""

from collections.abc import Iterator
from typing import Any

import pytest
from strict_pool import StrictPool

from helpers import cognito, devices, second_factors, signing_in
from helpers.errors import AnswerError, RefusedError
from helpers.second_factors import authenticator_code
from helpers.signing_in import Challenge, Tokens

PASSWORD = "Correct-horse-1"


@pytest.fixture
def pool(strict: StrictPool, name: str) -> Iterator[StrictPool]:
    strict.ask_for_a_second_factor("OPTIONAL")
    cognito.admin_create_user(strict.id, name, f"{name}@example.com")
    cognito.admin_set_user_password(strict.id, name, PASSWORD)
    yield strict
    cognito.admin_delete_user(strict.id, name)


def refused(code: str) -> Any:
    return pytest.raises(RefusedError, match=f"^{code}: ")


def by_password(pool: StrictPool, name: str) -> Tokens | Challenge:
    return signing_in.initiate_auth(
        pool.client_id, "USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD
    )


def challenged(answer: Tokens | Challenge, name: str) -> Challenge:
    assert isinstance(answer, Challenge)
    assert answer.name == name
    return answer


def test_a_second_factor_is_set_up_and_then_asked_for(pool: StrictPool, name: str) -> None:
    pool.ask_for_a_second_factor("ON")
    setup = challenged(by_password(pool, name), "MFA_SETUP")
    token = second_factors.associate_software_token(session=setup.session)
    with refused("EnableSoftwareTokenMFAException"):
        second_factors.verify_software_token(wrong(token.secret), session=token.session)
    code = authenticator_code(token.secret)
    verified = second_factors.verify_software_token(code, session=token.session)
    done = signing_in.respond_to_auth_challenge(pool.client_id, setup, verified.session)
    assert isinstance(done, Tokens)
    asked = challenged(by_password(pool, name), "SOFTWARE_TOKEN_MFA")
    with refused("ExpiredCodeException"):
        signing_in.respond_to_auth_challenge(pool.client_id, asked, SOFTWARE_TOKEN_MFA_CODE=code)


def test_what_is_no_challenge_cannot_be_answered() -> None:
    with pytest.raises(AnswerError, match=r"no challenge to answer: these are tokens already\."):
        signing_in.respond_to_auth_challenge("any", Tokens("a", "b", None, 1))  # type: ignore[arg-type]
    with pytest.raises(AnswerError, match=r"no challenge to answer: begin with signing_in\.init"):
        signing_in.admin_respond_to_auth_challenge("any", "any", None)  # type: ignore[arg-type]


def wrong(secret: str) -> str:
    """Six digits that the app does not show."""
    return f"{(int(authenticator_code(secret)) + 1) % 1_000_000:06}"


def test_an_administrator_signs_somebody_in(pool: StrictPool, name: str) -> None:
    pool.ask_for_a_second_factor("ON")
    asked = signing_in.admin_initiate_auth(
        pool.id, pool.client_id, "ADMIN_USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=PASSWORD
    )
    setup = challenged(asked, "MFA_SETUP")
    token = second_factors.associate_software_token(session=setup.session)
    code = authenticator_code(token.secret)
    verified = second_factors.verify_software_token(code, session=token.session)
    done = signing_in.admin_respond_to_auth_challenge(
        pool.id, pool.client_id, setup, verified.session
    )
    assert isinstance(done, Tokens)


def test_who_is_signed_in_sets_a_second_factor_up(pool: StrictPool, name: str) -> None:
    tokens = cognito.sign_in(pool.client_id, name, PASSWORD)
    token = second_factors.associate_software_token(tokens.access)
    code = authenticator_code(token.secret)
    assert second_factors.verify_software_token(code, tokens.access).status == "SUCCESS"
    second_factors.set_user_mfa_preference(tokens.access, "SOFTWARE_TOKEN_MFA")
    challenged(by_password(pool, name), "SOFTWARE_TOKEN_MFA")
    second_factors.set_user_mfa_preference(tokens.access, "SOFTWARE_TOKEN_MFA", enabled=False)
    assert isinstance(by_password(pool, name), Tokens)


def test_a_password_is_proved(pool: StrictPool, name: str) -> None:
    for _ in range(5):  # numbers that need a byte more, or fewer, come up by chance
        tokens = signing_in.sign_in_by_srp(pool.id, pool.client_id, name, PASSWORD)
        assert isinstance(tokens, Tokens)
    with refused("NotAuthorizedException"):
        signing_in.sign_in_by_srp(pool.id, pool.client_id, name, "Wrong-horse-1")


def test_a_device_signs_in(pool: StrictPool, name: str) -> None:
    tokens = cognito.sign_in(pool.client_id, name, PASSWORD)
    assert tokens.new_device
    device = devices.confirm_device(tokens.access, tokens.new_device, "my laptop")
    assert device.must_ask
    assert device.password not in repr(device)
    devices.update_device_status(tokens.access, device.key, "remembered")
    asked = signing_in.sign_in_by_srp(
        pool.id, pool.client_id, name, PASSWORD, DEVICE_KEY=device.key
    )
    known = devices.prove(pool.client_id, challenged(asked, "DEVICE_SRP_AUTH"), device)
    assert isinstance(known, Tokens)
    assert known.new_device is None
    assert known.refresh
    assert signing_in.get_tokens_from_refresh_token(pool.client_id, known.refresh, device.key)


def test_devices_are_listed_from_every_page(pool: StrictPool, name: str) -> None:
    tokens = [cognito.sign_in(pool.client_id, name, PASSWORD) for _ in range(11)]
    for number, each in enumerate(tokens):
        assert each.new_device
        devices.confirm_device(each.access, each.new_device, f"device {number}")
    found = devices.list_devices(tokens[0].access)
    assert {each.name for each in found} == {f"device {number}" for number in range(len(tokens))}
    assert devices.get_device(tokens[0].access, found[0].key) == found[0]
    assert (found[0].remembered, found[0].attributes["device_status"]) == (False, "valid")
    devices.forget_device(tokens[0].access, found[0].key)
    devices.admin_forget_device(pool.id, name, found[1].key)
    for gone in found[:2]:
        with refused("ResourceNotFoundException"):
            devices.get_device(tokens[0].access, gone.key)
    assert devices.get_device(tokens[0].access, found[2].key) == found[2]


def test_a_new_password_and_signing_out(pool: StrictPool, name: str) -> None:
    tokens = cognito.sign_in(pool.client_id, name, PASSWORD)
    cognito.change_password(tokens.access, PASSWORD, "Another-horse-2")
    with refused("NotAuthorizedException"):
        by_password(pool, name)
    signing_in.global_sign_out(tokens.access)
    with refused("NotAuthorizedException"):
        devices.list_devices(tokens.access)


def test_no_secret_in_what_is_shown(pool: StrictPool, name: str) -> None:
    pool.ask_for_a_second_factor("ON")
    setup = challenged(by_password(pool, name), "MFA_SETUP")
    token = second_factors.associate_software_token(session=setup.session)
    assert setup.session
    assert setup.session not in repr(setup)
    assert token.secret not in repr(token)


def test_what_is_no_secret_of_an_app_is_told() -> None:
    with pytest.raises(AnswerError, match="no secret of an authenticator app"):
        authenticator_code("not base32!")
