/** The schedule of the twins, written in Python, is that of the runs: every rate, look and end. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  endingOf,
  wsdSchedule,
  type EndState,
  type WsdRule,
} from '../../../evaluate/training/schedule.ts';
import { stream } from '../../models/parity.ts';
import { peerPython } from '../../peers.ts';

const folder = fileURLToPath(new URL('../../../evaluate/twins', import.meta.url));
const walk = `
import json, sys
sys.path.insert(0, sys.argv[1])
from schedule import Schedule

def run(case):
    schedule, accuracies = Schedule(*case["given"]), iter(case["accuracies"])
    factors, looks, done = [], [], 0
    while done < schedule.total:
        factors.append(schedule.factor(done))
        done += 1
        if schedule.is_look(done):
            looks.append([done, next(accuracies)])
            schedule.after_look(*looks[-1])
    return {"factors": factors, "looks": looks, "ending": schedule.ending(max(a for _, a in looks))}

print(json.dumps([run(case) for case in json.load(sys.stdin)]))
`;

interface Case {
  rule: WsdRule;
  accuracies: number[];
}

/** Rules and validation accuracies that rise, stay or jump, so that trainings end for every reason. */
function makeCase(seed: number): Case {
  const random = stream(`schedule/${seed}`);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const steps = whole(1, 400);
  const chance = 1 / whole(2, 10);
  const rate = random() ** 3 / 2;
  let accuracy = chance;
  return {
    rule: {
      ...{ steps, chance, isMatched: seed % 5 === 0, examples: whole(50, 500) },
      ...{ warmup: whole(0, 30), lookEvery: whole(1, 30), patience: whole(2, 6) },
      decay: [0.1, 0.2, 1][whole(0, 2)]!,
    },
    accuracies: Array.from({ length: steps + 2 }, () => {
      accuracy = Math.min(1, accuracy + rate * random());
      return accuracy;
    }),
  };
}

function ours({ rule, accuracies }: Case) {
  const schedule = wsdSchedule(rule);
  let state: EndState | undefined;
  const factors: number[] = [];
  const looks: [number, number][] = [];
  for (let done = 0; done < schedule.total(state);) {
    factors.push(schedule.factor(done++, state));
    if (!schedule.isLook(done, state)) continue;
    const accuracy = accuracies[looks.length]!;
    looks.push([done, accuracy]);
    state = schedule.afterLook!(state, { done, accuracy });
  }
  const ending = endingOf(rule, state, Math.max(...looks.map(([, accuracy]) => accuracy)));
  return { factors, looks, ending };
}

// Any Python will do: the schedule needs no package.
const python = peerPython("twins' schedule", 'json');

it.skipIf(!python)('walks through random trainings alike', () => {
  const cases = Array.from({ length: 200 }, (_, seed) => makeCase(seed));
  const input = cases.map(({ rule, accuracies }) => {
    const { steps, isMatched, chance, examples, warmup, lookEvery, patience, decay } = rule;
    // The warm-up is a share of the protocol's steps, whatever the number of steps is.
    const protocol = { steps: 100, warmup: warmup / 100, lookEvery, patience, decay };
    return { given: [protocol, steps, isMatched, chance, examples], accuracies };
  });
  const ran = spawnSync(python!, ['-B', '-c', walk, folder], {
    ...{ input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 2 ** 26 },
  });
  expect(ran.stderr).toBe('');
  const theirs = JSON.parse(ran.stdout) as ReturnType<typeof ours>[];
  const expected = cases.map(ours);
  expected.forEach(({ factors, ...rest }, i) => {
    const { factors: found, ...others } = theirs[i]!;
    expect(others).toEqual(rest);
    expect(found).toEqual(factors.map((factor) => expect.closeTo(factor, 12) as number));
  });
  const reasons = new Set(expected.map(({ ending }) => ending.reason));
  expect([...reasons].sort()).toEqual(['budget', 'matched', 'plateau', 'solved']);
});
