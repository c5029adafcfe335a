import { describe, expect, it } from '@jest/globals';
import {
  describeByHand,
  isGranted,
  postOnAzure,
  sweepingAzure,
  takeOnAzure,
  inAzureLeases,
} from './azure-lease-support.ts';
import { inPim, leasedSchedule, postByPim, takeByPim } from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, warnings } from './azure-support.ts';
import {
  endJob,
  hour,
  inLeases,
  isThere,
  job,
  minute,
  only,
  shortly,
  summaryText,
  sweeping,
  take,
} from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors, onCallAssignment, step } from './support.ts';

/** Statements in docs/emergencies.md about access that a person ends without this action. */
describe('a lease that a person ends by hand', () => {
  it('on AWS has in its record the exact request that ends it (P4)', () =>
    inLeases({}, async (world) => {
      await take(world);
      const { schedule } = only(world, 'timer');
      expect(JSON.parse(schedule.target.input ?? '')).toEqual({
        InstanceArn: expect.stringMatching(/^arn:aws:sso:::instance\//u) as unknown,
        TargetId: onCallAssignment.accountId,
        TargetType: 'AWS_ACCOUNT',
        PermissionSetArn: onCallAssignment.permissionSetArn,
        PrincipalType: onCallAssignment.principalType,
        PrincipalId: onCallAssignment.principalId,
      });
    }));

  it('on AWS, without its runner too, leaves its timer no task, and a sweep only the hold, which has no effect (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, undefined, job(1));
      world.aws.estate.remove(onCallAssignment);
      endJob(world, 1);
      await world.advance(3 * hour);
      const swept = await step(world, sweeping, job(2));
      expect([errors(swept), swept.exitCode, resultsOf(swept)]).toEqual(['', 0, []]);
      expect([isThere(world), shortly(world)]).toEqual([false, ['hold 22:00']]);
    }));

  it('on Azure leaves post and a sweep no task: both green (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world);
      world.azure.estate.remove(onCallBlobReader);
      const ended = await postOnAzure(world, main);
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      const swept = await azureStep(world, sweepingAzure);
      expect([errors(swept), swept.exitCode, resultsOf(swept)]).toEqual(['', 0, []]);
      expect(isGranted(world)).toBe(false);
    }));

  it('on Azure, with its record removed, stays: post is green, with a warning, and a sweep has no task (P3)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world);
      describeByHand(world, (description) => description.split('\n').slice(0, -1).join('\n'));
      const ended = await postOnAzure(world, main);
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toContain('The access still exists');
      await world.advance(3 * hour);
      const swept = await azureStep(world, sweepingAzure);
      expect([errors(swept), swept.exitCode, resultsOf(swept), isGranted(world)]).toEqual(['', 0, [], true]);
    }));

  it('on Azure, with its record changed, stays: post is red, and a sweep green, with a notice (P3)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world);
      describeByHand(world, (description) => description.replace(' v1 ', ' v2 '));
      expect((await postOnAzure(world, main)).exitCode).toBe(1);
      const swept = await azureStep(world, sweepingAzure);
      expect([errors(swept), swept.exitCode, isGranted(world)]).toEqual(['', 0, true]);
      expect(summaryText(swept)).toContain('proves nothing');
    }));

  it('through Privileged Identity Management leaves post no task: green (P1)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      world.azure.pim.remove(onCallBlobReader);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, leasedSchedule(world)]).toEqual(['', 0, undefined]);
    }));
});
