"""How many examples the property tests try: few by default, many with --hypothesis-profile=long."""

from hypothesis import HealthCheck, settings

BASE = settings(
    deadline=None,  # a busy machine is no failure
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("quick", BASE, max_examples=25, derandomize=True)
settings.register_profile("long", BASE, max_examples=1000)
settings.load_profile("quick")
