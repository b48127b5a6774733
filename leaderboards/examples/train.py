"""Trains a PyTorch model on a data set of this benchmark and writes submissions of it.

    npm run generate -- recall --tier smoke --out data/recall-smoke
    python3 leaderboards/examples/train.py data/recall-smoke \\
        --out leaderboards/submissions/my-model --author "Your Name"

Reads the NPY files, trains on train/, selects on val/, opens test/ once, and writes model.onnx and
submission.json; with --predictions DIR a second submission, predictions.csv. Put your own model in the
place of `Model`. Needs NumPy and PyTorch from 1.13, and onnxscript with PyTorch from 2.5.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

TEMPLATE = Path(__file__).parent / "model" / "submission.json"


class Split:
    """A split: inputs [N, L], or [N, 2, L] of two documents, which are laid out as [N, 2 L]."""

    def __init__(self, folder, name, table):
        def load(array):
            return np.load(folder / name / f"{array}.npy", allow_pickle=False)

        inputs = load("inputs")
        documents = 1 if inputs.ndim == 2 else inputs.shape[1]
        self.inputs = torch.from_numpy(inputs.reshape(len(inputs), -1).astype(np.int64))
        self.labels = torch.from_numpy(load("labels").astype(np.int64))
        self.distances = load("distances")
        # Controlled tasks ask several questions. The last one is scored; the answers of the earlier
        # ones, at the places `asked` of the last document, teach as well.
        asked = table["asked"] if table else []
        start = (documents - 1) * inputs.shape[-1]
        self.places = [*(start + place for place in asked), self.inputs.shape[1] - 1]
        answers = [load("answers").astype(np.int64)] if asked else []
        self.answers = torch.from_numpy(np.column_stack([*answers, self.labels.numpy()]))


class Model(nn.Module):
    """A small Transformer; tokens [B, L] int32 -> logits [B, classes] of the last question."""

    def __init__(self, vocabulary, length, classes, readout, width=32, layers=2, heads=4):
        super().__init__()
        self.readout = readout
        self.embedding = nn.Embedding(vocabulary, width)
        # A step back by one token ties a key to the value after it.
        self.shift = nn.Linear(width, width, bias=False)
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def encode(self, tokens):
        x = self.embedding(tokens.long())
        before = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
        x = x + self.shift(before) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def answers(self, tokens, places):
        """Logits [B, A, classes] at some positions."""
        if self.readout == "query":
            return self.head(self.encode(tokens)[:, places])
        return self(tokens).unsqueeze(1)

    def forward(self, tokens):
        x = self.encode(tokens)
        if self.readout == "query":
            return self.head(x[:, -1])
        # Id 0 is padding, which the mean over positions leaves out.
        real = (tokens != 0).to(x.dtype).unsqueeze(2)
        return self.head((x * real).sum(1) / real.sum(1).clamp(min=1))

    def state_size(self, length):
        """Numbers that a causal recurrence would carry; the keys and values of attention."""
        return sum(2 * length * block.out.in_features for block in self.blocks)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        b, l, d = x.shape
        q, k, v = (
            part.reshape(b, l, self.heads, self.size).transpose(1, 2)
            for part in self.qkv(self.norm1(x)).chunk(3, dim=2)
        )
        scores = q @ k.transpose(2, 3) / math.sqrt(self.size)
        x = x + self.out((scores.softmax(3) @ v).transpose(1, 2).reshape(b, l, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


def predict(model, split, batch=64):
    model.eval()
    with torch.no_grad():
        logits = [model(split.inputs[i : i + batch]) for i in range(0, len(split.labels), batch)]
    return torch.cat(logits).argmax(1)


def train(model, train_split, val_split, steps, batch, rate, evaluations=10):
    """AdamW, warm-up and cosine, gradients clipped; the best of `evaluations` looks at val/."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    warmup = max(1, steps // 10)
    best, kept = -1.0, None
    order = iter(())
    for step in range(1, steps + 1):
        share = (step - warmup) / max(1, steps - warmup)
        scale = step / warmup if step < warmup else 0.5 * (1 + math.cos(math.pi * share))
        optimiser.param_groups[0]["lr"] = rate * scale
        rows = next(order, None)
        if rows is None:
            order = iter(torch.randperm(len(train_split.labels)).split(batch))
            rows = next(order)
        model.train()
        logits = model.answers(train_split.inputs[rows], train_split.places)
        loss = F.cross_entropy(logits.flatten(0, 1), train_split.answers[rows].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % max(1, steps // evaluations) == 0 or step == steps:
            accuracy = (predict(model, val_split) == val_split.labels).float().mean().item()
            print(f"step {step}  loss {loss.item():.3f}  validation {accuracy:.3f}", flush=True)
            if accuracy > best:
                best = accuracy
                kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)


def export(model, length, path, exporter):
    """One input `tokens` [batch, L] and one output `logits` [batch, classes], as the board wants."""
    model.eval()
    names = {"input_names": ["tokens"], "output_names": ["logits"]}
    tokens = torch.zeros(2, length, dtype=torch.int32)
    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    if exporter == "dynamo" and version >= (2, 5):
        batch = torch.export.Dim("batch")
        torch.onnx.export(
            model, (tokens,), str(path), dynamo=True, dynamic_shapes=({0: batch},),
            external_data=False, **names,
        )  # fmt: skip
        return
    axes = {"tokens": {0: "batch"}, "logits": {0: "batch"}}
    older = {"dynamo": False} if version >= (2, 5) else {}
    torch.onnx.export(model, (tokens,), str(path), dynamic_axes=axes, opset_version=16, **names, **older)


def describe(folder, kind, file, args, model, meta, tokens):
    """Writes submission.json, unless there is one, which is then yours to change."""
    path = folder / "submission.json"
    description = {
        "schema": 1,
        "benchmark": json.loads(TEMPLATE.read_text())["benchmark"],
        "kind": kind,
        "name": folder.resolve().name,
        "title": args.title or folder.resolve().name,
        "family": args.family,
        "authors": args.author,
        **({"code": args.code} if args.code else {}),
        "parameters": sum(p.numel() for p in model.parameters()),
        "stateSize": model.state_size(tokens),
        "results": [
            {
                "task": meta["task"],
                "tier": meta["tier"],
                "regime": "scratch",
                "seed": args.seed,
                "budget": {"pretrain": 0, "train": args.steps * args.batch * tokens},
                "file": file,
            }
        ],
    }
    text = json.dumps(description, indent=2) + "\n"
    if path.exists():
        print(f"{path} stays as it is; what this training would write there:\n{text}")
    else:
        path.write_text(text)
        print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="folder that npm run generate has made")
    parser.add_argument("--out", type=Path, required=True, help="folder of the submission, named as the model")
    parser.add_argument("--predictions", type=Path, help="folder of a second submission, of predictions")
    parser.add_argument("--author", action="append", required=True, help="as on the board (repeatable)")
    parser.add_argument("--title", help="of the model, as on the board")
    parser.add_argument("--family", default="attention")
    parser.add_argument("--code", help="https address of your code")
    parser.add_argument("--exporter", choices=["dynamo", "torchscript"], default="dynamo")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    meta = json.loads((args.data / "meta.json").read_text())
    shape = meta["shape"]
    tokens = shape["length"] * shape["documents"]

    torch.manual_seed(args.seed)
    model = Model(shape["vocabulary"], tokens, shape["classes"], shape["readout"])
    splits = [Split(args.data, name, shape.get("table")) for name in ("train", "val")]
    begun = time.time()
    train(model, *splits, args.steps, args.batch, args.rate)
    print(f"trained in {time.time() - begun:.0f} s")

    test = Split(args.data, "test", shape.get("table"))
    predictions = predict(model, test)
    right = (predictions == test.labels).numpy()
    print(f"test {right.mean():.3f} (chance {1 / shape['classes']:.3f})")
    for distance in shape["distances"]:
        print(f"  distance {distance}: {right[test.distances == distance].mean():.3f}")

    args.out.mkdir(parents=True, exist_ok=True)
    export(model, tokens, args.out / "model.onnx", args.exporter)
    print(f"wrote {args.out / 'model.onnx'}")
    describe(args.out, "model", "model.onnx", args, model, meta, tokens)
    if args.predictions:
        args.predictions.mkdir(parents=True, exist_ok=True)
        lines = [f"{index},{label}\n" for index, label in enumerate(predictions.tolist())]
        (args.predictions / "predictions.csv").write_text("index,prediction\n" + "".join(lines))
        print(f"wrote {args.predictions / 'predictions.csv'}")
        describe(args.predictions, "predictions", "predictions.csv", args, model, meta, tokens)


if __name__ == "__main__":
    sys.exit(main())
