/**
 * The directions of imports, types included: each folder may import itself and what stands before it
 * in `floors`; no circle of files anywhere. `npm run check` runs this; ARCHITECTURE.md draws it.
 */

/** From the ground up. Folders side by side in a line do not know each other. */
const floors = [
  ['core'],
  ['generators', 'models'],
  ['leaderboards/records'],
  ['leaderboards/statistics'],
  ['leaderboards/board'],
  ['evaluate/engine'],
  ['evaluate/training'],
  ['evaluate/plan'],
  ['evaluate/runs', 'evaluate/export', 'evaluate/twins', 'evaluate/pack'],
  ['evaluate/audit', 'evaluate/launch'],
  ['evaluate/submissions'],
  ['evaluate/bench'],
  ['evaluate/commands'],
  ['site'],
];

/** Rooms inside the two libraries, in the same order. */
const rooms = {
  generators: [
    ['pictures'],
    ['reading'],
    ['task'],
    ['sources'],
    ['standard'],
    ['controlled'],
    ['registry'],
    ['store'],
    ['verify'],
    ['index', 'commands'],
    ['program'],
  ],
  models: [
    ['mixer'],
    ['options'],
    ['ops'],
    ['attention', 'recurrence'],
    ['mixers'],
    ['backbone'],
    ['registry'],
    ['index'],
  ],
};

const pattern = (names) => `^(${names.join('|')})(/|\\.ts$)`;

/** One rule for each floor: it must not import what stands above or beside it. */
const directions = (list, prefix = '') =>
  list.flatMap((floor, n) =>
    floor.map((name) => {
      const others = [...floor.filter((other) => other !== name), ...list.slice(n + 1).flat()];
      return {
        name: `${prefix}${name} stands below`,
        severity: 'error',
        from: { path: pattern([prefix + name]) },
        to: { path: pattern(others.map((other) => prefix + other)) },
      };
    }),
  );

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions(floors).filter(({ to }) => to.path !== pattern([])),
    ...directions(rooms.generators, 'generators/'),
    ...directions(rooms.models, 'models/'),
    {
      name: 'no circles',
      comment: 'Move what both sides need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/|node_modules' },
  },
};
