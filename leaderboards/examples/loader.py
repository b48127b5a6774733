"""Batches of a data set of this benchmark in PyTorch, from its export in Parquet.

    npm run generate -- recall --tier smoke --out data/recall-smoke
    npm run generate -- export data/recall-smoke --format parquet --out data/recall-parquet
    python3 leaderboards/examples/loader.py data/recall-parquet

Needs PyTorch and the Hugging Face Hub's datasets.
"""
import sys

import torch
from datasets import load_dataset
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


def collate(rows):
    """Tokens [B, L], or [B, 2, L] of two documents, padded with 0 to the longest; labels, distances [B]."""
    names = [name for name in rows[0] if name.startswith("tokens")]
    tokens = pad_sequence([torch.tensor(row[name]) for row in rows for name in names], batch_first=True)
    return {
        "tokens": tokens if len(names) == 1 else tokens.unflatten(0, (len(rows), 2)),
        "labels": torch.tensor([row["label"] for row in rows]),
        "distances": torch.tensor([row["distance"] for row in rows]),
    }


def loaders(folder, batch=32):
    """A DataLoader for each split; the test split is for one look at the end."""
    files = {split: f"{folder}/{split}.parquet" for split in ("train", "val", "test")}
    data = load_dataset("parquet", data_files=files)
    return {
        split: DataLoader(rows, batch, shuffle=split == "train", collate_fn=collate)
        for split, rows in data.items()
    }


if __name__ == "__main__":
    for split, batches in loaders(sys.argv[1]).items():
        print(split, len(batches.dataset), {name: list(t.shape) for name, t in next(iter(batches)).items()})
