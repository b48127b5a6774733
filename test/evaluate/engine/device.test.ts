import { expect, test } from 'vitest';
import { cpuDevice, driverOf } from '../../../evaluate/engine/device.ts';

const maps = (library: string) =>
  `7f10-7f20 r-xp 00000000 fe:00 4711   /usr/lib/libc.so.6\n7f20-7f30 r-xp 00000000 fe:00 12   ${library}`;

test('the graphics driver is known by the library that is loaded', () => {
  expect(driverOf(maps('/usr/lib/chromium/libvk_swiftshader.so'))).toMatch(/^SwiftShader/);
  expect(driverOf(maps('/usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.550.54'))).toBe('nvidia');
  expect(driverOf(maps('/usr/lib/x86_64-linux-gnu/libvulkan_radeon.so'))).toBe('AMD GPU');
  expect(driverOf(maps('/opt/libvulkan_unheard_of.so'))).toBe('a Vulkan device');
});

test('the CPU has a name', () => {
  expect(cpuDevice()).not.toBe('');
});
