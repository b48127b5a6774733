"""Data sets as npm run generate writes them: arrays with checksums, rows in a seeded order."""

import hashlib
import io
import json

import numpy as np
import torch

# What a record's checksum of a split is made of, in this order.
CHECKED = ("inputs", "labels", "groups", "members", "distances")


class Refused(Exception):
    """Input that cannot be worked with, in one sentence."""


def read_json(path, expected):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read ({error}); expected {expected}") from None


def check_data(meta, folder, record):
    """Refuses another data set than the record's."""
    for split, expected in record["task"]["checksums"].items():
        sums = "".join(meta["files"][f"{split}/{array}.npy"]["sha256"] for array in CHECKED)
        if hashlib.sha256(sums.encode()).hexdigest() != expected:
            raise Refused(
                f"{folder} is not the data of record {record['id']}; generate {record['spec']['task']} anew"
            )


class Split:
    """Columns of a split, each checked against meta.json; `answers` of a row end with its label."""

    def __init__(self, meta, folder, name):
        def load(array):
            file = f"{name}/{array}.npy"
            try:
                data = (folder / file).read_bytes()
            except OSError as error:
                raise Refused(f"{folder / file} cannot be read ({error}); generate the data anew") from None
            if hashlib.sha256(data).hexdigest() != meta["files"][file]["sha256"]:
                raise Refused(f"{folder / file} was altered; generate the data anew")
            return np.load(io.BytesIO(data), allow_pickle=False)

        self.inputs = torch.from_numpy(load("inputs").astype(np.int64))  # [N, L]
        self.labels = torch.from_numpy(load("labels").astype(np.int64))  # [N]
        self.groups, self.members, self.distances = (load(key) for key in ("groups", "members", "distances"))
        self.answers = self.labels.unsqueeze(1)  # [N, questions]
        if places_of(meta):
            earlier = torch.from_numpy(load("answers").astype(np.int64))
            self.answers = torch.cat([earlier.view(len(earlier), -1), self.answers], 1)

    def groups_of_rows(self):
        """Numbers of the groups in the order in which they come first: [N]."""
        _, first, inverse = np.unique(self.groups, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[inverse.reshape(-1)]


def places_of(meta):
    """Where the questions of a sequence are answered, the last at its end; None for one question."""
    asked = meta["shape"].get("table", {}).get("asked", [])
    return [*asked, meta["shape"]["length"] - 1] if asked else None
