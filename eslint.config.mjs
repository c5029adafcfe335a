import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Design: `main → action, access, aws | azure`; `aws`, `azure`, `action` may import `access`; `access` imports nothing of theirs. */
const layer = (folder, forbidden, why) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: forbidden, message: why },
          {
            group: ['**/access/**', '../../../**'],
            message: 'Name the domain by `#access/…`, and what is far away by `#azure/…`.',
          },
        ],
      },
    ],
  },
});

/** The domain and GitHub's side speak of clouds, never of one: whatever names one belongs into its folder. */
const cloudNames = {
  rules: {
    'no-cloud-names': {
      meta: {
        type: 'problem',
        messages: { named: '"{{name}}" names one cloud: it belongs into that cloud’s folder.' },
      },
      create: (context) => ({
        Program() {
          const text = context.sourceCode.getText();
          const names =
            /aws|amazon|azure|microsoft|\bentra\b|identity ?center|permission sets?\b|role ?assignments?\b|account ?assignments?\b|\barns?\b|\bsts\b|cloudtrail/giu;
          for (const { 0: name, index } of text.matchAll(names)) {
            const at = (offset) => context.sourceCode.getLocFromIndex(offset);
            context.report({
              loc: { start: at(index), end: at(index + name.length) },
              messageId: 'named',
              data: { name },
            });
          }
        },
      }),
    },
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'coverage/', '.peers/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: 10,
          allowDefaultProject: [
            '*.mjs',
            'scripts/*.mjs',
            'rehearsal/clock/*.mjs',
            'rehearsal/runner/*.mjs',
            'bench/*.mjs',
          ],
        },
      },
    },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Set process.exitCode: exit() after network use aborts on Windows.',
        },
      ],
    },
  },
  {
    files: ['*.mjs', 'scripts/*.mjs', 'rehearsal/clock/*.mjs', 'rehearsal/runner/*.mjs', 'bench/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      'no-restricted-exports': 'off',
      'no-undef': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  layer(
    'access',
    [
      '**/action/**',
      '**/aws/**',
      '**/azure/**',
      '\\#azure/**',
      '@actions/*',
      '@aws-sdk/*',
      '@smithy/*',
      '@azure/*',
      '**/rehearsal/**',
    ],
    'access is the domain: it knows no cloud and no GitHub.',
  ),
  layer(
    'action',
    ['**/aws/**', '**/azure/**', '\\#azure/**', '@aws-sdk/*', '@smithy/*', '@azure/*', '**/rehearsal/**'],
    'action is GitHub’s side: it knows no cloud.',
  ),
  layer(
    'aws',
    ['**/action/**', '**/azure/**', '\\#azure/**', '@actions/*', '@azure/*', '**/rehearsal/**'],
    'aws stands behind the port: it may import access only.',
  ),
  layer(
    'azure',
    ['**/action/**', '**/aws/**', '@actions/*', '@aws-sdk/*', '**/rehearsal/**'],
    'azure stands behind the port: it may import access only.',
  ),
  {
    files: ['src/access/**/*.ts', 'src/action/**/*.ts'],
    plugins: { 'cloud-access': cloudNames },
    rules: { 'cloud-access/no-cloud-names': 'error' },
  },
  {
    files: ['src/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/rehearsal/**'], message: 'src imports nothing of rehearsal.' }] },
      ],
    },
  },
  {
    files: ['rehearsal/**', 'peers/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/src/**'], message: 'rehearsal and peers import nothing of src.' }] },
      ],
    },
  },
  {
    // The domain takes its clock, its randomness and its inputs from outside.
    files: ['src/access/**/*.ts', 'src/aws/**/*.ts', 'src/azure/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'fetch', 'process', 'performance'],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'Use the clock that is passed in.',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Use the randomness that is passed in.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Use the clock that is passed in.',
        },
      ],
    },
  },
);
