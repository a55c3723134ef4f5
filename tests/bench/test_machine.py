from ontogeny.bench import machine


def test_the_peak_is_a_rate_for_each_library(no_peers):
    found = machine.peak(side=64, rounds=2)
    assert set(found) == {"jax", "numpy"}
    assert all(rate > 0 for rate in found.values())


def test_the_machine_is_described():
    found = machine.describe()
    assert found["cores"] >= 1
    assert found["kernels"] in {"AVX-512", "AVX2", "SSE2", "NEON", "plain", "XLA"}
