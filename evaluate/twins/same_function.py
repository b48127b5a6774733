"""How a twin starts, its logits at given parameters, and its losses over some steps on one batch.

Reads JSON: what `Model` takes, the protocol, parameters by their names in models/ with shapes and
values, a seed, tokens [B][L], labels [B] and a number of steps; prints JSON. A test compares what it prints
with what models/ and evaluate/training/ compute.
"""

import json
import sys

import torch

from models import Model, load, name_in_models
from retrain import create_optimiser, train_step


def main():
    given = json.load(sys.stdin)
    protocol = given["protocol"]
    tokens, labels = torch.tensor(given["tokens"]), torch.tensor(given["labels"])
    torch.manual_seed(given["seed"])
    model = Model(**given["model"])
    start = {
        name_in_models(name): [parameter.mean().item(), parameter.std(unbiased=False).item()]
        for name, parameter in model.named_parameters()
    }
    load(
        model,
        {
            name: torch.tensor(parameter["values"]).reshape(parameter["shape"])
            for name, parameter in given["parameters"].items()
        },
    )
    with torch.no_grad():
        logits = model(tokens).flatten().tolist()
    optimiser = create_optimiser(model, protocol)
    losses = [
        train_step(model, optimiser, tokens, labels, protocol, 1) for _ in range(given["steps"])
    ]
    print(json.dumps({"start": start, "logits": logits, "losses": losses}))


if __name__ == "__main__":
    main()
