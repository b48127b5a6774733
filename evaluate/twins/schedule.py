"""The learning rate of each step and the end of a training, as evaluate/training/schedule.ts has them
and independent of it: warm-up, a stable phase at the full rate, a linear decay (WSD; Hu et al. 2024,
https://arxiv.org/abs/2404.06395). The stable phase ends

    solved    once two looks in a row have at least 99.5 % right
    plateau   once the accuracy has left chance and has not risen by a standard error for `patience`
              looks and a quarter of the steps done
    budget    when the decay must begin to fit into the largest number of steps
    matched   when the decay must begin, the number of steps being given
"""

import math

SOLVED = 0.995


def standard_error(share, examples):
    edge = 1 / (examples + 1)
    inside = min(1 - edge, max(edge, share))
    return math.sqrt(inside * (1 - inside) / examples)


class Schedule:
    """`factor` of a step's learning rate, `is_look` after so many steps, `total` steps as far as known."""

    def __init__(self, protocol, steps, matched, chance, examples):
        """`steps`: the largest number, or the exact one if `matched`; `examples` of a look."""
        self.steps, self.chance, self.examples = steps, chance, examples
        self.warmup = math.floor(protocol["steps"] * protocol["warmup"] + 0.5)
        self.every, self.patience, self.share = (protocol[key] for key in ("lookEvery", "patience", "decay"))
        # The last step at which the decay fits, but for rounding, which belongs to the protocol.
        self.latest = max(1, math.floor(steps / (1 + self.share)))
        while self.latest > 1 and self.latest + math.ceil(self.latest * self.share) > steps:
            self.latest -= 1
        self.solved, self.risen = 0, None
        self.matched = matched
        self.reason = "matched" if matched else None
        self.begin, self.total = (self.latest if matched else None), steps

    def factor(self, step):
        rise = min(1, (step + 1) / self.warmup) if self.warmup else 1
        if self.begin is None or step < self.begin:
            return rise
        return min(rise, (self.total - step) / (self.total - self.begin + 1))

    def is_look(self, done):
        return done % self.every == 0 or done == self.total or (not self.matched and done == self.latest)

    def left_chance(self, accuracy):
        luck = 3 * standard_error(self.chance, self.examples)
        return accuracy >= self.chance + max(luck, 0.05 * (1 - self.chance))

    def after_look(self, done, accuracy):
        if self.risen is None or accuracy > self.risen[1] + standard_error(self.risen[1], self.examples):
            self.risen = done, accuracy
        self.solved = self.solved + 1 if accuracy >= SOLVED else 0
        if self.reason:
            return
        since, best = self.risen
        waited = done - since
        is_flat = waited >= self.patience * self.every and waited >= done / 4
        if self.solved >= 2:
            self.reason = "solved"
        elif is_flat and self.left_chance(best):
            self.reason = "plateau"
        elif done >= self.latest:
            self.reason = "budget"
        else:
            return
        self.begin, self.total = done, min(self.steps, done + math.ceil(done * self.share))

    def ending(self, best):
        """As a record has it; `best`: the accuracy of the best look."""
        outcome = "finished"
        if not self.left_chance(best):
            outcome = "did not train"
        elif self.reason == "budget" and best < SOLVED:
            outcome = "unfinished"
        return {"steps": self.total, "reason": self.reason, "decayFrom": self.begin, "outcome": outcome}
