"""Outputs of authors' own code, on parameters and inputs of mixers here.

    python3 authors.py CASES.json OUTPUTS.json

CASES.json has, by name of a mixer, `x` [B, L, d], `parameters`, each {"shape", "values"}, and
`options`. OUTPUTS.json gets the flat output of each, or {"problem": ...} where the package is missing
or fails. Numbers are float64 where the code allows it. Versions: evaluate/bench/peers/authors.txt.
"""

import json
import os
import sys
from unittest import mock

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def fill(module, **values):
    """Puts values into parameters and buffers of a module, by their paths with `__` for dots."""
    state = module.state_dict()
    with torch.no_grad():
        for path, value in values.items():
            state[path.replace("__", ".")].copy_(value)
    return module.eval()


def short(kernel):
    """A depthwise kernel [taps, channels] as nn.Conv1d keeps it."""
    return kernel.T.unsqueeze(1)


def transformer(x, p, o):
    width = x.shape[-1]
    attention = fill(
        nn.MultiheadAttention(width, o["heads"], batch_first=True),
        in_proj_weight=p["qkv"].T,
        in_proj_bias=p["qkvBias"],
        out_proj__weight=p["output"].T,
        out_proj__bias=p["outputBias"],
    )
    return attention(x, x, x, need_weights=False)[0]


def rotary(x, p, o):
    from x_transformers.x_transformers import Attention, RotaryEmbedding

    width, heads = x.shape[-1], o["heads"]
    channels = width // heads
    q, k, v = p["qkv"].T.chunk(3)

    def pairs(weight):
        """Channels that turn together side by side: here they are half a head apart."""
        return weight.view(heads, 2, channels // 2, width).transpose(1, 2).reshape(width, width)

    block = fill(
        Attention(width, heads=heads, dim_head=channels),
        to_q__weight=pairs(q),
        to_k__weight=pairs(k),
        to_v__weight=v,
        to_out__weight=p["output"].T,
    )
    positions = RotaryEmbedding(channels).double()
    return block(x, rotary_pos_emb=positions.forward_from_seq_len(x.shape[1]))


def reformer(x, p, o):
    from reformer_pytorch import LSHSelfAttention

    width, heads = x.shape[-1], o["heads"]
    qk, v = p["qv"].T.chunk(2)
    block = fill(
        LSHSelfAttention(
            width,
            heads=heads,
            bucket_size=o["chunk"],
            n_hashes=o["rounds"],
            attend_across_buckets=False,
            allow_duplicate_attention=False,
        ),
        # Its scores are divided by the root of a head's channels; keys have length 1 in any case.
        toqk__weight=qk * (width // heads) ** 0.5,
        tov__weight=v,
        to_out__weight=p["output"].T,
        to_out__bias=p["outputBias"],
    )
    hashed = block.lsh_attn.hash_vectors
    # Two buckets a chunk, as in the paper: the package has one.
    block.lsh_attn.hash_vectors = lambda buckets, vectors, **more: hashed(2 * buckets, vectors, **more)

    def directions(shape, **_):
        return p["directions"].reshape(shape)

    with mock.patch("torch.randn", directions):
        return block(x)


def linformer(x, p, o):
    from linformer import LinformerSelfAttention

    _, length, width = x.shape
    q, k, v = p["qkv"].T.chunk(3)
    block = fill(
        LinformerSelfAttention(width, length, k=o["rank"], heads=o["heads"]),
        to_q__weight=q,
        to_k__weight=k,
        to_v__weight=v,
        proj_k=p["mixKeys"],
        proj_v=p["mixValues"],
        to_out__weight=p["output"].T,
        to_out__bias=p["outputBias"],
    )
    return block(x)


def performer(x, p, o):
    from performer_pytorch import SelfAttention

    width, heads = x.shape[-1], o["heads"]
    weights, biases = p["qkv"].T.chunk(3), p["qkvBias"].chunk(3)
    block = SelfAttention(
        width,
        heads=heads,
        dim_head=width // heads,
        nb_features=o["features"],
        qkv_bias=True,
        attn_out_bias=True,
    )
    parts = zip(("to_q", "to_k", "to_v"), weights, biases)
    fill(
        block,
        **{f"{name}__{kind}": value for name, w, b in parts for kind, value in (("weight", w), ("bias", b))},
        fast_attention__projection_matrix=p["directions"],
        to_out__weight=p["output"].T,
        to_out__bias=p["outputBias"],
    )
    return block(x)


def nystromformer(x, p, o):
    from transformers import NystromformerConfig
    from transformers.models.nystromformer.modeling_nystromformer import NystromformerSelfAttention

    config = NystromformerConfig(
        hidden_size=x.shape[-1],
        num_attention_heads=o["heads"],
        num_landmarks=o["landmarks"],
        segment_means_seq_len=x.shape[1],
        conv_kernel_size=o["kernel"],
    )
    weights, biases = p["qkv"].T.chunk(3), p["qkvBias"].chunk(3)
    parts = zip(("query", "key", "value"), weights, biases)
    block = fill(
        NystromformerSelfAttention(config),
        **{f"{name}__{kind}": value for name, w, b in parts for kind, value in (("weight", w), ("bias", b))},
        conv__weight=p["skip"].T[:, None, :, None],
    )
    block.init_option = "exact"  # The default reads the whole batch.
    return block(x)[0] @ p["output"] + p["outputBias"]


def gmlp(x, p, o):
    from g_mlp_pytorch import gMLPBlock

    _, length, width = x.shape
    block = fill(
        gMLPBlock(dim=width, dim_ff=p["up"].shape[1], seq_len=length),
        proj_in__0__weight=p["up"].T,
        proj_in__0__bias=p["upBias"],
        sgu__norm__weight=p["norm.gain"],
        sgu__norm__bias=p["norm.bias"],
        sgu__weight=p["spatial"][None],
        sgu__bias=p["spatialBias"][None],
        proj_out__weight=p["down"].T,
        proj_out__bias=p["downBias"],
    )
    return block(x)


def s5(x, p, o):
    from s5.s5_model import apply_ssm, discretize_zoh

    rate = torch.complex(-p["logReal"].exp(), p["imag"])
    b = torch.complex(*p["b"].T.chunk(2))  # [P/2, d]
    forth, forth_im, back, back_im = p["c"].T.chunk(4, dim=1)  # The imaginary parts with the other sign.
    # The conjugate states double the output.
    c = 2 * torch.cat([torch.complex(forth, -forth_im), torch.complex(back, -back_im)], 1)
    rates, inputs = discretize_zoh(rate, b, p["logDt"].exp())
    z = torch.stack([apply_ssm(rates, inputs, c, p["d"], row, bidir=True)[0] for row in x])
    return F.glu(F.gelu(z) @ p["output"] + p["outputBias"])


def mamba(x, p, o):
    from mambapy.mamba import MambaBlock, MambaConfig

    config = MambaConfig(d_model=x.shape[-1], n_layers=1, d_state=o["state"])
    block = fill(
        MambaBlock(config),
        in_proj__weight=p["input"].T,
        conv1d__weight=short(p["kernel"]),
        conv1d__bias=p["kernelBias"],
        x_proj__weight=p["select"].T,
        dt_proj__weight=p["step"].T,
        dt_proj__bias=p["stepBias"],
        A_log=p["logA"].T,
        D=p["d"],
        out_proj__weight=p["output"].T,
    )
    return block(x)


def mamba2(x, p, o):
    from transformers import Mamba2Config
    from transformers.models.mamba2.modeling_mamba2 import Mamba2Mixer

    width, heads = x.shape[-1], o["heads"]
    config = Mamba2Config(
        hidden_size=width,
        num_heads=heads,
        head_dim=2 * width // heads,
        state_size=o["state"],
        n_groups=1,
        chunk_size=8,
        num_hidden_layers=1,
    )
    block = fill(
        Mamba2Mixer(config, layer_idx=0),
        in_proj__weight=p["input"].T,
        conv1d__weight=short(p["kernel"]),
        conv1d__bias=p["kernelBias"],
        dt_bias=p["stepBias"],
        A_log=p["logA"],
        D=p["d"],
        norm__weight=p["gain"],
        out_proj__weight=p["output"].T,
    )
    return block(x)


def mingru(x, p, o):
    from minGRU_pytorch import minGRU

    gate, hidden = p["input"].T.chunk(2)
    block = fill(
        minGRU(x.shape[-1], expansion_factor=o["expansion"]),
        to_hidden_and_gate__weight=torch.cat([hidden, gate]),
        to_out__weight=p["output"].T,
    )
    return block(x)


def hawk(x, p, o):
    from transformers import RecurrentGemmaConfig
    from transformers.models.recurrent_gemma.modeling_recurrent_gemma import RecurrentGemmaRecurrentBlock

    batch, length, width = x.shape
    config = RecurrentGemmaConfig(
        hidden_size=width,
        lru_width=p["rate"].shape[0],
        num_attention_heads=o["blocks"],
        hidden_activation="gelu",
        num_hidden_layers=1,
    )
    y, branch = p["input"].T.chunk(2)
    y_bias, branch_bias = p["inputBias"].chunk(2)
    forget, enter = p["gates"].chunk(2, dim=2)
    forget_bias, enter_bias = p["gatesBias"].squeeze(1).chunk(2, dim=1)
    block = fill(
        RecurrentGemmaRecurrentBlock(config, layer_idx=0),
        linear_y__weight=y,
        linear_y__bias=y_bias,
        linear_x__weight=branch,
        linear_x__bias=branch_bias,
        conv_1d__weight=short(p["convolution"]),
        conv_1d__bias=p["convolutionBias"],
        rg_lru__recurrent_gate_weight=forget,
        rg_lru__recurrent_gate_bias=forget_bias,
        rg_lru__input_gate_weight=enter,
        rg_lru__input_gate_bias=enter_bias,
        rg_lru__recurrent_param=-p["rate"],
        linear_out__weight=p["output"].T,
        linear_out__bias=p["outputBias"],
    )
    # From 1: the code leaves position 0 unscaled, the paper's formula does not.
    positions = torch.arange(1, length + 1).expand(batch, length)
    return block(x, positions, None, use_cache=False)[0]


def gated_deltanet(x, p, o):
    from fla.ops.gated_delta_rule.naive import naive_recurrent_gated_delta_rule

    batch, length, _ = x.shape
    heads = o["heads"]
    values = p["gate"].shape[1]
    projected = (x @ p["qkv"]).transpose(1, 2)
    mixed = F.conv1d(projected, short(p["kernel"]), padding=3, groups=projected.shape[1])
    mixed = F.silu(mixed[..., :length]).transpose(1, 2)
    split = mixed.split([values // 2, values // 2, values], 2)
    q, k, v = (part.reshape(batch, length, heads, -1) for part in split)
    unit = lambda t: t * torch.rsqrt((t * t).sum(-1, keepdim=True) + 1e-6)
    a, b = (x @ p["rates"]).chunk(2, 2)
    decay = -p["logA"].exp() * F.softplus(a + p["stepBias"])
    out, _ = naive_recurrent_gated_delta_rule(unit(q), unit(k), v, b.sigmoid(), decay)
    normal = F.rms_norm(out.double(), out.shape[-1:], p["gain"], 1e-5).reshape(batch, length, -1)
    return (normal * F.silu(x @ p["gate"])) @ p["output"]


def retnet(x, p, o):
    from fla.ops.retention.naive import naive_retention

    heads = o["heads"]
    split = lambda t: t.unflatten(2, (heads, -1)).transpose(1, 2)  # [B, H, L, channels]
    q, k = (split(t) for t in (x @ p["qk"]).chunk(2, dim=2))
    length, channels = q.shape[2:]
    # The rotation of the paper, e^(i n theta), of channels half a head apart.
    rates = 10_000.0 ** (-2 * torch.arange(channels // 2) / channels)
    turn = torch.polar(torch.ones(1), torch.arange(length).unsqueeze(1) * rates)

    def turned(t):
        z = torch.complex(*t.chunk(2, dim=3)) * turn
        return torch.cat([z.real, z.imag], 3)

    out = naive_retention(turned(q), turned(k), split(x @ p["v"])).transpose(1, 2)
    normal = F.layer_norm(out, out.shape[-1:]).flatten(2)
    return (normal * F.silu(x @ p["gate"])) @ p["output"]


def rwkv7(x, p, o):
    os.environ["RWKV_V7_ON"] = "1"
    from rwkv.model import RWKV_x070_TMix_one

    width, heads = x.shape[-1], o["heads"]
    channels = width // heads
    nothing = torch.empty(0)
    given = (
        *(p[f"{use}Shift"] for use in ("r", "decay", "k", "v", "rate", "gate")),
        *(p["decayBias"], p["decay"], p["decayOut"]),
        *(p["rateBias"], p["rate"], p["rateOut"]),
        # Of later layers alone: their share of the first layer's values.
        *(nothing, nothing, nothing),
        *(p["gate"], p["gateOut"], p["removal"], p["replacement"], p["bonus"]),
        *(p["r"], p["k"], p["v"], p["output"], p["gain"], p["bias"]),
    )
    rows = []
    for tokens in x:
        # The code keeps the state in float32.
        before, state, out = torch.zeros(width), torch.zeros(heads, channels, channels).float(), []
        for token in tokens:
            y, before, state, _ = RWKV_x070_TMix_one(0, heads, channels, token, before, nothing, state, *given)
            out.append(y)
        rows.append(torch.stack(out))
    return torch.stack(rows)


mixers = {
    "transformer": transformer,
    "rotary transformer": rotary,
    "reformer": reformer,
    "retnet": retnet,
    "rwkv7": rwkv7,
    "linformer": linformer,
    "performer": performer,
    "nystromformer": nystromformer,
    "gmlp": gmlp,
    "s5": s5,
    "mamba": mamba,
    "mamba2": mamba2,
    "mingru": mingru,
    "hawk": hawk,
    "gated-deltanet": gated_deltanet,
}


def tensor(given):
    return torch.tensor(given["values"]).reshape(given["shape"])


def main(cases_path, outputs_path):
    with open(cases_path) as file:
        cases = json.load(file)
    outputs = {}
    for name, case in cases.items():
        parameters = {key: tensor(value) for key, value in case["parameters"].items()}
        try:
            with torch.no_grad():
                y = mixers[name](tensor(case["x"]), parameters, case["options"])
            outputs[name] = y.flatten().tolist()
        except Exception as error:
            outputs[name] = {"problem": f"{type(error).__name__}: {error}"}
    with open(outputs_path, "w") as file:
        json.dump(outputs, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
