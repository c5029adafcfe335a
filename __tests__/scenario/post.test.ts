import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import { clouds } from './clouds.ts';
import { byIds, step } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ clouds: ['aws', 'azure'] });
});
afterAll(async () => {
  await world.close();
});

function post(more: Omit<Step, 'inputs' | 'stage'>, inputs: Step['inputs'] = byIds): Promise<StepResult> {
  return step(world, inputs, { ...more, stage: 'post' });
}

/** All grants in either cloud. */
const thereNow = (): readonly unknown[] => [...world.aws.estate.assignments(), ...world.azure.estate.assignments()];

/** A post step without a task does nothing at all. */
const idle = {
  exitCode: 0,
  signal: null,
  stdout: '',
  stderr: '',
  requests: [],
  outputs: {},
  summary: '',
  annotations: [],
};

describe('post', () => {
  it('does nothing without the state of a main step (P3)', async () => {
    expect(await post({})).toMatchObject(idle);
    expect(await post({ state: { 'cloud-access': '' } })).toMatchObject(idle);
    expect(await post({ state: { other: '{"version":7}' } })).toMatchObject(idle);
  });

  it.each(clouds)(
    'does nothing after main in this version: its grants are permanent and stay (%s) (P3)',
    async (_, cloud) => {
      const main = await cloud.step(world, cloud.byIds);
      expect(main.exitCode).toBe(0);
      expect(Object.keys(main.state)).toEqual(['cloud-access']);
      expect(await post({ state: main.state }, cloud.byIds)).toMatchObject(idle);
      expect(cloud.has(world)).toBe(true);
    },
  );

  it('has the state of a failed main step: main saves it first (P4)', async () => {
    const main = await step(world, { ...byIds, target: '' });
    expect(main.exitCode).toBe(1);
    expect(main.state).toEqual({ 'cloud-access': '{"version":2}' });
    expect(await post({ state: main.state })).toMatchObject(idle);
  });

  it('reads only the state: empty inputs and a missing permission do not affect it', async () => {
    const state = { 'cloud-access': '{"version":2}' };
    const env = {
      AWS_ENDPOINT_URL: 'https://evil.example',
      AWS_REGION: '',
      GITHUB_EVENT_NAME: 'issue_comment',
      'INPUT_LIFE-TIME': '2h',
    };
    expect(await post({ state, env, idToken: false }, { cloud: '', operation: '' })).toMatchObject(idle);
  });

  it.each([
    ['a newer version', '{"version":3,"lease":"x"}', 'another version of this action wrote it'],
    ['an older version', '{"version":1}', 'another version of this action wrote it'],
    ['no version', '{}', 'altered or cut'],
    ['no JSON', 'version 1', 'altered or cut'],
    ['null', 'null', 'altered or cut'],
    ['a version that is no number', '{"version":"2"}', 'altered or cut'],
  ])('is red on a state of %s, and reports that nothing could be released (P3)', async (_, state, why) => {
    const result = await post({ state: { 'cloud-access': state } });
    expect(result.exitCode).toBe(1);
    expect(result.requests).toEqual([]);
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.level).toBe('error');
    expect(result.annotations[0]?.message).toContain('Could not release the leases of this step');
    expect(result.annotations[0]?.message).toContain(why);
    expect(result.annotations[0]?.message).toContain('End them with `operation: sweep` or `operation: revoke`');
  });

  it.each([
    ['this version’s state', '{"version":2}'],
    ['a foreign grant', '{"version":2,"grants":[{"target":"123456789012"}],"aws-region":"us-east-1"}'],
    ['a foreign grant of Azure', '{"version":2,"grants":[{"target":"/"}],"azure-client-id":"none"}'],
    ['another version’s state', '{"version":9}'],
    ['a command', '{"version":2}\n::set-output name=status::SUCCEEDED'],
  ])(
    "requests nothing and changes nothing for %s that an earlier step exported in main's place (P3)",
    async (_, spoofed) => {
      const before = thereNow();
      const result = await post({ env: { 'STATE_cloud-access': spoofed, STATE_other: spoofed } });
      expect(result.requests).toEqual([]);
      expect(result.outputs).toEqual({});
      expect(result.stdout).not.toContain(spoofed);
      expect(thereNow()).toEqual(before);
    },
  );

  it("uses main's state, not an earlier step's export under its name", async () => {
    const env = { 'STATE_cloud-access': '{"version":9}' };
    expect(await post({ env, state: { 'cloud-access': '{"version":2}' } })).toMatchObject(idle);
  });
});
