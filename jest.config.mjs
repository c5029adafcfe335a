import { languageObjects } from './scripts/strip-types.mjs';

/**
 * Tests are ES modules in TypeScript; types are checked by `npm run lint`, here they are only taken off.
 *
 * Four projects, each test in one of them: `quick` is what `npm test` runs, `full` the rest of what guards a merge,
 * `nightly` what takes too long for that; `peers` is what `npm run test:peers` runs.
 */
const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  // The same objects for packages that are no ES modules.
  sandboxInjectedGlobals: languageObjects,
  globalSetup: '<rootDir>/scripts/test-keys.mjs',
};

/** Some scenarios for each promise, on both clouds, in main, post and the other operations. */
const quickScenarios = [
  'approval-environment',
  'assign',
  'aws-bulk-grants',
  'azure-bulk-reading',
  'azure-lease-alone',
  'azure-lease-foreign',
  'azure-names',
  'azure-pim-alone',
  'azure-pim-shared',
  'azure-reconcile',
  'azure-reporting',
  'azure-revoke',
  'azure-safe-defaults',
  'azure-sign-in',
  'denied-meanwhile',
  'first-lease',
  'id-token',
  'killed',
  'lease-alone',
  'lease-shared',
  'names-unseen',
  'own-accounts',
  'permanence',
  'plan-file',
  'post',
  'provision',
  'reporting',
  'revoke',
  'secrets',
  'sign-in-advice',
];

const nightly = '\\.nightly\\.test\\.ts$';
const quickScenario = `/scenario/(?:${quickScenarios.join('|')})\\.test\\.ts$`;
/** Where tests take long: they start the action, explore its steps, run the set-up scripts, or draw many selectors. */
const slow = '(?:histories/|models/|scenario/|setup/|rehearsal/own-|property/.*-selectors)';

export default {
  testTimeout: 120_000,
  maxWorkers: 3,
  projects: [
    {
      ...shared,
      displayName: 'quick',
      testRegex: [quickScenario, `/__tests__/(?!${slow}).*\\.test\\.ts$`],
      testPathIgnorePatterns: [nightly],
    },
    {
      ...shared,
      displayName: 'full',
      testRegex: [`/__tests__/${slow}.*\\.test\\.ts$`],
      testPathIgnorePatterns: [nightly, quickScenario],
    },
    { ...shared, displayName: 'nightly', testRegex: [nightly] },
    { ...shared, displayName: 'peers', roots: ['<rootDir>/peers'], testRegex: ['/peers/.*\\.test\\.ts$'] },
  ],
};
