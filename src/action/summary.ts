import * as core from '@actions/core';
import { describeEndpoints, type EndpointSetting } from '../access/endpoints.ts';
import type { Fault } from '../access/errors.ts';
import type { Identity, Words } from '../access/grant.ts';
import type { Result } from '../access/outcome.ts';
import { capital, seconds } from '../access/words.ts';
import { inert } from './text.ts';

/** What the summary says besides the table. */
export interface SummaryNotes {
  readonly operation: string;
  readonly words: Words;
  readonly endpoints: readonly EndpointSetting[];
  /** Sentences such as how long open sessions can last. */
  readonly remarks: readonly string[];
}

type Row = { readonly data: string; readonly header?: boolean }[];

/** One table of what happened, and under it what a person should know. */
export async function summarizeResults(results: readonly Result[], notes: SummaryNotes): Promise<void> {
  const { words, operation } = notes;
  const withPrincipal = results.some(({ grant }) => grant.kind === 'assignment');
  const header = [
    'Result',
    ...(withPrincipal ? ['Principal'] : []),
    capital(words.role),
    capital(words.target),
    'Request id',
    'Took',
  ];
  const rows = results.map((result) => rowOf(result, withPrincipal, words));
  core.summary.addHeading(`${words.cloud}: ${operation}`, 3).addTable([headerRow(header), ...rows]);
  for (const result of results) for (const line of linesOf(result)) addParagraph(line);
  for (const remark of notes.remarks) addParagraph(remark);
  for (const line of describeEndpoints(notes.endpoints)) addParagraph(line);
  await write();
}

/** The faults of the inputs, one row each. */
export async function summarizeFaults(faults: readonly Fault[]): Promise<void> {
  const rows = faults.map(({ input, problem, example }) =>
    [input, problem, example].map((text) => ({ data: inert(text) })),
  );
  core.summary
    .addHeading('cloud-access: nothing was done, inputs are wrong', 3)
    .addTable([headerRow(['Input', 'What is wrong', 'A correct example']), ...rows]);
  await write();
}

/** A failure before there was any grant to speak of. */
export async function summarizeFailure(
  title: string,
  lines: readonly string[],
  details: readonly string[],
): Promise<void> {
  core.summary.addHeading(inert(title), 3);
  for (const line of lines) addParagraph(line);
  if (details.length > 0) core.summary.addRaw(`<p>${details.map(inert).join('<br>')}</p>`, true);
  await write();
}

function headerRow(titles: readonly string[]): Row {
  return titles.map((data) => ({ data: inert(data), header: true }));
}

function rowOf(result: Result, withPrincipal: boolean, words: Words): Row {
  const { grant, outcome, seen, startedAt, endedAt } = result;
  const type = grant.kind === 'assignment' ? (grant.principal.type ?? seen?.principalType ?? 'Principal') : '';
  const who = grant.kind === 'assignment' ? `${type} ${inWords(grant.principal, words)}` : '';
  const cells = [
    inert(verdict(result)),
    ...(withPrincipal ? [inert(who)] : []),
    inert(inWords(grant.role, words)),
    inert(inWords(grant.target, words)),
    inert(outcome.requestId ?? '–'),
    inert(seconds(endedAt - startedAt)),
  ];
  return cells.map((data) => ({ data }));
}

function inWords({ id, name }: Identity, { brief }: Words): string {
  return name === null ? brief(id) : `${name} (${brief(id)})`;
}

/** What happened in two or three words, before any id. */
function verdict({ action, outcome }: Result): string {
  switch (outcome.status) {
    case 'SUCCEEDED':
      return outcome.changed ? `✅ ${done[action]}` : '✅ unchanged';
    case 'IN_PROGRESS':
      return '⏳ IN_PROGRESS';
    case 'FAILED':
      return '❌ FAILED';
  }
}

const done: Readonly<Record<Result['action'], string>> = {
  create: 'granted',
  update: 'updated',
  remove: 'revoked',
  provision: 'provisioned',
  keep: 'adopted',
  refuse: 'refused',
};

function linesOf({ outcome }: Result): readonly string[] {
  switch (outcome.status) {
    case 'SUCCEEDED':
      return outcome.remark === null ? [] : [outcome.remark];
    case 'IN_PROGRESS':
    case 'FAILED':
      return [outcome.reason, ...(outcome.hint === null ? [] : [`What to do: ${outcome.hint}`])];
  }
}

function addParagraph(text: string): void {
  core.summary.addRaw(`<p>${inert(text)}</p>`, true);
}

/** A summary that cannot be written is no reason to fail: the log has said it all. */
async function write(): Promise<void> {
  try {
    await core.summary.write();
  } catch (error) {
    core.debug(`The job summary could not be written: ${String(error)}`);
  }
}
