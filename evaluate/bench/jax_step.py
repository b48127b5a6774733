"""The training step of torch_step.py in JAX, jitted as a whole, from the same initial values and data.

    PYTHONPATH=evaluate/twins python3 evaluate/bench/jax_step.py '{"layers": 2, "width": 64, ..., "threads": 1}'

It speaks as torch_step.py does. Models are functions of the parameters of torch_models.py, under their
names there, so that losses of both can be compared; Mamba's scan is lax.associative_scan.
"""

import json
import os
import sys
import time

config = json.loads(sys.argv[1])
threads, batch, model = config.pop("threads"), config.pop("batch"), config.pop("model")
config.pop("way", None), config.pop("device", None)
if hasattr(os, "sched_setaffinity"):  # XLA starts a thread for each core that it may use.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

import jax
import jax.numpy as jnp
import torch
from jax import lax

from torch_models import LocalAttention, build


def linear(p, name, x):
    y = x @ p[f"{name}.weight"].T
    return y + p[f"{name}.bias"] if f"{name}.bias" in p else y


def norm(p, name, x):
    x = x - x.mean(-1, keepdims=True)
    x = x * lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    return x * p[f"{name}.weight"] + p[f"{name}.bias"]


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


def transformer(q, k, v):
    return jax.nn.softmax(q @ jnp.swapaxes(k, -2, -1) * q.shape[-1] ** -0.5, -1) @ v


def local(q, k, v):
    window = LocalAttention.window
    b, h, length, channels = q.shape
    size = min(window, length)
    count = -(-length // size)
    fill = count * size - length
    q = jnp.pad(q, ((0, 0), (0, 0), (0, fill), (0, 0))).reshape(b, h, count, size, channels)

    def around(x):
        blocks = jnp.pad(x, ((0, 0), (0, 0), (size, size + fill), (0, 0)))
        blocks = blocks.reshape(b, h, count + 2, size, channels)
        return jnp.concatenate([blocks[:, :, i : i + count] for i in range(3)], 3)

    k, v = around(k), around(v)
    block = jnp.arange(count)[:, None, None] * size
    row, column = block + jnp.arange(size)[:, None], block - size + jnp.arange(3 * size)
    seen = (abs(row - column) <= window) & (column >= 0) & (column < length)
    scores = jnp.where(seen, q @ jnp.swapaxes(k, -2, -1) * channels**-0.5, -1e9)
    mixed = jax.nn.softmax(scores, -1) @ v
    return mixed.reshape(b, h, count * size, channels)[:, :, :length]


def linear_attention(q, k, v):
    q, k = jax.nn.elu(q) + 1, jax.nn.elu(k) + 1
    total = q @ k.sum(2)[..., None] + 1e-6
    return q @ (jnp.swapaxes(k, -2, -1) @ v) / total


def attention(mix):
    def mixer(p, name, x):
        b, length, width = x.shape
        heads = config["heads"]
        qkv = linear(p, f"{name}.qkv", x).reshape(b, length, 3, heads, width // heads)
        mixed = mix(*jnp.transpose(qkv, (2, 0, 3, 1, 4)))
        return linear(p, f"{name}.output", jnp.swapaxes(mixed, 1, 2).reshape(b, length, width))

    return mixer


def s4d(p, name, x):
    length = x.shape[1]
    rates = -jnp.exp(p[f"{name}.log_real"]) + 1j * p[f"{name}.imaginary"]
    steps = rates * jnp.exp(p[f"{name}.log_step"])[:, None]
    powers = jnp.exp(steps[..., None] * jnp.arange(length))
    c = p[f"{name}.c"]
    weights = (c[..., 0] + 1j * c[..., 1]) * (jnp.exp(steps) - 1) / rates
    after, before = 2 * jnp.einsum("chn,hnl->chl", weights, powers).real
    kernel = jnp.pad(after, ((0, 0), (0, length))) + jnp.pad(before[:, ::-1], ((0, 0), (length, 0)))
    x = jnp.swapaxes(x, 1, 2)
    spectrum = jnp.fft.rfft(x, n=2 * length) * jnp.fft.rfft(kernel, n=2 * length)
    y = jnp.fft.irfft(spectrum, n=2 * length)[..., :length] + x * p[f"{name}.d"][:, None]
    value, gate = jnp.split(linear(p, f"{name}.output", gelu(jnp.swapaxes(y, 1, 2))), 2, -1)
    return value * jax.nn.sigmoid(gate)


def mamba(p, name, x):
    length = x.shape[1]
    u, z = jnp.split(linear(p, f"{name}.input", x), 2, -1)
    kernel = p[f"{name}.convolution.weight"][:, 0]  # [E, taps]
    taps = kernel.shape[1]
    filled = jnp.pad(u, ((0, 0), (taps - 1, 0), (0, 0)))
    u = sum(filled[:, t : t + length] * kernel[:, t] for t in range(taps))
    u = jax.nn.silu(u + p[f"{name}.convolution.bias"])
    state = p[f"{name}.log_a"].shape[1]
    selected = linear(p, f"{name}.select", u)
    low, write, read = jnp.split(selected, [selected.shape[-1] - 2 * state, selected.shape[-1] - state], -1)
    step = jax.nn.softplus(linear(p, f"{name}.step", low))
    decay = jnp.exp(step[..., None] * -jnp.exp(p[f"{name}.log_a"]))  # [B, L, E, N]
    value = (step * u)[..., None] * write[:, :, None]
    combine = lambda before, after: (before[0] * after[0], after[0] * before[1] + after[1])
    _, states = lax.associative_scan(combine, (decay, value), axis=1)
    y = jnp.einsum("blen,bln->ble", states, read) + u * p[f"{name}.d"]
    return linear(p, f"{name}.output", y * jax.nn.silu(z))


mixers = {
    "transformer": attention(transformer),
    "local": attention(local),
    "linear-attention": attention(linear_attention),
    "s4d": s4d,
    "mamba": mamba,
}


def logits(p, tokens):
    x = p["embedding.weight"][tokens]
    if "positions" in p:
        x = x + p["positions"]
    for layer in range(config["layers"]):
        block = f"blocks.{layer}"
        x = x + mixers[model](p, f"{block}.mixer", norm(p, f"{block}.norm1", x))
        hidden = gelu(linear(p, f"{block}.up", norm(p, f"{block}.norm2", x)))
        x = x + linear(p, f"{block}.down", hidden)
    return linear(p, "head", norm(p, "norm", x).mean(1))


def loss_of(p, tokens, labels):
    rows = jax.nn.log_softmax(logits(p, tokens))
    return -jnp.take_along_axis(rows, labels[:, None], 1).mean()


@jax.jit
def train_step(p, means, squares, count, tokens, labels):
    """AdamW after gradients are clipped to length 1, as torch_step.py has it."""
    loss, gradients = jax.value_and_grad(loss_of)(p, tokens, labels)
    length = jnp.sqrt(sum((g * g).sum() for g in gradients.values()))
    scale = jnp.minimum(1, 1 / (length + 1e-6))
    rate, decay, count = 1e-3, 0.01, count + 1
    for name, gradient in gradients.items():
        g = gradient * scale
        means[name] = 0.9 * means[name] + 0.1 * g
        squares[name] = 0.999 * squares[name] + 0.001 * g * g
        root = jnp.sqrt(squares[name] / (1 - 0.999**count)) + 1e-8
        p[name] = p[name] * (1 - rate * decay) - rate * means[name] / (1 - 0.9**count) / root
    return p, means, squares, count, loss


def main():
    torch.manual_seed(0)
    start = build(model=model, **config).state_dict()
    tokens = jnp.array(torch.randint(config["vocabulary"], (batch, config["length"])).numpy())
    labels = jnp.array(torch.randint(config["classes"], (batch,)).numpy())
    p = {name: jnp.array(value.numpy()) for name, value in start.items()}
    zeros = lambda: {name: jnp.zeros_like(value) for name, value in p.items()}
    state = (p, zeros(), zeros(), jnp.zeros(()))
    ready = {
        "version": jax.__version__,
        "blas": "xla",
        "parameters": sum(value.size for value in p.values()),
        "device": "cpu",
    }
    print(json.dumps(ready), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        *state, loss = train_step(*state, tokens, labels)
        jax.block_until_ready(state)
        milliseconds = (time.perf_counter() - begin) * 1000
        print(json.dumps({"milliseconds": milliseconds, "loss": loss.item()}), flush=True)


if __name__ == "__main__":
    main()
