"""Scores of predictions, by their definitions: accuracy and, of tables of questions, use."""

import numpy as np


def right_in_groups(right, split):
    """Right answers of each sibling group: [G]."""
    return np.bincount(split.groups_of_rows(), weights=right).astype(int).tolist()


def uses_of_rows(predictions, split, table):
    """Use of the group of each row: [N]. With hits H and false alarms A of question i over all states e
    of the group, f the answers and y the labels (leaderboards/statistics/use.ts),

        U_i = (H - A) / (1 - P),  H = mean_e [f(e, i) = y(e, i)],  A = mean_e, j != i [f(e, j) = y(e, i)],

    where P is A of perfect answers; the group's is the mean over its questions."""
    states, questions = table["states"], table["questions"]
    groups, members = split.groups_of_rows(), split.members
    count = groups.max() + 1

    def tabled(values):
        found = np.full((count, states * questions), -1)
        found[groups, members] = values
        if (found < 0).any():
            raise ValueError("a group of the test split lacks a row of its table; generate the data anew")
        return found.reshape(count, states, questions)

    labels, answers = tabled(split.labels.numpy()), tabled(predictions)
    others = ~np.eye(questions, dtype=bool)

    def alarms(given):  # [G, Q]
        same = given[:, :, None, :] == labels[:, :, :, None]  # [G, E, i, j]
        return (same & others).sum(3).mean(1) / (questions - 1)

    hits = (answers == labels).mean(1)
    uses = (hits - alarms(answers)) / (1 - alarms(labels))
    return uses.mean(1)[groups]
