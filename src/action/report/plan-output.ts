import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '#access/errors';
import type { PlanDocument } from '#access/plan/document';
import { largestPlan, renderPlan } from '#access/plan/file';
import type { Approval } from '../approval/approval.ts';
import { log } from '../log.ts';
import { choosePlanFile, planNotWritten, planTooLarge } from '../messages/failures.ts';
import { markdownNotWritten } from '../messages/plan-markdown.ts';
import { setPlan, type PlanOutputs } from './outputs.ts';
import { renderPlanMarkdown } from './plan-markdown.ts';
import { writeFresh } from './results.ts';
import { redact } from '../secrets.ts';

/** Where to write the plan. */
interface PlanPlace {
  /** The input `plan-file`, `null` where it is not set. */
  readonly file: string | null;
  /** True to write a file even without that input, as a dry run does. */
  readonly always: boolean;
  /** The runner's folder for temporary files of the job. */
  readonly folder: string | undefined;
  /** The approvals that the step required. */
  readonly approvals?: readonly Approval[];
}

/**
 * Writes a plan and sets its outputs, before any change. Throws a `Refusal` where it cannot be written: no change is made
 * without the requested record.
 */
export function keepPlan(document: PlanDocument, place: PlanPlace): PlanOutputs {
  const text = renderPlan(document);
  if (Buffer.byteLength(text) > largestPlan) log.warning(planTooLarge);
  const file = write(text, place);
  const outputs = { file, markdown: file === '' ? '' : writeMarkdown(document, place), digest: document.digest };
  setPlan(outputs);
  return outputs;
}

/** A Markdown that cannot be written stops nothing: the plan itself is there. */
function writeMarkdown(document: PlanDocument, { folder, approvals }: PlanPlace): string {
  try {
    return writeFresh('cloud-access-plan', [renderPlanMarkdown(document, [], null, approvals)], folder, 'md');
  } catch (error) {
    log.warning(markdownNotWritten(error instanceof Error ? error.message : String(error)));
    return '';
  }
}

/** Writes the Markdown of a kept plan again, with what was not known before the step ended: notices, or a refusal. */
export function addOutcome(
  document: PlanDocument,
  { markdown }: PlanOutputs,
  notices: readonly string[],
  refusal: string | null = null,
  approvals: readonly Approval[] = [],
): void {
  if (markdown === '' || (notices.length === 0 && refusal === null)) return;
  try {
    writeFileSync(markdown, redact(renderPlanMarkdown(document, notices, refusal, approvals)));
  } catch (error) {
    log.warning(markdownNotWritten(error instanceof Error ? error.message : String(error)));
  }
}

/** Replaces a file whole or not at all, and never through a link: the file before might be the reviewed plan. */
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
    throw new Refusal(planNotWritten(why), choosePlanFile);
  }
}
