import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '#access/errors';
import type { PlanDocument } from '#access/plan/document';
import { largestPlan, renderPlan } from '#access/plan/file';
import { log } from '../log.ts';
import { setPlan, type PlanOutputs } from './outputs.ts';
import { writeFresh } from './results.ts';
import { redact } from '../secrets.ts';

/** Where the plan goes. */
export interface PlanPlace {
  /** A path that was asked for, `null` where none was. */
  readonly file: string | null;
  /** Whether there has to be a file even so: a dry run always leaves one behind. */
  readonly always: boolean;
  /** The runner's folder for what lasts as long as the job. */
  readonly folder: string | undefined;
}

/**
 * Writes a plan and sets its outputs, before any change. Throws a `Refusal` where it cannot be written: a change without
 * the record that was asked for is not made.
 */
export function keepPlan(document: PlanDocument, place: PlanPlace): PlanOutputs {
  const text = renderPlan(document);
  if (Buffer.byteLength(text) > largestPlan) log.warning(tooLarge);
  const outputs = { file: write(text, place), digest: document.digest };
  setPlan(outputs);
  return outputs;
}

const tooLarge =
  'The plan’s file is too large to be read as expected-plan later on: give its digest there, or split the step.';

/** Whole or not at all, and never through a link: what stood there before may be what was reviewed. */
function replace(file: string, text: string): void {
  const fresh = `${file}.${randomUUID()}`;
  try {
    writeFileSync(fresh, text, { flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function write(text: string, { file, always, folder }: PlanPlace): string {
  try {
    if (file === null) return always ? writeFresh('cloud-access-plan', [text], folder) : '';
    mkdirSync(dirname(file), { recursive: true });
    replace(file, redact(text));
    return file;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `The plan could not be written: ${why}`,
      'Give as `plan-file` a path that this job may write to.',
    );
  }
}
