import * as core from '@actions/core';
import { summaryNotWritten } from '../messages/failures.ts';

/** Writes the job summary. If that fails, the step goes on: the log has everything. */
export async function writeSummary(markup: string): Promise<void> {
  try {
    await core.summary.addRaw(markup).write();
  } catch (error) {
    core.debug(summaryNotWritten(String(error)));
  }
}
