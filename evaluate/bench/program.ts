/** The benchmarks of `npm run bench`; each is loaded only when it is asked for. */
import type { Program } from '../../core/cli/program.ts';

export const program: Program = {
  name: 'npm run bench --',
  about: 'Measures speed and memory.',
  commands: {
    step: {
      about: "a training step of one model, beside PyTorch's",
      load: async () => (await import('./commands/step.ts')).step,
    },
    roofline: {
      about: "how the time of a step is spent, beside the machine's peaks",
      load: async () => (await import('./commands/roofline.ts')).roofline,
    },
    models: {
      about: 'time and memory of every model at growing lengths',
      load: async () => (await import('./commands/models.ts')).models,
    },
    scaling: {
      about: 'a few models from short to long sequences',
      load: async () => (await import('./commands/scaling.ts')).scaling,
    },
    generate: {
      about: 'examples per second, and the memory of large data sets',
      load: async () => (await import('./commands/generate.ts')).generate,
    },
    engines: {
      about: 'the same steps on every engine',
      load: async () => (await import('./commands/engines.ts')).engines,
    },
    gpu: {
      about: 'training steps on a GPU, beside PyTorch',
      load: async () => (await import('./commands/gpu.ts')).gpu,
    },
    wasm: {
      about: "every model beside tfjs's WebAssembly backend",
      load: async () => (await import('./commands/wasm.ts')).wasm,
    },
  },
  examples: ['step --threads 1 --pairs 30 --json step.json'],
};
