"""Trains the cell of a record of benchmark 2.0 again in PyTorch: same data, protocol, learning rate and initial
distributions, other random numbers, none of this package's engine. A retrained cell is another seed of the same cell.

    npm run generate -- recall --tier lite --out data/recall-lite
    python3 evaluate/twins/retrain.py RECORD.json data/recall-lite --seed 101

Trains until the rule of the protocol says so (schedule.py), or as many steps as the record's run where those
were given (scratch-matched). Selects on val/, opens test/ once, and writes into --out the predictions and a JSON
that evaluate/twins/report.ts compares with the record. Needs NumPy and PyTorch; one thread unless
OMP_NUM_THREADS says otherwise. Twins of records of benchmark 1.0 were made by this script at the commit of that board.
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

from data import Refused, Split, check_data, places_of, read_json
from models import Model, optimiser_groups
from schedule import Schedule
from scores import right_in_groups, uses_of_rows

REGIMES = ("scratch", "scratch-matched")


def check(record, meta, data):
    """Refuses what is no finished run on this data, or what this script does not train."""
    spec, shape = record["spec"], meta["shape"]
    name = f"record {record['id']}"
    if record["status"] != "done":
        raise Refused(f"{name} has the status {record['status']}; expected done")
    if spec["benchmark"] != "2.0":
        raise Refused(f"{name} is of benchmark {spec['benchmark']}; expected 2.0")
    if spec["regime"] not in REGIMES:
        raise Refused(f"{name} has the regime {spec['regime']}; expected {' or '.join(REGIMES)}")
    check_data(meta, data, record)
    if shape["documents"] != 1 or shape["padded"]:
        raise Refused(f"{spec['task']} has no twin; expected one sequence without padding")


def shuffled(count):
    """Rows of the training split for ever, a permutation an epoch."""
    while True:
        yield from torch.randperm(count).tolist()


def predict(model, inputs, batch=64):
    with torch.no_grad():
        return torch.cat([model(rows).argmax(1) for rows in inputs.split(batch)])


def share_right(model, split, count=None):
    """Share of right answers to the last question among the first rows, which are a sample."""
    return (predict(model, split.inputs[:count]) == split.labels[:count]).double().mean().item()


def create_optimiser(model, rate, protocol):
    groups = optimiser_groups(model, rate, protocol["weightDecay"])
    return torch.optim.AdamW(groups, lr=rate)


def train_step(model, optimiser, tokens, answers, places, rate, clip):
    """One update at a learning rate on answers [B, questions]; -> the loss before it."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    loss = F.cross_entropy(model(tokens, places).flatten(0, -2), answers.flatten())
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimiser.step()
    return loss.item()


def train(model, train_split, val_split, places, protocol, rate, schedule):
    """AdamW with clipped gradients; -> the looks, and which was the best, whose parameters the model has."""
    optimiser = create_optimiser(model, rate, protocol)
    order = shuffled(len(train_split.labels))
    curve, kept, best, losses, done = [], None, None, [], 0
    while done < schedule.total:
        rows = [next(order) for _ in range(protocol["batch"])]
        batch = train_split.inputs[rows], train_split.answers[rows]
        losses.append(train_step(model, optimiser, *batch, places, rate * schedule.factor(done), protocol["clip"]))
        done += 1
        if not math.isfinite(losses[-1]):
            raise ArithmeticError(f"the loss became {losses[-1]} at step {done}")
        if not schedule.is_look(done):
            continue
        accuracy, mean = share_right(model, val_split, schedule.examples), sum(losses) / len(losses)
        curve.append({"step": done, "loss": mean, "validation": accuracy})
        losses = []
        # Among equals the later one stays, which has seen more of the decay.
        if best is None or accuracy >= best["validation"]:
            best = curve[-1]
            kept = {name: value.clone() for name, value in model.state_dict().items()}
        schedule.after_look(done, accuracy)
        print(f"step {done} of at most {schedule.total}  loss {mean:.3f}  validation {accuracy:.3f}", flush=True)
    model.load_state_dict(kept)
    return curve, best


def save(path, array):
    np.save(path, array)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def as_text(result):
    """JSON with numbers side by side, as the formatter of this repository wants it."""
    text = json.dumps(result, indent=2)
    lines = {"initial_indent": "    ", "subsequent_indent": "    ", "width": 100}
    numbers = lambda found: f"[\n{textwrap.fill(' '.join(found[1].split()), **lines)}\n  ]"
    return re.sub(r"\[([\d,\s]+)\]", numbers, text) + "\n"


def create_model(record, shape):
    spec = record["spec"]
    model = Model(
        spec["model"],
        spec["modelOptions"],
        layers=spec["size"]["layers"],
        width=spec["size"]["width"],
        shift=spec["size"].get("shift", "none"),
        hidden=record["model"]["feedForward"],
        **{name: shape[name] for name in ("length", "vocabulary", "classes", "input", "readout")},
    )
    parameters = sum(parameter.numel() for parameter in model.parameters())
    expected = record["model"]["parameters"] + record["model"]["positionParameters"]
    if parameters != expected:
        raise Refused(f"the twin has {parameters} parameters and record {record['id']} {expected}")
    return model, parameters


def schedule_of(record, meta, examples):
    """The rule's, or of exactly the record's steps, which another run gave it."""
    protocol, ending = record["spec"]["protocol"], record["result"]["ending"]
    matched = ending["reason"] == "matched"
    steps = ending["steps"] if matched else protocol["steps"]
    return Schedule(protocol, steps, matched, 1 / meta["shape"]["classes"], examples)


def scores_of(predictions, test, meta):
    """Accuracy, and use where groups are tables of questions, of the test split and by distance."""
    shape = meta["shape"]
    right = (predictions == test.labels).numpy()
    uses = uses_of_rows(predictions.numpy(), test, shape["table"]) if "table" in shape else None

    def of(rows):
        use = {} if uses is None else {"use": float(uses[rows].mean())}
        return {"accuracy": float(right[rows].mean()), **use}

    distances = [{"distance": d, **of(test.distances == d)} for d in shape["distances"]]
    return of(slice(None)), distances, right_in_groups(right, test)


def retrain(record, meta, data, seed, out):
    spec = record["spec"]
    torch.manual_seed(seed)
    model, parameters = create_model(record, meta["shape"])

    begun = time.perf_counter()
    validation = Split(meta, data, "val")
    looked = min(spec["protocol"].get("lookExamples", len(validation.labels)), len(validation.labels))
    schedule = schedule_of(record, meta, looked)
    rate = record["result"]["learningRate"]
    curve, best = train(
        model, Split(meta, data, "train"), validation, places_of(meta), spec["protocol"], rate, schedule
    )
    test = Split(meta, data, "test")
    predictions = predict(model, test.inputs)
    seconds = time.perf_counter() - begun
    whole, distances, correct = scores_of(predictions, test, meta)

    out.mkdir(parents=True, exist_ok=True)
    name = f"{spec['task']}-{spec['model']}-{spec['regime']}-{record['id']}-{seed}"
    ending = schedule.ending(best["validation"])
    result = {
        "schema": 1,
        "record": record["id"],
        "cell": {key: spec[key] for key in ("task", "tier", "model", "modelOptions", "regime")},
        "seed": seed,
        "parameters": parameters,
        "learningRate": rate,
        "ending": ending,
        "selectedStep": best["step"],
        "validation": share_right(model, validation),
        "test": whole["accuracy"],
        **({"use": whole["use"]} if "use" in whole else {}),
        "distances": distances,
        "curve": curve,
        "seconds": round(seconds, 1),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "predictions": save(out / f"{name}.npy", predictions.numpy().astype(np.uint8)),
        "correct": correct,
    }
    # Last, so that a twin with a JSON is whole.
    (out / f"{name}.json").write_text(as_text(result))
    by_distance = " ".join(f"{d['distance']}:{d.get('use', d['accuracy']):.3f}" for d in distances)
    print(f"{name}: {ending['reason']} after {ending['steps']} steps, test {whole['accuracy']:.3f} {by_distance}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", type=Path, help="JSON of the record whose cell is trained")
    parser.add_argument("data", type=Path, help="folder that npm run generate has made")
    parser.add_argument("--seed", type=int, required=True, help="of the initial values and the order of the data")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "leaderboards/twins")
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
