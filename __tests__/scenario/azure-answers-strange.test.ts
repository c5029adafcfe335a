import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, warnings } from './azure-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignments.put';
const removal = 'roleAssignments.delete';
const list = 'roleAssignments.list';
const json = 'application/json';
const page = '<html><title>Sign in to the network</title></html>';

const changes = [
  ['assign', put],
  ['revoke', removal],
] as const;

/** Texts that do not help a user. */
function expectReadable(result: StepResult): void {
  for (const text of [errors(result), warnings(result), result.summary])
    expect(text).not.toMatch(/undefined|\[object Object\]|bug in|TypeError|<html>/u);
}

function http(status: number, body: string, contentType?: string): Effect {
  return { kind: 'http', status, body, ...(contentType === undefined ? {} : { contentType }) };
}

describe.each(changes)('%s: a refusal that is not the documented JSON (P9)', (operation, request) => {
  it.each([
    ['no body', http(400, '')],
    ['text that calls itself JSON', http(400, 'nope', json)],
    ['JSON without an error', http(409, '{"a":1}', json)],
    ['JSON null', http(400, 'null', json)],
    ['a list', http(400, '[]', json)],
    ['an error that is a text', http(400, '{"error":"text"}', json)],
    ['a code and a message that are no texts', http(400, '{"error":{"code":5,"message":{"a":1}}}', json)],
    ['a page of a proxy', http(403, page)],
    [
      'a redirect, which is not followed',
      { kind: 'redirect', location: 'https://login.example.com/' } satisfies Effect,
    ],
  ])('%s is red with the status, the request ID and a hint', (_, effect) =>
    inAzure({}, async (world) => {
      if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: request, times: Infinity }, effect);
      const result = await azureStep(world, { ...azureByIds, operation });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      // A step that ends access retries for two minutes after a refusal by a proxy.
      expect(requestsTo(result, request).length > 1).toBe(operation === 'revoke');
      expect(errors(result)).toMatch(/HTTP [34]\d\d/u);
      expect(errors(result)).toContain(requestsTo(result, request).at(-1)?.requestId);
      expect(errors(result)).toContain('What to do: ');
      expectReadable(result);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }),
  );
});

describe.each(changes)('%s: a response that leaves the result unknown', (operation, request) => {
  it.each([
    ['502 in HTML', http(502, page)],
    ['503 without a body', http(503, '')],
    ['500 that calls itself JSON', http(500, page, json)],
    ['200 from a server in between', http(200, page)],
  ])('%s is checked with a read, tried again, and green when done (P2)', (_, effect) =>
    inAzure({}, async (world) => {
      if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: request }, effect);
      const result = await azureStep(world, { ...azureByIds, operation });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(result, request)).toHaveLength(2);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(operation === 'assign');
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      expectReadable(result);
    }),
  );

  it.each([
    ['no JSON', 'garbage'],
    ['an empty body', ''],
    ['a list', []],
    ['null', 'null'],
    ['an empty object', {}],
  ])('a success with %s is green by the read-back alone, with the ID of the grant and of the request', (_, body) =>
    inAzure({}, async (world) => {
      if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
      const there = world.azure.estate.find(onCallBlobReader)?.id;
      world.script.fault({ operation: request }, { kind: 'answer', body });
      const result = await azureStep(world, { ...azureByIds, operation });
      expect(result.exitCode).toBe(0);
      const [sent, ...more] = requestsTo(result, request);
      expect(more).toEqual([]);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'request-id': sent?.requestId,
        'assignment-id': there ?? world.azure.estate.find(onCallBlobReader)?.id,
      });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(operation === 'assign');
      expect(warnings(result)).not.toContain('lost');
      expectReadable(result);
    }),
  );
});

describe('an invalid list', () => {
  const none = [
    ['an empty object', { kind: 'answer', body: {} }],
    ['an empty body', { kind: 'answer', body: '' }],
    ['null', { kind: 'answer', body: 'null' }],
    ['a bare list', { kind: 'answer', body: [] }],
    ['a value that is null', { kind: 'answer', body: { value: null } }],
    ['rows that are null', { kind: 'answer', body: { value: [null] } }],
    ['rows without anything', { kind: 'answer', body: { value: [{}] } }],
    ['a page of a proxy', http(200, page)],
    ['a page that calls itself JSON', http(200, page, json)],
    ['nothing, 204', http(204, '')],
  ] as const satisfies readonly (readonly [string, Effect])[];

  it.each(none)('does not prove absence: a revoke is never green with %s (P1)', (_, effect) =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: list, times: 1_000 }, effect);
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke', timeout: '30s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).not.toBe('SUCCEEDED');
      expect(errors(result)).toContain('Microsoft.Authorization/roleAssignments/read');
      expect(errors(result)).toContain('What to do: ');
      expectReadable(result);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }),
  );

  it.each(none)('is read again: one response with %s changes nothing', (_, effect) =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: list }, effect);
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }),
  );

  it('after the DELETE does not prove anything either', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: list, nth: 2, times: 1_000 }, http(200, page));
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke', timeout: '30s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).not.toBe('SUCCEEDED');
      expect(result.outputs['request-id']).toBe(requestsTo(result, removal)[0]?.requestId);
    }));

  it('a 204 to the DELETE of an assignment that still exists is red (P1)', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: removal, times: 1_000 }, http(204, ''));
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('What to do: ');
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));
});

describe('an invalid role definition', () => {
  it.each([
    ['an empty object', { kind: 'answer', body: {} }],
    ['properties without permissions', { kind: 'answer', body: { name: azureIds.reader, properties: {} } }],
    ['a page of a proxy', http(200, page)],
  ] as const satisfies readonly (readonly [string, Effect])[])(
    'does not count as one that cannot grant access: %s',
    (_, effect) =>
      inAzure({}, async (world) => {
        const role = 'c0570000-0000-4000-8000-000000000002';
        world.script.fault({ operation: 'roleDefinitions.get', times: 1_000 }, effect);
        const result = await azureStep(world, { ...azureByIds, role });
        expectReadable(result);
        // Red, or, where definitions cannot be read, said loud.
        if (result.exitCode === 0) expect(warnings(result)).toContain('hand out access');
        else expect(world.azure.estate.effectiveChanges()).toEqual([]);
      }),
  );
});
