"""How much is tried: a fixed share of it in every run, far more with ``--deep``."""

import pytest
from hypothesis import HealthCheck, Phase, settings

# Explaining a failure costs more than it tells of what is spoiled by chance.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
SLOW_IS_FINE = (HealthCheck.too_slow, HealthCheck.data_too_large)


def pytest_configure(config: pytest.Config) -> None:
    deep = config.getoption("--deep", default=False)
    settings.register_profile(
        "fuzz",
        max_examples=5_000 if deep else 50,
        deadline=None,
        phases=PHASES,
        suppress_health_check=SLOW_IS_FINE,
    )
