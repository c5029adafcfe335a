/** Tests are ES modules in TypeScript; types are checked by `npm run lint`, here they are only taken off. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  testTimeout: 120_000,
  maxWorkers: 2,
};
