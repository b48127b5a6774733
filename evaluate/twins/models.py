"""Models of models/ in PyTorch that can be trained in their place: the same functions of the same
parameters from the same initial distributions, written by hand and sharing no code with them.

Mixers that the speed comparison has (torch_models.py) are taken from there. `load`
takes parameters by the names and shapes of models/, so that a test can compare the functions.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

import torch_models

EMBEDDING_STD = 0.02
SINUSOIDAL_AMPLITUDE = 0.2


def angles(length, pairs, channels):
    """Angle of every position in every pair of channels: [L, pairs]."""
    rates = 10_000.0 ** (-2 * torch.arange(pairs).double() / channels)
    return torch.arange(length).double().unsqueeze(1) * rates


class Attention(torch_models.Attention):
    """Softmax attention; `positions` is rotary, or what the backbone adds."""

    def __init__(self, width, heads, positions):
        super().__init__(width, heads)
        self.rotary = positions == "rotary"

    def project(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each [B, H, L, dh]
        return (self.turn(query), self.turn(key), value) if self.rotary else (query, key, value)

    def turn(self, x):
        """Channels c and c + dh/2 by the position's angle (Su et al. 2021)."""
        length, channels = x.shape[-2:]
        angle = angles(length, channels // 2, channels).repeat(1, 2)
        one, other = x.chunk(2, dim=-1)
        return x * angle.cos().float() + torch.cat([-other, one], -1) * angle.sin().float()

    def forward(self, x, last=False):
        query, key, value = self.project(x)
        if last:
            mixed = torch_models.Attention.mix(self, query[:, :, -1:], key, value)
        else:
            mixed = self.mix(query, key, value)
        return self.output(mixed.transpose(1, 2).flatten(2))


class LocalAttention(Attention):
    """Keys with |i - j| <= window."""

    def __init__(self, width, heads, positions, window):
        super().__init__(width, heads, positions)
        self.window = window

    mix = torch_models.LocalAttention.mix

    def forward(self, x, last=False):
        # To the last token, all that is in its window is all there is.
        return super().forward(x[:, -self.window - 1 :] if last else x, last)


class S4D(torch_models.S4D):
    """S4D-Lin, bidirectional (Gu et al. 2022)."""

    def forward(self, x, last=False):
        y = super().forward(x)
        return y[:, -1:] if last else y


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

    def forward(self, x, last=False):
        length = x.shape[1]
        decay = -torch.exp(self.nu)
        gamma = torch.exp(self.log_gamma) * torch.sqrt(-torch.expm1(2 * decay))
        u = torch.complex(*(x @ (self.b * gamma.repeat(2))).chunk(2, dim=-1))  # [B, L, N]
        # In double precision: phases turn hundreds of times.
        rate = torch.complex(decay.double(), torch.exp(self.theta.double()))
        times = torch.arange(length).double().unsqueeze(1)
        powers = torch.exp(times * rate).to(torch.complex64)  # [L, N]
        if last:
            front = (u * powers.flip(0)).sum(1, keepdim=True)
            behind, x = u[:, -1:], x[:, -1:]
        else:
            spectrum = torch.fft.fft(u, n=2 * length, dim=1)
            later = torch.cat([powers[:1], torch.zeros_like(powers), powers[1:].flip(0)])
            sides = (torch.fft.fft(powers, n=2 * length, dim=0), torch.fft.fft(later, dim=0))
            front, behind = (
                torch.fft.ifft(spectrum * side, dim=1)[:, :length] for side in sides
            )
        states = torch.cat([front.real, front.imag, behind.real, behind.imag], -1)
        return F.glu(self.output(F.gelu(states @ self.c + x * self.d)), dim=-1)


class Block(nn.Module):
    """x + mixer(norm(x)), then x + feedForward(norm(x)); with `last`, of the last position alone."""

    def __init__(self, mixer, width, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.mixer = mixer
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x, last=False):
        mixed = self.mixer(self.norm1(x), last)
        x = (x[:, -1:] if last else x) + mixed
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    """tokens [B, L] -> logits [B, classes], read out at the last position."""

    def __init__(self, name, options, layers, width, hidden, length, vocabulary, classes):
        super().__init__()
        positions = options.get("positions")
        # One id more than the task has: the mask token of pretraining.
        self.embedding = nn.Embedding(vocabulary + 1, width)
        self.positions = nn.Parameter(torch.empty(length, width)) if positions == "learned" else None
        table = None
        if positions == "sinusoidal":
            angle = angles(length, -(-width // 2), width)
            table = SINUSOIDAL_AMPLITUDE * torch.cat([angle.sin(), angle.cos()], 1)[:, :width].float()
        self.register_buffer("table", table, persistent=False)
        self.blocks = nn.ModuleList(
            Block(create_mixer(name, width, options), width, hidden) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, classes)
        self.reset()

    def reset(self):
        """Normal weights by the fan-in, smaller where they enter the residual stream; no biases."""
        smaller = 1 / math.sqrt(2 * len(self.blocks))
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                gain = smaller if name.endswith((".output", ".down")) else 1
                nn.init.normal_(module.weight, std=gain / math.sqrt(module.in_features))
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding.weight, std=EMBEDDING_STD)
        if self.positions is not None:
            nn.init.normal_(self.positions, std=EMBEDDING_STD)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for added in (self.positions, self.table):
            if added is not None:
                x = x + added
        for block in self.blocks[:-1]:
            x = block(x)
        return self.classifier(self.norm(self.blocks[-1](x, last=True)[:, 0]))


def create_mixer(name, width, options):
    """A mixer by its name and its options in models/; ValueError for what there is no twin of."""
    positions = options.get("positions")
    if name in ("transformer", "local") and positions not in ("learned", "sinusoidal", "rotary"):
        raise ValueError(f"no twin of {name} with positions={positions}; expected learned, sinusoidal or rotary")
    if name == "transformer":
        return Attention(width, options["heads"], positions)
    if name == "local":
        return LocalAttention(width, options["heads"], positions, options["window"])
    if name == "s4d":
        if (options["initialisation"], options["dtMin"], options["dtMax"]) != ("lin", 0.001, 0.1):
            raise ValueError("no twin of s4d with other than its default initialisation")
        return S4D(width, None, options["state"])
    if name == "lru":
        return LRU(width, options["state"], options["rMin"], options["rMax"], options["maxPhase"])
    raise ValueError(f"no twin of {name}; expected transformer, local, s4d or lru")


def optimiser_groups(model, rate, weight_decay):
    """Parameters with the factor on their learning rate and their weight decay, as models/ says."""
    groups = {}
    for name, parameter in model.named_parameters():
        factor, decays = 1.0, True
        own = name.rsplit(".", 1)[-1]
        if own == "bias" or ".norm" in name or name.startswith("norm."):
            decays = False
        elif own in ("log_step", "log_real", "imaginary"):
            factor, decays = 0.1, False
        elif own in ("nu", "theta", "log_gamma", "b"):
            factor, decays = 0.25, False
        groups.setdefault((factor, decays), []).append(parameter)
    return [
        {"params": parameters, "lr": rate * factor, "factor": factor, "weight_decay": weight_decay * decays}
        for (factor, decays), parameters in groups.items()
    ]


NAMES = {
    "embedding.weight": "embedding",
    "norm1.weight": "norm1.gain",
    "norm2.weight": "norm2.gain",
    "norm.weight": "norm.gain",
    "up.weight": "feedForward.up",
    "up.bias": "feedForward.upBias",
    "down.weight": "feedForward.down",
    "down.bias": "feedForward.downBias",
    "qkv.weight": "qkv",
    "qkv.bias": "qkvBias",
    "output.weight": "output",
    "output.bias": "outputBias",
    "log_step": "logDt",
    "log_real": "logReal",
    "imaginary": "imag",
    "log_gamma": "logGamma",
}


def name_in_models(name):
    """`blocks.0.mixer.qkv.weight` -> `block0.mixer.qkv`."""
    name = name.replace("blocks.", "block", 1)
    for own, theirs in NAMES.items():
        if name == own or name.endswith("." + own):
            return name[: len(name) - len(own)] + theirs
    return name


def load(model, values):
    """Sets every parameter from arrays by their names in models/; ValueError where the two differ."""
    own = {name_in_models(name): (name, parameter) for name, parameter in model.named_parameters()}
    if own.keys() != values.keys():
        raise ValueError(f"the twin and the model differ in {sorted(own.keys() ^ values.keys())}")
    for theirs, (name, parameter) in own.items():
        value = torch.as_tensor(values[theirs])
        if name.endswith(".c") and value.dim() == 4:
            value = value.permute(0, 2, 3, 1)  # real and imaginary part innermost
        elif name.endswith(".weight") and value.dim() == 2 and name != "embedding.weight":
            value = value.T
        if value.shape != parameter.shape:
            raise ValueError(f"{theirs} is {list(value.shape)}, expected {list(parameter.shape)}")
        parameter.data.copy_(value)
