/**
 * Python packages that some tests compare with: peers and authors' code, which nobody needs to use or
 * change this package. Where they are missing those tests are skipped with one line, and fail in CI.
 */
import { test } from 'vitest';
import { findPython } from '../evaluate/bench/torch.ts';

const advice = 'see evaluate/bench/peers/README.md';

/**
 * A Python that can import `modules`, a list joined by commas; undefined where there is none.
 *
 * @param tests what is tested with it
 */
export function peerPython(tests: string, modules = 'torch'): string | undefined {
  const python = findPython(modules);
  if (python) return python;
  if (process.env.CI === 'true') {
    test(`${tests}: Python has ${modules}`, () => {
      throw new Error(`No Python here can import ${modules}: ${advice}`);
    });
  } else {
    // No user needs Python: npm ci alone brings none of these packages, and the line says how to get them.
    test.skip(`${tests}: to run these tests, ${advice}`, () => {});
  }
  return undefined;
}
