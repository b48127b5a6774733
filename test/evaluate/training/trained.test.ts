import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../evaluate/training/flat.ts';
import { decodeTrained, encodeTrained } from '../../../evaluate/training/trained.ts';

const initialise = () => new Float32Array(1);
const layout = layoutOf([
  { name: 'embedding', shape: [2, 3], initialise },
  { name: 'block0.norm.gain', shape: [4], initialise },
]);
const flat = Float32Array.from({ length: 10 }, (_, i) => i / 7);

/** The JSON header, read as the format says. */
function headerOf(file: Uint8Array) {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as object;
}

describe('trained parameters in a file', () => {
  const file = encodeTrained(layout, flat, 'abc');

  it('have their names and shapes, and come back as they were', () => {
    expect(headerOf(file)).toEqual({
      __metadata__: { id: 'abc' },
      embedding: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'block0.norm.gain': { dtype: 'F32', shape: [4], data_offsets: [24, 40] },
    });
    expect(decodeTrained(layout, file, 'abc')).toEqual(flat);
  });

  it('are refused where they are of another run or another model', () => {
    expect(() => decodeTrained(layout, file, 'abd')).toThrow('it is of the run abc, not abd');
    const wider = layoutOf([...layout.parameters, { name: 'more', shape: [1], initialise }]);
    expect(() => decodeTrained(wider, file, 'abc')).toThrow('it lacks the parameter more');
  });
});
