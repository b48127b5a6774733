/**
 * Measures what a mixer says of itself, before it is trained: its reach, that a causal one never looks
 * ahead, and that a sequence's output depends on no other sequence of the batch. Random input is
 * changed where the claim says that it cannot matter, and the output may not change. The least state
 * that it can have is measured too.
 *
 * Parameters are the mixer's initial values plus noise, so that zeros and ones hide nothing.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { RunError } from '../../core/errors.ts';
import { int, normal, stream, type Random } from '../../core/random.ts';
import type { Mixer } from '../../models/mixer.ts';
import { named as listed, tensorsOf } from '../../models/parameters.ts';
import type { Engine, Executable } from '../engine/engine.ts';
import { initialValues, layoutOf, named, split, type Layout } from '../training/flat.ts';
import { leastState } from './mixerState.ts';

export interface Claims {
  mixer: Mixer;
  causal: boolean;
  length: number;
  width: number;
  layers: number;
}

/** Differences that rounding explains, as a share of the largest output. */
const tolerance = 1e-5;

const noise = 0.2;

/** Positions whose output is looked at, besides the first and the last. */
const morePositions = 4;

/** Rows of the batch: enough to tell a sequence from the one beside it. */
const batch = 2;

/**
 * @returns the least state of the mixer, which is at most the one that it declares
 * @throws RunError with the claim, what was measured and where
 */
export async function checkClaims(claims: Claims, engine: Engine): Promise<number> {
  const { mixer, causal, layers } = claims;
  const random = stream('claims');
  const one = await bodyOf(claims, 1, engine, random);
  let least: number;
  try {
    await checkBatch(one, claims, random);
    await checkLast(one, claims, random);
    if (causal)
      await checkUnseen(one, claims, random, {
        claim: 'mixer.causal is true',
        sees: (position, other) => other <= position,
        advice: 'set causal to false',
      });
    await checkReach(one, 'mixer.reach', mixer.reach, claims, random);
    least = await checkState(one, claims, random);
  } finally {
    await one.dispose();
  }
  if (!mixer.reachOf) return least;
  const all = await bodyOf(claims, layers, engine, random);
  try {
    await checkReach(all, `mixer.reachOf(${layers})`, mixer.reachOf(layers), claims, random);
  } finally {
    await all.dispose();
  }
  return least;
}

interface Body {
  /** x [B, L, d] -> [B, L, d] */
  run(x: Float32Array): Promise<Float32Array>;
  /** The last position alone [B, d], asked for as the backbone does. */
  runLast(x: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Some blocks of the mixer, with residuals between them, and one draw of parameters. */
async function bodyOf(
  { mixer, length, width }: Claims,
  blocks: number,
  engine: Engine,
  random: Random,
): Promise<Body> {
  const layout = layoutOf(listed(mixer.parameters));
  const parameters = initialValues(layout, 'claims').map(
    (value) => value + noise * (2 * random() - 1),
  );
  const compile = (lastOnly: boolean) =>
    engine.compile({
      name: 'claims',
      inputs: {
        x: { shape: [batch, length, width], dtype: 'float32' },
        ...(layout.total > 0 && { parameters: { shape: [layout.total], dtype: 'float32' } }),
      },
      build: ({ x: input, parameters }) => {
        const p = tensorsOf(mixer.parameters, parametersOf(layout, parameters));
        let x = input!;
        for (let n = 1; n < blocks; n++) x = tf.add(x, mixer.apply(x, p, {}));
        const y = mixer.apply(x, p, { lastOnly });
        return { y: lastOnly ? lastOf(y, width) : y };
      },
    });
  const whole = await compile(false);
  const last = await compile(true);
  const run = async (executable: Executable, x: Float32Array) => {
    const { y } = await executable.run(layout.total > 0 ? { x, parameters } : { x });
    const values = (await y!.read()) as Float32Array;
    y!.dispose();
    return values;
  };
  return {
    run: (x) => run(whole, x),
    runLast: (x) => run(last, x),
    async dispose() {
      await whole.dispose();
      await last.dispose();
    },
  };
}

const parametersOf = (layout: Layout, flat: Tensor | undefined) =>
  flat ? named(split(flat, layout), layout) : {};

/** [B, L or 1, d] -> [B, d] */
function lastOf(y: Tensor, width: number): Tensor {
  return tf.reshape(tf.slice(y, [0, y.shape[1]! - 1, 0], [batch, 1, width]), [batch, width]);
}

const randomInput = (size: number, random: Random) =>
  Float32Array.from({ length: size }, () => normal(random));

/** The same sequence at both places of a batch, beside different sequences, and once more. */
async function checkBatch(body: Body, { length, width }: Claims, random: Random): Promise<void> {
  const size = length * width;
  const [x, beside, other] = [0, 1, 2].map(() => randomInput(size, random)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const first = await body.run(joined(x, beside));
  const again = await body.run(joined(x, beside));
  const elsewhere = await body.run(joined(other, x));
  const compare = (y: Float32Array, at: number, problem: string) => {
    const difference = farthest(first.subarray(0, size), y.subarray(at, at + size));
    if (difference.share > tolerance)
      throw new RunError(
        `mixer.apply gives a sequence ${figure(difference.first)}, and ${figure(difference.second)} ${problem}`,
      );
  };
  compare(again, 0, 'a second time, expected the same: it may draw nothing and keep nothing');
  compare(
    elsewhere,
    size,
    'at another place of the batch beside another sequence, expected the same: it may compute nothing over the batch',
  );
}

/** With `lastOnly`, the last position must be what it is without. */
async function checkLast(body: Body, { length, width }: Claims, random: Random): Promise<void> {
  const x = randomInput(batch * length * width, random);
  const whole = await body.run(x);
  const last = await body.runLast(x);
  const expected = Float32Array.from({ length: batch * width }, (_, i) => {
    const row = Math.floor(i / width);
    return whole[(row * length + length - 1) * width + (i % width)]!;
  });
  const difference = farthest(expected, last);
  if (difference.share > 1e-3)
    throw new RunError(
      `mixer.apply gives ${figure(difference.first)} at the last position, and ${figure(difference.second)} there with lastOnly, expected the same`,
    );
}

async function checkReach(
  body: Body,
  name: string,
  reach: number,
  claims: Claims,
  random: Random,
): Promise<void> {
  if (!(reach >= 0) || (Number.isFinite(reach) && !Number.isInteger(reach)))
    throw new RunError(`${name} is ${reach}, expected a whole number of tokens, or Infinity`);
  await checkUnseen(body, claims, random, {
    claim: `${name} is ${reach}`,
    sees: (position, other) => Math.abs(position - other) <= reach,
    advice: 'state how many tokens away it can see',
  });
}

async function checkState(body: Body, claims: Claims, random: Random): Promise<number> {
  const { stateSize } = claims.mixer;
  if (!Number.isSafeInteger(stateSize) || stateSize < 0)
    throw new RunError(`mixer.stateSize is ${stateSize}, expected a whole number from 0 on`);
  const least = await leastState((x) => body.run(x), claims, random);
  if (least > stateSize)
    throw new RunError(
      `mixer.stateSize is ${stateSize}, but small changes of the beginning of a sequence change the outputs after it in ${least} directions, expected at most as many: state how many numbers a recurrence has to carry`,
    );
  return least;
}

interface Unseen {
  claim: string;
  /** Whether the output at a position may depend on another one. */
  sees(position: number, other: number): boolean;
  advice: string;
}

/** All that a position cannot see is changed at once; what is there may not change. */
async function checkUnseen(
  body: Body,
  { length, width }: Claims,
  random: Random,
  { claim, sees, advice }: Unseen,
): Promise<void> {
  const positions = [length - 1, 0];
  while (positions.length < Math.min(length, 2 + morePositions))
    positions.push(int(random, length));
  const x = randomInput(length * width, random);
  const before = await body.run(joined(x, x));
  for (let i = 0; i < positions.length; i += batch) {
    const asked = [positions[i]!, positions[i + 1] ?? positions[i]!];
    const after = await body.run(
      joined(...(asked.map((position) => changedBeyond(position)) as [Float32Array, Float32Array])),
    );
    asked.forEach((position, row) => {
      const at = position * width;
      const start = row * length * width + at;
      const difference = farthest(
        before.subarray(at, at + width),
        after.subarray(start, start + width),
        largest(before),
      );
      if (difference.share > tolerance)
        throw new RunError(
          `${claim}, but what stands beyond changes the output at position ${position} from ${figure(difference.first)} to ${figure(difference.second)}, expected no change: ${advice}`,
        );
    });
  }

  function changedBeyond(position: number): Float32Array {
    const changed = x.slice();
    for (let other = 0; other < length; other++)
      if (!sees(position, other))
        for (let c = 0; c < width; c++) changed[other * width + c]! += c % 2 ? 3 : -2;
    return changed;
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

const largest = (values: Float32Array) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The largest difference as a share of `scale`, with the two figures. */
function farthest(a: Float32Array, b: Float32Array, scale = largest(a)) {
  let found = { share: 0, first: 0, second: 0 };
  for (let i = 0; i < a.length; i++) {
    const share = Math.abs(a[i]! - b[i]!) / (scale || 1);
    if (share > found.share || Number.isNaN(share)) found = { share, first: a[i]!, second: b[i]! };
    if (Number.isNaN(share)) return { ...found, share: Infinity };
  }
  return found;
}

const figure = (value: number) => String(Number(value.toPrecision(6)));
