/** Names of the devices that engines work on, as a reader of a record understands them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export function cpuDevice(): string {
  return os.cpus()[0]?.model.trim() || os.arch();
}

/**
 * The device behind WebGPU, to be asked once it is in use. ONNX Runtime tells no name, so on Linux it
 * is read off the graphics driver that this process has loaded.
 */
export function webgpuDevice(): string {
  if (process.platform === 'darwin') return `${cpuDevice()} (Metal)`;
  if (process.platform === 'win32') return 'the default adapter (Direct3D 12)';
  const driver = driverOf(readFileSync('/proc/self/maps', 'utf8'));
  if (driver !== 'nvidia') return driver;
  return nvidiaDevice() ?? 'NVIDIA GPU';
}

/** @param maps the text of /proc/self/maps */
export function driverOf(maps: string): string {
  const libraries = new Set(
    maps.split('\n').map((line) => path.basename(line.split(/\s+/)[5] ?? '')),
  );
  const drivers: [RegExp, string][] = [
    [/^libvk_swiftshader/, 'SwiftShader (a GPU in software)'],
    [/^lib(GLX_nvidia|EGL_nvidia|nvidia-)/, 'nvidia'],
    [/^libvulkan_lvp/, 'llvmpipe (a GPU in software)'],
    [/^(libvulkan_radeon|amdvlk)/, 'AMD GPU'],
    [/^libvulkan_intel/, 'Intel GPU'],
  ];
  const found = drivers.find(([pattern]) => [...libraries].some((name) => pattern.test(name)));
  return found?.[1] ?? 'a Vulkan device';
}

/** The first GPU that NVIDIA's driver lists, such as "NVIDIA H100 80GB HBM3". */
export function nvidiaDevice(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  if (!existsSync(folder)) return undefined;
  const [first] = readdirSync(folder).sort();
  if (!first) return undefined;
  const information = readFileSync(path.join(folder, first, 'information'), 'utf8');
  return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim();
}
