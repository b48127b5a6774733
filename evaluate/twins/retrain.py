"""Trains the cell of a record of benchmark 1.0 again in PyTorch: same data, protocol and initial distributions, other
random numbers, none of this package's engine. A retrained cell is another seed of the same cell.

    npm run generate -- recall --tier lite --out data/recall-lite
    python3 evaluate/twins/retrain.py RECORD.json data/recall-lite --seed 101

The data of benchmark 1.0 is what the generators of the record's commit make. Selects on val/, opens test/ once, and writes into --out the predictions and a JSON that
evaluate/twins/report.ts compares with the record. Needs NumPy and PyTorch from 1.13; one thread
unless OMP_NUM_THREADS says otherwise.
"""

import argparse
import hashlib
import json
import math
import os
import re
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from models import Model, optimiser_groups


class Refused(Exception):
    """Input that this script cannot work with, in one sentence."""


class Split:
    def __init__(self, folder, name):
        def load(array):
            return np.load(folder / name / f"{array}.npy", allow_pickle=False)

        self.inputs = torch.from_numpy(load("inputs").astype(np.int64))  # [N, L]
        self.labels = torch.from_numpy(load("labels").astype(np.int64))  # [N]
        self.groups, self.distances = load("groups"), load("distances")


def read_json(path, expected):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read ({error}); expected {expected}") from None


def check(record, meta, data):
    """Refuses what is no finished run on this data, or what this script does not train."""
    spec, shape = record["spec"], meta["shape"]
    if record["status"] != "done":
        raise Refused(f"record {record['id']} has the status {record['status']}; expected done")
    if spec["benchmark"] != "1.0":
        raise Refused(
            f"record {record['id']} is of benchmark {spec['benchmark']}; expected one of 1.0,"
            " which has one answer per sequence and a cosine schedule"
        )
    if spec["regime"] == "spt" or "learningRates" in spec["protocol"]:
        raise Refused("expected a run from scratch at one learning rate")
    for split, expected in record["task"]["checksums"].items():
        # One checksum a split: of those of its files, in their order in meta.json.
        files = [file["sha256"] for name, file in meta["files"].items() if name.startswith(f"{split}/")]
        if hashlib.sha256("".join(files).encode()).hexdigest() != expected:
            raise Refused(f"{data} is not the data of record {record['id']}; generate {spec['task']} anew")
    if shape["documents"] != 1 or shape["readout"] != "query" or shape["padded"]:
        raise Refused(f"{spec['task']} has no twin; expected one unpadded sequence read out at its end")


def rate_factor(step, steps, warmup):
    """Linear warm-up, then a cosine to zero."""
    rise = round(steps * warmup)
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def shuffled(count):
    """Rows of the training split for ever, a permutation an epoch."""
    while True:
        yield from torch.randperm(count).tolist()


def predict(model, inputs, batch=64):
    with torch.no_grad():
        return torch.cat([model(rows).argmax(1) for rows in inputs.split(batch)])


def create_optimiser(model, protocol):
    groups = optimiser_groups(model, protocol["learningRate"], protocol["weightDecay"])
    return torch.optim.AdamW(groups, lr=protocol["learningRate"])


def train_step(model, optimiser, tokens, labels, protocol, scale):
    """One update at `scale` times the learning rate; -> the loss before it."""
    for group in optimiser.param_groups:
        group["lr"] = protocol["learningRate"] * group["factor"] * scale
    loss = F.cross_entropy(model(tokens), labels)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), protocol["clip"])
    optimiser.step()
    return loss.item()


def train(model, train_split, val_split, protocol, steps):
    """AdamW with clipped gradients; -> parameters of the best look at val/, and the looks."""
    optimiser = create_optimiser(model, protocol)
    order = shuffled(len(train_split.labels))
    looks = protocol["evaluations"]
    curve, kept, best, losses = [], None, -1.0, []
    for step in range(steps):
        rows = [next(order) for _ in range(protocol["batch"])]
        scale = rate_factor(step, steps, protocol["warmup"])
        batch = train_split.inputs[rows], train_split.labels[rows]
        losses.append(train_step(model, optimiser, *batch, protocol, scale))
        if not math.isfinite(losses[-1]):
            raise ArithmeticError(f"the loss became {losses[-1]} at step {step + 1}")
        if (step + 1) * looks // steps > step * looks // steps:
            accuracy = (predict(model, val_split.inputs) == val_split.labels).double().mean().item()
            mean = sum(losses) / len(losses)
            print(f"step {step + 1} of {steps}  loss {mean:.3f}  validation {accuracy:.3f}", flush=True)
            curve.append({"step": step + 1, "loss": mean, "validation": accuracy})
            losses = []
            if accuracy > best:
                best = accuracy
                kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)
    return curve


def right_in_groups(right, groups):
    """Right answers of each sibling group, in the order in which the split has them."""
    counts = {}
    for correct, group in zip(right.tolist(), groups.tolist()):
        counts[group] = counts.get(group, 0) + correct
    return list(counts.values())


def save(path, array):
    np.save(path, array)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def as_text(result):
    """JSON with numbers side by side, as the formatter of this repository wants it."""
    text = json.dumps(result, indent=2)
    lines = {"initial_indent": "    ", "subsequent_indent": "    ", "width": 100}
    numbers = lambda found: f"[\n{textwrap.fill(' '.join(found[1].split()), **lines)}\n  ]"
    return re.sub(r"\[([\d,\s]+)\]", numbers, text) + "\n"


def retrain(record, meta, data, seed, out):
    spec, shape = record["spec"], meta["shape"]
    protocol, distances = spec["protocol"], shape["distances"]
    matched = spec["regime"] == "scratch-matched"
    steps = protocol["steps"] + (protocol["pretrainSteps"] if matched else 0)
    torch.manual_seed(seed)
    model = Model(
        spec["model"],
        spec["modelOptions"],
        layers=spec["size"]["layers"],
        width=spec["size"]["width"],
        hidden=record["model"]["feedForward"],
        **{name: shape[name] for name in ("length", "vocabulary", "classes")},
    )
    parameters = sum(parameter.numel() for parameter in model.parameters())
    expected = record["model"]["parameters"] + record["model"]["positionParameters"]
    if parameters != expected:
        raise Refused(f"the twin has {parameters} parameters and record {record['id']} {expected}")

    begun = time.perf_counter()
    curve = train(model, Split(data, "train"), Split(data, "val"), protocol, steps)
    test = Split(data, "test")
    predictions = predict(model, test.inputs)
    seconds = time.perf_counter() - begun
    right = predictions == test.labels

    out.mkdir(parents=True, exist_ok=True)
    name = f"{spec['task']}-{spec['model']}-{spec['regime']}-{record['id']}-{seed}"
    best = max(curve, key=lambda look: look["validation"])
    result = {
        "schema": 1,
        "record": record["id"],
        "cell": {key: spec[key] for key in ("task", "tier", "model", "modelOptions", "regime")},
        "seed": seed,
        "parameters": parameters,
        "selectedStep": best["step"],
        "validation": best["validation"],
        "test": right.double().mean().item(),
        "distances": [
            {"distance": distance, "accuracy": right[torch.from_numpy(test.distances == distance)].double().mean().item()}
            for distance in distances
        ],
        "curve": curve,
        "seconds": round(seconds, 1),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "predictions": save(out / f"{name}.npy", predictions.numpy().astype(np.uint8)),
        "correct": right_in_groups(right, test.groups),
    }
    # Last, so that a twin with a JSON is whole.
    (out / f"{name}.json").write_text(as_text(result))
    print(f"{name}: test {result['test']:.3f}, " + " ".join(f"{d['distance']}:{d['accuracy']:.3f}" for d in result["distances"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", type=Path, help="JSON of the record whose cell is trained")
    parser.add_argument("data", type=Path, help="folder that npm run generate has made")
    parser.add_argument("--seed", type=int, required=True, help="of the initial values and the order of the data")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    try:
        record = read_json(args.record, "a record of leaderboards/runs")
        meta = read_json(args.data / "meta.json", "a folder that npm run generate has made")
        check(record, meta, args.data)
        retrain(record, meta, args.data, args.seed, args.out)
    except (Refused, ValueError) as error:
        print(f"retrain.py: {error}", file=sys.stderr)
        return 2
    except ArithmeticError as error:
        print(f"retrain.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
