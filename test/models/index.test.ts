import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as surface from '../../models/index.ts';

const source = readFileSync(new URL('../../models/index.ts', import.meta.url), 'utf8');

/** Names that the file exports, from its text, since types leave no trace in the module. */
const listed = (kind: 'export' | 'export type') =>
  [...source.matchAll(new RegExp(`^${kind} \\{([^}]*)\\}`, 'gm'))]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim().replace(/^\w+ as /, ''))
    .filter((name) => name !== '')
    .sort();

it('is what submissions build on: a name that goes or changes breaks them', () => {
  expect(Object.keys(surface).sort()).toEqual(listed('export'));
  expect({ values: listed('export'), types: listed('export type') }).toMatchSnapshot();
});
