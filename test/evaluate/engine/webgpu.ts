/**
 * Tests on the WebGPU provider: on the machine's own GPU, else on SwiftShader, a GPU in software that
 * Debian's chromium brings. Where there is neither they are skipped, but in CI they fail.
 */
import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { tryEngine } from '../../../evaluate/engine/open.ts';

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

async function findDevice(): Promise<string | undefined> {
  const own = await tryEngine('onnx-webgpu');
  if ('device' in own) return own.device;
  if (!existsSync(swiftShader)) return undefined;
  process.env['VK_DRIVER_FILES'] = swiftShader;
  process.env['VK_ICD_FILENAMES'] = swiftShader;
  process.env['NODEVICE_SELECT'] = '1'; // Mesa's layer complains where there is no desktop.
  const soft = await tryEngine('onnx-webgpu');
  return 'device' in soft ? soft.device : undefined;
}

/** Defines tests that run on WebGPU. */
export async function describeWebgpu(define: () => void): Promise<void> {
  const device = await findDevice();
  if (device) {
    describe(`on WebGPU (${device})`, define);
  } else if (process.env['CI'] === 'true') {
    test('WebGPU is there, with apt-get install chromium libvulkan1', () => {
      throw new Error('No WebGPU device: apt-get install chromium libvulkan1');
    });
  } else {
    test.skip('WebGPU: to run these tests, apt-get install chromium libvulkan1', () => {});
  }
}
