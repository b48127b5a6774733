import { expect, it } from 'vitest';
import * as surface from '../../generators/index.ts';

it('exports what other programs may import from the generators, and nothing else', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'encodeGrey',
    'findTask',
    'openDataset',
    'pieceKinds',
    'renderReading',
    'resolveOptions',
    'scanOrder',
    'scans',
    'shapeSchema',
    'splits',
    'tasks',
    'verifyDataset',
  ]);
});
