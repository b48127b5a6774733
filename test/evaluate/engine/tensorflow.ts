/**
 * Tests on TensorFlow's native library, which `evaluate/engine/tensorflow.sh` builds. Where it does not
 * load they are skipped with one line, and fail in CI.
 */
import { describe, test } from 'vitest';
import { tryEngine } from '../../../evaluate/engine/open.ts';

/** Defines tests that run on the engine `tensorflow`. */
export async function describeTensorflow(define: () => void): Promise<void> {
  const found = await tryEngine('tensorflow');
  if ('device' in found) {
    describe(`on TensorFlow (${found.device})`, define);
  } else if (process.env.CI === 'true') {
    test('TensorFlow is there, with sh evaluate/engine/tensorflow.sh', () => {
      throw new Error(`${found.problem} Build it: sh evaluate/engine/tensorflow.sh`);
    });
  } else {
    // The binding is built by a script that needs a compiler; npm ci alone does not bring it.
    test.skip('TensorFlow: to run these tests, sh evaluate/engine/tensorflow.sh', () => {});
  }
}
