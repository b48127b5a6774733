"""Mixers of models/ in PyTorch, written from their papers, that start from the same distributions.

All map [B, L, d] to [B, L, d]. Those that the speed comparison has too come from torch_models.py.
Parameters that are no part of a torch.nn module have the layout of their namesakes in models/.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

import torch_models


def angles(length, pairs, channels):
    """Angle of every position in every pair of channels: [L, pairs]."""
    rates = 10_000.0 ** (-2 * torch.arange(pairs).double() / channels)
    return torch.arange(length).double().unsqueeze(1) * rates


class Attention(torch_models.Attention):
    """Softmax attention; `positions` is rotary, or what the backbone adds."""

    def __init__(self, width, heads, positions):
        super().__init__(width, heads)
        self.rotary = positions == "rotary"

    def forward(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each [B, H, L, dh]
        if self.rotary:
            query, key = self.turn(query), self.turn(key)
        return self.output(self.mix(query, key, value).transpose(1, 2).flatten(2))

    def turn(self, x):
        """Channels c and c + dh/2 by the position's angle (Su et al. 2021)."""
        length, channels = x.shape[-2:]
        angle = angles(length, channels // 2, channels).repeat(1, 2)
        one, other = x.chunk(2, dim=-1)
        return x * angle.cos().float() + torch.cat([-other, one], -1) * angle.sin().float()


class LocalAttention(Attention):
    """Keys with |i - j| <= window."""

    mix = torch_models.LocalAttention.mix

    def __init__(self, width, heads, positions, window):
        super().__init__(width, heads, positions)
        self.window = window


class LinearAttention(Attention):
    mix = torch_models.LinearAttention.mix


class LongConvolution(torch_models.ConvolutionBlock):
    """Free kernels for both directions, squashed, that start decaying (Fu et al. 2023)."""

    def __init__(self, width, length, initialisation, squash):
        super().__init__(width)
        self.squash = squash
        if initialisation == "random":
            envelope = torch.full((width, length), 0.002)
        else:
            decays = (width // 2) ** (torch.arange(width).unsqueeze(1) / width)
            envelope = 0.02 * torch.exp(-torch.arange(length) / length * decays)
        self.free = nn.Parameter(torch.randn(2, width, length) * envelope)

    def kernels(self, length):
        return F.softshrink(self.free, self.squash)


class LRU(nn.Module):
    """The linear recurrent unit from both ends (Orvieto et al. 2023), convolved by FFT."""

    def __init__(self, width, state, r_min, r_max, max_phase):
        super().__init__()
        square = r_min**2 + (r_max**2 - r_min**2) * (1 - torch.rand(state))
        self.nu = nn.Parameter(torch.log(-torch.log(square) / 2))
        self.theta = nn.Parameter(torch.log(max_phase * (1 - torch.rand(state))))
        self.log_gamma = nn.Parameter(torch.zeros(state))
        # Real parts of B, then imaginary ones.
        self.b = nn.Parameter(torch.randn(width, 2 * state) / math.sqrt(2 * width))
        # Re C and -Im C for the states from the front, then for those from behind.
        self.c = nn.Parameter(torch.randn(4 * state, width) / math.sqrt(state))
        self.d = nn.Parameter(torch.randn(width))
        self.output = nn.Linear(width, 2 * width)

    def forward(self, x):
        length = x.shape[1]
        decay = -torch.exp(self.nu)
        gamma = torch.exp(self.log_gamma) * torch.sqrt(-torch.expm1(2 * decay))
        u = torch.complex(*(x @ (self.b * gamma.repeat(2))).chunk(2, dim=-1))  # [B, L, N]
        # In double precision: phases turn hundreds of times.
        rate = torch.complex(decay.double(), torch.exp(self.theta.double()))
        times = torch.arange(length).double().unsqueeze(1)
        powers = torch.exp(times * rate).to(torch.complex64)  # [L, N]
        spectrum = torch.fft.fft(u, n=2 * length, dim=1)
        later = torch.cat([powers[:1], torch.zeros_like(powers), powers[1:].flip(0)])
        sides = (torch.fft.fft(powers, n=2 * length, dim=0), torch.fft.fft(later, dim=0))
        front, behind = (torch.fft.ifft(spectrum * side, dim=1)[:, :length] for side in sides)
        states = torch.cat([front.real, front.imag, behind.real, behind.imag], -1)
        return F.glu(self.output(F.gelu(states @ self.c + x * self.d)), dim=-1)


def uniform_matrix(inputs, outputs, gain=1.0):
    """As nn.Linear starts, times `gain`: [inputs, outputs]."""
    return nn.Parameter((2 * torch.rand(inputs, outputs) - 1) * gain / math.sqrt(inputs))


class GatedDeltaNet(nn.Module):
    """S_t = a_t S_{t-1} + b_t k_t (v_t - (a_t S_{t-1})^T k_t)^T, o_t = S_t^T q_t, with a and b between
    0 and 1 (Yang et al. 2024), some tokens at a time."""

    chunk = 32

    def __init__(self, width, heads, layers, taps=4):
        super().__init__()
        self.heads = heads
        channels = max(1, int(0.75 * width / heads + 0.5))
        keys, values = heads * channels, 2 * heads * channels
        self.sizes = [keys, keys, values]
        self.qkv = uniform_matrix(width, sum(self.sizes))
        # The last row weighs the token itself.
        self.kernel = uniform_matrix(taps, sum(self.sizes))
        self.rates = uniform_matrix(width, 2 * heads)
        # Steps spread evenly over log [0.001, 0.1], rates at their geometric mean over [0, 16].
        steps = 0.001 * 100 ** ((torch.arange(heads) + 0.5) / heads)
        self.step_bias = nn.Parameter(torch.log(torch.expm1(steps)))
        self.log_a = nn.Parameter(torch.full((heads,), math.log(16) - 1))
        self.gate = uniform_matrix(width, values)
        self.gain = nn.Parameter(torch.ones(2 * channels))
        self.output = uniform_matrix(values, width, 1 / math.sqrt(2 * layers))

    def forward(self, x):
        length, taps = x.shape[1], len(self.kernel)
        mixed = F.pad(x @ self.qkv, (0, 0, taps - 1, 0))
        mixed = F.silu(sum(mixed[:, t : t + length] * self.kernel[t] for t in range(taps)))
        query, key, value = (
            part.unflatten(2, (self.heads, -1)) for part in mixed.split(self.sizes, dim=2)
        )  # [B, L, H, dk or dv]
        query, key = (t * torch.rsqrt((t * t).sum(-1, keepdim=True) + 1e-6) for t in (query, key))
        query = query / math.sqrt(query.shape[-1])
        step, strength = (x @ self.rates).unsqueeze(-1).chunk(2, dim=2)  # [B, L, H, 1]
        rate = torch.exp(self.log_a).unsqueeze(-1)
        log_decay = -rate * F.softplus(step + self.step_bias.unsqueeze(-1))
        out = self.recur(query, key, value, log_decay, strength.sigmoid())
        out = out * torch.rsqrt((out * out).mean(-1, keepdim=True) + 1e-5) * self.gain
        return (out.flatten(2) * F.silu(x @ self.gate)) @ self.output

    def recur(self, *inputs):
        """q, k, v, log a and b, all [B, L, H, channels], the last two of one channel -> [B, L, H, dv].

        With c the sum of log a since the state S before the chunk, what token i writes is
        w_i = b_i (v_i - e^(c_i) S^T k_i - sum_j<i e^(c_i - c_j) (k_j^T k_i) w_j): a triangular system."""
        _, key, value, *_ = inputs
        state = torch.zeros(*key[:, 0].shape, value.shape[-1])  # [B, H, dk, dv]
        outputs = []
        for q, k, v, log_a, b in zip(*(t.transpose(1, 2).split(self.chunk, dim=2) for t in inputs)):
            c = log_a.cumsum(2)  # [B, H, C, 1]
            later = torch.ones(c.shape[2], c.shape[2]).triu(1).bool()
            decays = (c - c.transpose(2, 3)).masked_fill(later, -math.inf).exp()  # [B, H, C, C]
            written = torch.linalg.solve_triangular(
                (b * decays * (k @ k.transpose(2, 3))).tril(-1),
                b * (v - c.exp() * (k @ state)),
                upper=False,
                unitriangular=True,
            )
            outputs.append(c.exp() * (q @ state) + (decays * (q @ k.transpose(2, 3))) @ written)
            to_end = (c[:, :, -1:] - c).exp()
            state = state * c[:, :, -1:].exp() + (k * to_end).transpose(2, 3) @ written
        return torch.cat(outputs, 2).transpose(1, 2)


# Which positions each mixer that has the option can be given.
POSITIONS = {
    "transformer": ("learned", "sinusoidal", "rotary", "none"),
    "local": ("learned", "sinusoidal", "rotary", "none"),
    "linear-attention": ("learned", "sinusoidal", "none"),
}


def create_mixer(name, options, width, length, layers):
    """A mixer by its name and its options in models/; ValueError for what there is no twin of."""
    positions = options.get("positions")
    if positions not in POSITIONS.get(name, (positions,)):
        raise ValueError(f"no twin of {name} with positions={positions}; expected {' or '.join(POSITIONS[name])}")
    if name == "transformer":
        return Attention(width, options["heads"], positions)
    if name == "local":
        return LocalAttention(width, options["heads"], positions, options["window"])
    if name == "linear-attention":
        return LinearAttention(width, options["heads"], positions)
    if name == "s4d":
        if (options["initialisation"], options["dtMin"], options["dtMax"]) != ("lin", 0.001, 0.1):
            raise ValueError("no twin of s4d with other than its default initialisation")
        return torch_models.S4D(width, None, options["state"])
    if name == "long-conv":
        return LongConvolution(width, length, options["initialisation"], options["squash"])
    if name == "lru":
        return LRU(width, options["state"], options["rMin"], options["rMax"], options["maxPhase"])
    if name == "gated-deltanet":
        return GatedDeltaNet(width, options["heads"], layers)
    raise ValueError(
        f"no twin of {name}; expected transformer, local, linear-attention, s4d, long-conv, lru or gated-deltanet"
    )
