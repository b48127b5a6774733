"""Exports small PyTorch models for honest.test.ts: honest ones, architectures x exporters x batches x
opsets, and by both exporters each kind that a submission may not be.

    python3 test/evaluate/submissions/honest.py INPUTS.npy FOLDER COUNT

INPUTS.npy are tokens [N, L]. Writes COUNT honest models, each with PyTorch's own classes, into
FOLDER/list.json, and the others into FOLDER/refused.json.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
VOCABULARY, WIDTH, CLASSES = 32, 16, 4


class Last(nn.Module):
    """Embedding, a body [B, L, d] -> [B, L, d] (or a tuple that begins with it), the last position."""

    def __init__(self, body, finish=None):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.body, self.finish = body, finish
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, tokens):
        x = self.body(self.embedding(tokens.long()))
        logits = self.head((x[0] if isinstance(x, tuple) else x)[:, -1])
        return self.finish(logits) if self.finish else logits


class Over(nn.Module):
    """A module over channels first: [B, d, L]."""

    def __init__(self, *modules):
        super().__init__()
        self.modules_ = nn.Sequential(*modules)

    def forward(self, x):
        return self.modules_(x.transpose(1, 2)).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, scaled=False):
        super().__init__()
        self.qkv, self.scaled = nn.Linear(WIDTH, 3 * WIDTH), scaled

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, 2)
        if self.scaled:
            return nn.functional.scaled_dot_product_attention(q, k, v)
        return (q @ k.transpose(1, 2) / 4).softmax(2) @ v


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Half(nn.Module):
    """A body that computes in 16 bits."""

    def __init__(self, body):
        super().__init__()
        self.body = body.half()

    def forward(self, x):
        return self.body(x.half()).float()


def line(*modules):
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), *modules)


ARCHITECTURES = {
    "attention": lambda: Last(Attention()),
    "scaled attention": lambda: Last(Attention(True)),
    "multi-head": lambda: Last(nn.TransformerEncoderLayer(WIDTH, 2, 32, batch_first=True)),
    "lstm": lambda: Last(nn.LSTM(WIDTH, WIDTH, batch_first=True)),
    "gru": lambda: Last(nn.GRU(WIDTH, WIDTH, batch_first=True)),
    "rnn": lambda: Last(nn.RNN(WIDTH, WIDTH, batch_first=True)),
    "convolution": lambda: Last(Over(nn.Conv1d(WIDTH, WIDTH, 5, padding=2), nn.ReLU())),
    "dilated": lambda: Last(Over(nn.Conv1d(WIDTH, WIDTH, 3, padding=4, dilation=4), nn.GELU())),
    "batch norm": lambda: Last(Over(nn.BatchNorm1d(WIDTH), nn.Conv1d(WIDTH, WIDTH, 1))),
    "group norm": lambda: Last(Over(nn.GroupNorm(4, WIDTH), nn.SiLU())),
    "layer norm": lambda: Last(line(nn.LayerNorm(WIDTH), nn.Mish())),
    "dropout": lambda: Last(line(nn.Dropout(0.5), nn.ELU())),
    "running mean": lambda: Last(Function(lambda x: x.cumsum(1) / x.shape[1])),
    "mean": lambda: Last(Function(lambda x: x + x.mean(1, keepdim=True))),
    "largest": lambda: Last(Function(lambda x: x.amax(1, keepdim=True) + x)),
    "gated": lambda: Last(nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.GLU())),
    "einsum": lambda: Last(Function(lambda x: torch.einsum("bld,bmd->blm", x, x).softmax(2) @ x)),
    "float16": lambda: Last(Half(line(nn.ReLU(), nn.Linear(WIDTH, WIDTH)))),
    "softmaxed": lambda: Last(Attention(), lambda logits: logits.softmax(1)),
    "log-softmaxed": lambda: Last(line(nn.Tanh()), lambda logits: logits.log_softmax(1)),
}


# Oldest, middle and newest opset that each exporter writes.
OPSETS = {"dynamo": (18, 23, 26), "torchscript": (13, 17, 20)}
EXPORTS = [
    (exporter, fixed, OPSETS[exporter][age])
    for age in (1, 2, 0)
    for fixed in (False, True)
    for exporter in OPSETS
]


def settings():
    """Every architecture with every way to export it; both turn, so that few models differ most."""
    for turn in range(len(EXPORTS)):
        for number, name in enumerate(ARCHITECTURES):
            yield name, *EXPORTS[(number + turn) % len(EXPORTS)]


class Whole(nn.Module):
    """A model whose answer is a function of its logits at every position, [B, L, classes]."""

    def __init__(self, answer, classes=CLASSES):
        super().__init__()
        self.embedding, self.head = nn.Embedding(VOCABULARY, WIDTH), nn.Linear(WIDTH, classes)
        self.answer = answer

    def forward(self, tokens):
        return self.answer(self.head(self.embedding(tokens.long())))


class Pair(nn.Module):
    """A model of two inputs."""

    def __init__(self):
        super().__init__()
        self.model = Last(Function(lambda x: x))

    def forward(self, tokens, more):
        return self.model(tokens) + self.model(more)


def over_batch(x):
    return (x - x.mean((0, 1))) / x.std((0, 1))


# What no submission may be.
REFUSED = {
    "batch statistics": lambda: Last(Function(over_batch)),
    "row before": lambda: Last(Function(lambda x: x + x.roll(1, 0))),
    "place in the batch": lambda: Last(Function(lambda x: x * torch.ones_like(x).cumsum(0))),
    "noise": lambda: Last(Function(lambda x: x + torch.randn_like(x))),
    "every position": lambda: Whole(lambda y: y),
    "class alone": lambda: Whole(lambda y: y[:, -1].argmax(-1)),
    "half precision": lambda: Whole(lambda y: y[:, -1].half()),
    "five classes": lambda: Whole(lambda y: y[:, -1], CLASSES + 1),
    "two inputs": Pair,
    "two outputs": lambda: Whole(lambda y: (y[:, -1], y)),
}


def export(model, inputs, path, exporter, fixed, opset):
    count = 2 if isinstance(model, Pair) else 1
    tokens = (torch.from_numpy(inputs[:3].astype(np.int32)),) * count
    common = {
        "input_names": ["tokens", "more"][:count],
        "output_names": ["logits"],
        "opset_version": opset,
        "dynamo": exporter == "dynamo",
    }
    if exporter == "dynamo":
        shapes = None if fixed else ({0: torch.export.Dim("batch")},) * count
        torch.onnx.export(model, tokens, str(path), dynamic_shapes=shapes, verbose=False, **common)
    else:
        axes = None if fixed else {name: {0: "batch"} for name in (*common["input_names"], "logits")}
        torch.onnx.export(model, tokens, str(path), dynamic_axes=axes, **common)


def make_refused(inputs, folder):
    """Each kind by both exporters, or the first line of what an exporter says of it."""
    made = []
    for name, create in REFUSED.items():
        for exporter, (_, opset, _) in OPSETS.items():
            torch.manual_seed(0)
            file = f"{exporter}-{name.replace(' ', '-')}.onnx"
            entry = {"name": name, "exporter": exporter, "file": file}
            try:
                export(create().eval(), inputs, folder / file, exporter, False, opset)
            except Exception as error:  # noqa: BLE001: an exporter may refuse it first
                entry["unexported"] = str(error).strip().splitlines()[0]
            made.append(entry)
    (folder / "refused.json").write_text(json.dumps(made))


def main():
    inputs, folder, count = np.load(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    make_refused(inputs, folder)
    tokens = torch.from_numpy(inputs.astype(np.int32))
    made = []
    for number, (name, exporter, fixed, opset) in enumerate(settings()):
        if len(made) == count:
            break
        torch.manual_seed(number)
        model = ARCHITECTURES[name]().eval()
        label = f"{name}, {exporter}, {'fixed' if fixed else 'open'}, opset {opset}"
        path = folder / f"m{number}.onnx"
        try:
            export(model, inputs, path, exporter, fixed, opset)
            # An exporter may write a file that breaks the standard.
            onnx.checker.check_model(str(path))
        except Exception as error:  # noqa: BLE001: an exporter may lack an operator at an opset
            print(f"no export: {label}: {str(error).splitlines()[0][:150]}", file=sys.stderr)
            continue
        with torch.no_grad():
            logits = model(tokens)
        made.append(
            {
                "name": label,
                "file": path.name,
                "classes": logits.argmax(1).tolist(),
                # How far the best class is before the second: ties may turn by rounding.
                "margin": (logits.topk(2).values @ torch.tensor([1.0, -1.0])).tolist(),
            }
        )
        (folder / "list.json").write_text(json.dumps(made))


if __name__ == "__main__":
    main()
