"""Trains a PyTorch model on a data set of this benchmark and writes what a submission needs.

    npm run generate -- recall --tier smoke --out data/recall-smoke
    python3 leaderboards/examples/train.py data/recall-smoke --out my-model

Reads the NPY files, trains on train/, selects on val/, opens test/ once, and writes model.onnx and
predictions.csv. Put your own model in the place of `Model`. Needs NumPy and PyTorch from 1.13; tried
with Debian 12's python3-torch (1.13.1), whose ONNX export needs no other package.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Split:
    """A split: inputs [N, L], or [N, 2, L] of two documents, which are laid out as [N, 2 L]."""

    def __init__(self, folder, name):
        def load(array):
            return np.load(folder / name / f"{array}.npy", allow_pickle=False)

        inputs = load("inputs")
        self.inputs = torch.from_numpy(inputs.reshape(len(inputs), -1).astype(np.int64))
        self.labels = torch.from_numpy(load("labels").astype(np.int64))
        self.distances = load("distances")


class Model(nn.Module):
    """A small Transformer; tokens [B, L] int32 -> logits [B, classes]."""

    def __init__(self, vocabulary, length, classes, readout, width=32, layers=2, heads=4):
        super().__init__()
        self.readout = readout
        self.embedding = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        x = self.embedding(tokens.long()) + self.positions
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        if self.readout == "query":
            return self.head(x[:, -1])
        # Id 0 is padding, which the mean over positions leaves out.
        real = (tokens != 0).to(x.dtype).unsqueeze(2)
        return self.head((x * real).sum(1) / real.sum(1).clamp(min=1))


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
        loss = F.cross_entropy(model(train_split.inputs[rows]), train_split.labels[rows])
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


def export(model, length, path):
    """One input `tokens` [batch, L] and one output `logits` [batch, classes], as the board wants."""
    model.eval()
    torch.onnx.export(
        model,
        torch.zeros(2, length, dtype=torch.int32),
        str(path),
        input_names=["tokens"],
        output_names=["logits"],
        dynamic_axes={"tokens": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=16,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, help="folder that npm run generate has made")
    parser.add_argument("--out", type=Path, required=True, help="folder of the submission")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    shape = json.loads((args.data / "meta.json").read_text())["shape"]
    length = shape["length"] * shape["documents"]

    torch.manual_seed(args.seed)
    model = Model(shape["vocabulary"], length, shape["classes"], shape["readout"])
    train(model, Split(args.data, "train"), Split(args.data, "val"), args.steps, args.batch, args.rate)

    test = Split(args.data, "test")
    predictions = predict(model, test)
    right = (predictions == test.labels).numpy()
    print(f"test {right.mean():.3f}")
    for distance in shape["distances"]:
        print(f"  distance {distance}: {right[test.distances == distance].mean():.3f}")

    args.out.mkdir(parents=True, exist_ok=True)
    export(model, length, args.out / "model.onnx")
    lines = [f"{index},{label}\n" for index, label in enumerate(predictions.tolist())]
    (args.out / "predictions.csv").write_text("index,prediction\n" + "".join(lines))
    parameters = sum(p.numel() for p in model.parameters())
    budget = args.steps * args.batch * length
    print(f"parameters {parameters}, budget {{pretrain: 0, train: {budget}}} token-steps")


if __name__ == "__main__":
    main()
