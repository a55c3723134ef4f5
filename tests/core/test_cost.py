import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Cost, StepCost, flops
from ontogeny.core.cost import working_set


def shape(*sizes):
    return jax.ShapeDtypeStruct(sizes, jnp.float32)


def test_matrix_product_counts_a_product_and_a_sum_for_each_term():
    assert flops(lambda a, b: a @ b, shape(3, 5), shape(5, 7)) == 2 * 3 * 5 * 7


def test_batched_matrix_product_multiplies_by_the_batch():
    product = flops(lambda a, b: jnp.einsum("bij,bjk->bik", a, b), shape(4, 3, 5), shape(4, 5, 7))
    assert product == 4 * 2 * 3 * 5 * 7


def test_shapes_and_arrays_cost_the_same():
    assert flops(jnp.matmul, np.ones((3, 5)), np.ones((5, 7))) == flops(jnp.matmul, shape(3, 5), shape(5, 7))


def test_moving_numbers_is_free():
    assert flops(lambda x: jnp.concatenate([x.T.reshape(-1), x[0]]), shape(4, 6)) == 0


def test_scan_counts_its_body_as_often_as_it_runs():
    def looped(x, w):
        return jax.lax.scan(lambda x, _: (w @ x, None), x, length=13)[0]

    assert flops(looped, shape(6), shape(6, 6)) == 13 * 2 * 6 * 6


def test_nested_scans_multiply():
    def inner(x, w):
        return jax.lax.scan(lambda x, _: (w @ x, None), x, length=3)[0]

    def outer(x, w):
        return jax.lax.scan(lambda x, _: (inner(x, w), None), x, length=5)[0]

    assert flops(outer, shape(6), shape(6, 6)) == 15 * 2 * 6 * 6


def test_compiled_functions_inside_are_counted():
    assert flops(lambda a, b: jax.jit(jnp.matmul)(a, b), shape(3, 5), shape(5, 7)) == 2 * 3 * 5 * 7


def test_vmap_costs_as_much_as_its_members():
    single = flops(lambda w, x: jax.nn.relu(w @ x), shape(6, 6), shape(6))
    many = flops(jax.vmap(lambda w, x: jax.nn.relu(w @ x)), shape(9, 6, 6), shape(9, 6))
    assert many == 9 * single


def test_branch_counts_as_its_dearest_side():
    def branch(flag, x, w):
        return jax.lax.cond(flag, lambda x: w @ x, lambda x: x + 1, x)

    cost = flops(branch, jax.ShapeDtypeStruct((), bool), shape(6), shape(6, 6))
    assert 2 * 6 * 6 <= cost <= 2 * 6 * 6 + 2


def test_loop_of_unknown_length_counts_as_one_turn():
    def loop(x, w):
        return jax.lax.while_loop(lambda x: x[0] < 1, lambda x: w @ x, x)

    assert 2 * 6 * 6 <= flops(loop, shape(6), shape(6, 6)) <= 2 * 6 * 6 + 2


@pytest.mark.parametrize("groups", [1, 4])
def test_convolution_counts_each_kernel_element_at_each_place(groups):
    def convolve(x, k):
        return jax.lax.conv_general_dilated(x, k, (1, 1), "VALID", feature_group_count=groups)

    cost = flops(convolve, shape(2, 4, 8, 8), shape(12, 4 // groups, 3, 3))
    assert cost == 2 * (2 * 12 * 6 * 6) * (4 // groups) * 9


@pytest.mark.parametrize("derive", [False, True])
def test_count_agrees_with_xla_where_there_is_no_loop(derive):
    def loss(weights, x):
        first, bias, second = weights
        return jnp.mean((jax.nn.relu(x @ first + bias) @ second) ** 2)

    function = jax.value_and_grad(loss) if derive else loss
    weights, x = (shape(20, 48), shape(48), shape(48, 10)), shape(32, 20)
    counted_by_xla = jax.jit(function).lower(weights, x).compile().cost_analysis()["flops"]
    assert flops(function, weights, x) == pytest.approx(counted_by_xla, rel=0.1)


def test_working_set_is_that_of_the_largest_operation():
    def small_then_large(x):
        return jnp.broadcast_to(jnp.sin(x)[:, None], (8, 100)) * 2

    assert working_set(small_then_large, shape(8)) == 2 * 8 * 100 * 4 + 4


def test_cost_of_a_run_is_that_of_its_steps():
    cost = Cost.of(StepCost(evaluations=16, samples=48, flops=1e3), steps=5, seconds=2.0, compile_seconds=1.0)
    assert (cost.steps, cost.evaluations, cost.samples, cost.flops) == (5, 80, 240, 5e3)
    assert (cost.seconds, cost.compile_seconds) == (2.0, 1.0)
