import jax
import numpy as np

from ontogeny.nets.cell_net import CellNet
from ontogeny.scores.sizes import cell_sizes


def test_sizes_are_those_of_the_nets():
    net = CellNet(jax.random.key(0), 4, inputs=1, channels=4)
    cells = np.asarray([[3, 0, 2, 1, 4, 3], [0, 2, 2, 0, 3, 1], [3] * 6, [2] * 6, [1] * 6])
    sizes = cell_sizes(net, cells, (8, 8, 1))
    for cell, (parameters, _) in zip(cells, sizes, strict=True):
        assert parameters == sum(leaf.size for leaf in jax.tree.leaves(net.alone(cell)))
    assert (np.diff(sizes[2:, 1]) < 0).all(), "fewer operations of an image"
