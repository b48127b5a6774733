/**
 * Tests on TensorFlow's native library, which `evaluate/engine/tensorflow.sh` builds; skipped with one
 * line where it does not load.
 */
import { describe, test } from 'vitest';
import { tryEngine } from '../../../evaluate/engine/open.ts';

/** Defines tests that run on the engine `tensorflow`. */
export async function describeTensorflow(define: () => void): Promise<void> {
  const found = await tryEngine('tensorflow');
  if ('device' in found) return void describe(`on TensorFlow (${found.device})`, define);
  // The binding is built by a script that needs a compiler; npm ci alone does not bring it.
  test.skip('TensorFlow: to run these tests, sh evaluate/engine/tensorflow.sh', () => {});
}
