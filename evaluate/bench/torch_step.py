"""The training step of step.ts in PyTorch, eager, as one would write it by hand.

    python3 evaluate/bench/torch_step.py '{"layers": 2, "width": 64, ..., "threads": 1}'

"device": "cuda" trains on the GPU; "way" is "eager", "sdpa" (with PyTorch's fused attention) or "compiled"
(by torch.compile, with it too).

Prints a JSON line when it is ready. Then it trains a step for every line that it reads, and prints a
JSON line with the milliseconds and the loss.
"""

import json
import re
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from torch_models import build


def blas():
    """The library that multiplies matrices, from how PyTorch was built and what this process has loaded."""
    if "BLAS_INFO=mkl" in torch.__config__.show():
        return "mkl"
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        maps = open("/proc/self/maps").read()
    except OSError:
        return "unknown"
    for name, pattern in [("mkl", r"libmkl|libtorch_cpu.*mkl"), ("openblas", r"openblas"),
                          ("blis", r"libblis"), ("reference", r"/libblas\.so")]:
        if re.search(pattern, maps):
            return name
    return "built in"


def main():
    config = json.loads(sys.argv[1])
    threads, batch = config.pop("threads"), config.pop("batch")
    device, way = config.pop("device", "cpu"), config.pop("way", "eager")
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no CUDA device here.")
    if way != "eager" and not hasattr(torch, "compile"):
        sys.exit(f"PyTorch {torch.__version__} cannot do that: it takes 2.0 or newer.")
    if way == "sdpa" and config["model"] != "transformer":
        sys.exit("PyTorch's fused attention is for the Transformer.")
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = build(fused=way != "eager", **config).to(device)
    forward = torch.compile(model) if way == "compiled" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    tokens = torch.randint(config["vocabulary"], (batch, config["length"]), device=device)
    labels = torch.randint(config["classes"], (batch,), device=device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(forward(tokens), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    parameters = sum(parameter.numel() for parameter in model.parameters())
    ready = {
        "version": torch.__version__,
        "blas": blas(),
        "parameters": parameters,
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
    }
    print(json.dumps(ready), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        loss = step()
        milliseconds = (time.perf_counter() - start) * 1000
        print(json.dumps({"milliseconds": milliseconds, "loss": loss}), flush=True)


if __name__ == "__main__":
    main()
