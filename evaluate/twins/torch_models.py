"""Models of models/ in PyTorch, eager, as one would write them by hand from their papers.

Each has the parameters of its namesake there with default options, to the number, but not its
initial values: these are compared for speed.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Softmax attention (Vaswani et al. 2017)."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each [B, H, L, dh]
        mixed = self.mix(query, key, value)
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))

    def mix(self, query, key, value):
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        return torch.softmax(scores, dim=-1) @ value


class FusedAttention(Attention):
    """The same by PyTorch's own kernel, of PyTorch 2 and newer."""

    def mix(self, query, key, value):
        return F.scaled_dot_product_attention(query, key, value)


class LocalAttention(Attention):
    """Keys with |i - j| <= window, block by block (Longformer without global tokens)."""

    window = 16

    def mix(self, query, key, value):
        batch, heads, length, channels = query.shape
        size = min(self.window, length)
        count = -(-length // size)
        fill = count * size - length
        query = F.pad(query, (0, 0, 0, fill)).view(batch, heads, count, size, channels)
        key, value = (
            F.pad(x, (0, 0, size, size + fill)).unfold(2, 3 * size, size).transpose(-2, -1)
            for x in (key, value)
        )  # [B, H, n, 3 size, dh]
        scores = query @ key.transpose(-2, -1) / math.sqrt(channels)
        numbers = torch.arange(max(count, 3) * size, device=query.device)
        row = numbers[: count * size].view(count, size, 1)
        column = numbers[:count].view(count, 1, 1) * size - size + numbers[: 3 * size]
        seen = ((row - column).abs() <= self.window) & (column >= 0) & (column < length)
        weights = torch.softmax(scores.masked_fill(~seen, -1e9), dim=-1)
        return (weights @ value).reshape(batch, heads, count * size, channels)[:, :, :length]


class LinearAttention(Attention):
    """Katharopoulos et al. 2020, bidirectional."""

    def mix(self, query, key, value):
        query, key = F.elu(query) + 1, F.elu(key) + 1
        total = query @ key.sum(dim=2).unsqueeze(-1) + 1e-6
        return query @ (key.transpose(-2, -1) @ value) / total


class ConvolutionBlock(nn.Module):
    """GLU(GELU(K * x + D x) W + b), convolved by FFT; `kernels` of a length are for earlier and for
    later tokens, each [d, L]: weights of distances 0, 1, ... and of 1, 2, ..."""

    def __init__(self, width):
        super().__init__()
        self.d = nn.Parameter(torch.randn(width))
        self.output = nn.Linear(width, 2 * width)

    def forward(self, x):
        length = x.shape[1]
        after, before = self.kernels(length)
        kernel = F.pad(after, (0, length)) + F.pad(before.flip(-1), (length, 0))
        spectrum = torch.fft.rfft(kernel, n=2 * length)
        x = x.transpose(1, 2)
        y = torch.fft.irfft(torch.fft.rfft(x, n=2 * length) * spectrum, n=2 * length)
        y = y[..., :length] + x * self.d.unsqueeze(-1)
        # Contiguous, or the gradient of gelu is garbage in PyTorch 1.13: it mixes up strides.
        return F.glu(self.output(F.gelu(y.transpose(1, 2).contiguous())), dim=-1)


class S4D(ConvolutionBlock):
    """Gu et al. 2022, S4D-Lin, bidirectional."""

    def __init__(self, width, heads, state=64):
        super().__init__(width)
        pairs = state // 2
        steps = torch.rand(width) * (math.log(0.1) - math.log(0.001)) + math.log(0.001)
        self.log_step = nn.Parameter(steps)
        self.log_real = nn.Parameter(torch.full((width, pairs), math.log(0.5)))
        self.imaginary = nn.Parameter(math.pi * torch.arange(pairs).repeat(width, 1).float())
        self.c = nn.Parameter(torch.randn(2, width, pairs, 2) * math.sqrt(0.5))

    def kernels(self, length):
        rates = torch.complex(-torch.exp(self.log_real), self.imaginary)
        steps = rates * torch.exp(self.log_step).unsqueeze(-1)
        powers = torch.exp(steps.unsqueeze(-1) * torch.arange(length, device=rates.device))  # [d, N/2, L]
        weights = torch.view_as_complex(self.c) * (torch.exp(steps) - 1) / rates
        return 2 * torch.einsum("chn,hnl->chl", weights, powers).real


class Mamba(nn.Module):
    """Gu, Dao 2023, its scan token by token, as in the authors' reference implementation."""

    def __init__(self, width, heads, state=16, expand=2, taps=4):
        super().__init__()
        inner = expand * width
        self.state, self.rank = state, -(-width // 16)
        self.input = nn.Linear(width, 2 * inner, bias=False)
        self.convolution = nn.Conv1d(inner, inner, taps, groups=inner, padding=taps - 1)
        self.select = nn.Linear(inner, self.rank + 2 * state, bias=False)
        self.step = nn.Linear(self.rank, inner)
        rates = torch.arange(1, state + 1).float().repeat(inner, 1)
        self.log_a = nn.Parameter(torch.log(rates))
        self.d = nn.Parameter(torch.ones(inner))
        self.output = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        length = x.shape[1]
        u, z = self.input(x).chunk(2, dim=-1)
        u = F.silu(self.convolution(u.transpose(1, 2))[..., :length].transpose(1, 2))
        low, write, read = self.select(u).split([self.rank, self.state, self.state], dim=-1)
        step = F.softplus(self.step(low))  # [B, L, E]
        decay = torch.exp(step.unsqueeze(-1) * -torch.exp(self.log_a))  # [B, L, E, N]
        value = (step * u).unsqueeze(-1) * write.unsqueeze(2)
        state = torch.zeros_like(decay[:, 0])
        outputs = []
        # unbind, not indexing: the gradient of an index is as large as the whole sequence.
        for a, b, c in zip(decay.unbind(1), value.unbind(1), read.unbind(1)):
            state = a * state + b
            outputs.append((state @ c.unsqueeze(-1)).squeeze(-1))
        y = torch.stack(outputs, dim=1) + u * self.d
        return self.output(y * F.silu(z))


class Block(nn.Module):
    def __init__(self, mixer, width, heads, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.mixer = mixer(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x):
        x = x + self.mixer(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    def __init__(self, mixer, layers, width, heads, hidden, length, vocabulary, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary + 1, width)
        # Those that mix by content have learned positions.
        has_positions = issubclass(mixer, Attention)
        self.positions = nn.Parameter(torch.randn(length, width)) if has_positions else None
        self.blocks = nn.Sequential(*[Block(mixer, width, heads, hidden) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        x = self.embedding(tokens)
        if self.positions is not None:
            x = x + self.positions
        return self.head(self.norm(self.blocks(x)).mean(dim=1))


MIXERS = {
    "transformer": Attention,
    "local": LocalAttention,
    "linear-attention": LinearAttention,
    "s4d": S4D,
    "mamba": Mamba,
}


def build(model="transformer", fused=False, **shape):
    fuses = fused and model == "transformer" and hasattr(F, "scaled_dot_product_attention")
    return Model(FusedAttention if fuses else MIXERS[model], **shape)
