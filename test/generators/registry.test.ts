import { describe, expect, it } from 'vitest';
import { shapeSchema } from '../../generators/store/meta.ts';
import { findTask, resolveOptions, tasks } from '../../generators/registry.ts';

describe('the registry', () => {
  it('finds tasks by name, each once', () => {
    for (const task of tasks) expect(findTask(task.name)).toBe(task);
    expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
  });

  it('says what was probably meant, and what there is', () => {
    expect(() => findTask('recal')).toThrow(
      `Unknown task 'recal', did you mean 'recall'? Known tasks: ${tasks.map(({ name }) => name).join(', ')}.`,
    );
    expect(() => findTask('zebra')).toThrow(/^Unknown task 'zebra'\. Known tasks/);
    expect(() => findTask('verfy', ['verify'])).toThrow("did you mean 'verify'");
  });

  it('refuses parameters that a task does not have, and values it cannot take', () => {
    const recall = findTask('recall');
    expect(() => resolveOptions(recall, 'smoke', { gab: 2 })).toThrow("did you mean 'gap'");
    expect(() => resolveOptions(recall, 'smoke', { gap: 2.5 })).toThrow(
      'Task recall cannot take gap 2.5',
    );
    expect(() => resolveOptions(recall, 'smoke', { distances: ['x'] })).toThrow(
      'cannot take distances x',
    );
    expect(resolveOptions(recall, 'smoke', { noise: 9 })).toMatchObject({ noise: 9, length: 64 });
  });

  it.each(tasks.map((task) => [task.name, task] as const))('has valid tiers for %s', (_, task) => {
    for (const tier of ['smoke', 'lite', 'lra'] as const) {
      const options = resolveOptions(task, tier);
      expect(options).toEqual(task.tiers[tier]);
      const shape = shapeSchema.parse(task.shape(options));
      for (const count of Object.values(shape.counts)) expect(count % shape.siblings).toBe(0);
      expect(shape.distances.length > 0).toBe(task.kind === 'controlled');
    }
  });
});
