"""Numbers for the cases: drawn on a coarse grid, so that float32 and a short decimal hold them exactly, or by a hash
that is the same in Python and C."""

import zlib

import torch

GRID = 256  # values are whole multiples of 1 / GRID


class Draw:
    """Draws for one case; the seed is the CRC-32 of the case's name."""

    def __init__(self, name):
        self.generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))

    def reals(self, shape, bound, positive=False):
        """Distinct where there are enough grid points, never 0: no ties in a maximum, no kinks."""
        count = 1
        for size in shape:
            count *= size
        half = int(bound * GRID)
        grid = [n for n in range(1 if positive else -half, half + 1) if n != 0]
        if count <= len(grid):
            order = torch.randperm(len(grid), generator=self.generator)[:count]
        else:
            order = torch.randint(len(grid), (count,), generator=self.generator)
        return (torch.tensor(grid, dtype=torch.float64)[order] / GRID).reshape(shape)

    def integers(self, shape, below):
        return torch.randint(below, shape, generator=self.generator)


def hashed(shape, seed, bound, add=0.0, first=0, dtype=torch.float64):
    """add + 2 bound (h / 2^32 - 1/2) with h = (2654435761 i + 40503 seed) mod 2^32, i from first in row-major order."""
    count = 1
    for size in shape:
        count *= size
    values = [
        add + 2 * bound * (((i * 2654435761 + seed * 40503) % 2**32) / 2**32 - 0.5) for i in range(first, first + count)
    ]
    return torch.tensor(values, dtype=torch.float64).to(dtype).reshape(shape)
