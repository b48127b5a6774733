"""Models of models/ in PyTorch that can be trained in their place: the same functions of the same
parameters from the same initial distributions, written by hand and sharing no code with them.

`load` takes parameters by the names and shapes of models/, so that a test can compare the functions.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from mixers import angles, create_mixer

EMBEDDING_STD = 0.02
SINUSOIDAL_AMPLITUDE = 0.2


class Levels(nn.Module):
    """Grey levels by a linear map of [value, whether it is hidden], ids 1 and up from black to white."""

    def __init__(self, vocabulary, width):
        super().__init__()
        self.vocabulary = vocabulary
        self.level = nn.Parameter(torch.empty(2, width))
        self.level_bias = nn.Parameter(torch.empty(width))

    def forward(self, tokens):
        value = 2 * (tokens - 1) / (self.vocabulary - 2) - 1
        hidden = (tokens == self.vocabulary).float()
        return torch.stack([value * (1 - hidden), hidden], -1) @ self.level + self.level_bias


class Block(nn.Module):
    """x + mixer(norm(x)), then x + feedForward(norm(x)), at the wanted places alone."""

    def __init__(self, mixer, width, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.mixer = mixer
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x, wanted=slice(None)):
        x = (x + self.mixer(self.norm1(x)))[:, wanted]
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    """tokens [B, L] -> logits [B, classes] of the mean over all tokens, or of the last one; with
    `places` in the sequence, of each of them: [B, places, classes]. No sequence is padded."""

    def __init__(
        self, name, options, layers, width, hidden, length, vocabulary, classes,
        input="tokens", readout="query", shift="none",
    ):  # fmt: skip
        super().__init__()
        self.pooled = readout == "pool"
        # One id more than the task has: the mask token of pretraining.
        self.embedding = Levels(vocabulary, width) if input == "levels" else nn.Embedding(vocabulary + 1, width)
        self.shift = nn.Linear(width, width, bias=False) if shift == "learned" else None
        positions = options.get("positions")
        self.positions = nn.Parameter(torch.empty(length, width)) if positions == "learned" else None
        table = None
        if positions == "sinusoidal":
            angle = angles(length, -(-width // 2), width)
            table = SINUSOIDAL_AMPLITUDE * torch.cat([angle.sin(), angle.cos()], 1)[:, :width].float()
        self.register_buffer("table", table, persistent=False)
        self.blocks = nn.ModuleList(
            Block(create_mixer(name, options, width, length, layers), width, hidden) for _ in range(layers)
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
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for parameter in self.embedding.parameters():
            nn.init.normal_(parameter, std=EMBEDDING_STD)
        if self.positions is not None:
            nn.init.normal_(self.positions, std=EMBEDDING_STD)

    def forward(self, tokens, places=None):
        x = self.embedding(tokens)
        if self.shift is not None:
            x = x + self.shift(F.pad(x[:, :-1], (0, 0, 1, 0)))
        for added in (self.positions, self.table):
            if added is not None:
                x = x + added
        for block in self.blocks[:-1]:
            x = block(x)
        if self.pooled:
            return self.classifier(self.norm(self.blocks[-1](x)).mean(1))
        answers = self.classifier(self.norm(self.blocks[-1](x, places or [-1])))
        return answers if places else answers[:, 0]


# Factor on the learning rate and whether weight decay applies, where it is not (1, True).
OWN_RATES = {
    **dict.fromkeys(("bias", "level_bias", "step_bias", "log_a", "gain"), (1, False)),
    **dict.fromkeys(("log_step", "log_real", "imaginary", "free"), (0.1, False)),
    **dict.fromkeys(("nu", "theta", "log_gamma", "b"), (0.25, False)),
}


def optimiser_groups(model, rate, weight_decay):
    """Parameters with the factor on their learning rate and their weight decay, as models/ says."""
    groups = {}
    for name, parameter in model.named_parameters():
        is_norm = ".norm" in name or name.startswith("norm.")
        own = (1, False) if is_norm else OWN_RATES.get(name.rsplit(".", 1)[-1], (1, True))
        groups.setdefault(own, []).append(parameter)
    return [
        {"params": parameters, "lr": rate * factor, "factor": factor, "weight_decay": weight_decay * decays}
        for (factor, decays), parameters in groups.items()
    ]


NAMES = {
    "embedding.weight": "embedding",
    "embedding.level": "level",
    "embedding.level_bias": "levelBias",
    "shift.weight": "shift",
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
    "free": "kernel",
    "step_bias": "stepBias",
    "log_a": "logA",
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
