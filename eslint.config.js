import tseslint from 'typescript-eslint';
import astro from 'eslint-plugin-astro';

/** Files without type information: Astro's, which its own checker reads, and plain scripts. */
const untyped = ['**/*.astro', '**/*.js'];

export default tseslint.config(
  { ignores: ['dist/', 'site/dist/', 'site/.astro/', 'data/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...astro.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
  },
  { files: untyped, ...tseslint.configs.disableTypeChecked },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use a named random stream.' },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Interfaces here are met by plain objects whose functions do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      // An async function without await keeps an interface's promise, and turns throws into rejections.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Tests read JSON that commands printed, and say of it what they expect.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
);
