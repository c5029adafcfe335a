import { expect } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { errors } from './support.ts';

/**
 * A step without faults needs 75 MB, and a response is read up to 16 MiB; released memory can stay allocated for a
 * while.
 */
const usualMB = 260;

/** Memory belongs to a process: a world whose steps share none. */
export const ownProcesses = { reusesProcesses: false } as const;

/** A sign-in has two minutes of its own, before the time that `timeout` sets for each grant. */
const signInMs = 2 * 60_000;

/** Texts that do not help a user. */
const unreadable = /\bundefined\b|\[object Object\]|bug in|TypeError|<html>|aaaa/u;

/** One red annotation with the problem, in words, and a hint. */
export function expectClearlyRed(result: StepResult, why = ''): void {
  const said = `${why}\n${errors(result)}`;
  expect({ why, exitCode: result.exitCode }).toEqual({ why, exitCode: 1 });
  expect(['FAILED', 'IN_PROGRESS']).toContain(result.outputs['status']);
  expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(said).toContain('What to do: ');
  expect(`${said}\n${result.summary}`).not.toMatch(unreadable);
}

/** It ends by itself within its limits, on its own clock, and does not read everything. */
export function expectBounded(result: StepResult, timeoutMs = 60_000, mostMB = usualMB): void {
  expect(result.signal).toBeNull();
  expect(result.virtualMs).toBeLessThanOrEqual(signInMs + timeoutMs);
  expect(result.witness.peakMB).toBeGreaterThan(20);
  expect(result.witness.peakMB).toBeLessThan(mostMB);
}
