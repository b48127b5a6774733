"""How twins start, their logits at given parameters, and their losses over some steps on one batch.

Reads JSON, a list of cases: what `Model` takes, the protocol, parameters by their names in models/ with
shapes and values, a seed, tokens [B][L], answers [B][questions], the places of the questions (null for one, or
for none) and a number of steps. Prints a list as long. A test compares it with what models/ and
evaluate/training/ compute.
"""

import json
import sys

import torch

from models import Model, load, name_in_models
from retrain import create_optimiser, train_step


def run(given):
    protocol = given["protocol"]
    tokens, answers = torch.tensor(given["tokens"]), torch.tensor(given["answers"])
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
    rate, places = protocol["learningRate"], given["places"]
    optimiser = create_optimiser(model, rate, protocol)
    losses = [
        train_step(model, optimiser, tokens, answers, places, rate, protocol["clip"])
        for _ in range(given["steps"])
    ]
    return {"start": start, "logits": logits, "losses": losses}


if __name__ == "__main__":
    print(json.dumps([run(given) for given in json.load(sys.stdin)]))
