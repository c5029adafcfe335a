import { expect, test } from '@jest/globals';

import { explain } from '../../../src/azure/sign-in/cli-session.ts';

const scope = 'https://management.example//.default';

test('a job without the CLI is reported as such', () => {
  // The SDK's error from the shell's output.
  const message = 'Azure CLI could not be found. Please visit https://aka.ms/azure-cli for installation instructions.';
  expect(explain(message, scope).message).toMatch(/^The job has no Azure CLI, and/u);
});

test.each([
  'ERROR: AADSTS500011: The resource principal named https://management.example was not found in the tenant named x.',
  "ERROR: AADSTS90002: Tenant 'x' not found. Interactive authentication is needed. Please run: az login --scope y",
  'ERROR: The subscription of x is not recognized.',
])('a failure of the CLI is reported in its own words: %s', (message) => {
  expect(explain(message, scope).message).toBe(
    `The job has no Azure CLI session, or one that gives no token for https://management.example: ${message}`,
  );
});
