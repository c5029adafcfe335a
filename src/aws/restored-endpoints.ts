import { devNull } from 'node:os';
import { withoutUserInfo, type EndpointSetting } from '../access/endpoints.ts';
import { Refusal } from '../access/errors.ts';
import { endpointSettings, isEndpointVariable } from './endpoints.ts';
import type { Around } from './shared-files.ts';

/** A variable that is to be set, or to be taken away, before anything is sent, and what to say about it. */
export interface Restored {
  readonly variable: string;
  readonly value: string | undefined;
  readonly warning: string;
}

/**
 * What makes a later step of the job use the endpoints that were in force before. Throws a {@link Refusal} where they were
 * lines of a file that says something else by now.
 */
export function restoredEndpoints(before: readonly EndpointSetting[], around: Around): readonly Restored[] {
  const now = endpointSettings(around);
  const was = inVariables(before);
  const is = inVariables(now);
  return [
    ...[...new Set([...was.keys(), ...is.keys()])]
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => putBack(name, was.get(name))),
    ...withoutFiles(before.filter(isInFile), now.filter(isInFile)),
  ];
}

function inVariables(settings: readonly EndpointSetting[]): ReadonlyMap<string, string> {
  return new Map(settings.filter(({ source }) => isEndpointVariable(source)).map(({ source, url }) => [source, url]));
}

function isInFile({ source }: EndpointSetting): boolean {
  return !isEndpointVariable(source);
}

function putBack(variable: string, value: string | undefined): Restored {
  const used = value === undefined ? 'nothing' : withoutUserInfo(value);
  const warning = `${variable} has changed since the main step: what that step used is used (${used}).`;
  return { variable, value, warning };
}

/** A file cannot be put back. Where it said nothing about endpoints, it can be left unread. */
function withoutFiles(before: readonly EndpointSetting[], now: readonly EndpointSetting[]): readonly Restored[] {
  const textOf = (settings: readonly EndpointSetting[]): string => settings.map(lineOf).sort().join(', ');
  if (textOf(before) === textOf(now)) return [];
  if (before.length > 0)
    throw new Refusal(
      `The main step used ${textOf(before)}; by now it is ${now.length === 0 ? 'nothing' : textOf(now)}.`,
      'Let no later step of the job write the shared AWS files, or move AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE.',
    );
  return ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].map((variable) => ({
    variable,
    value: devNull,
    warning: `${textOf(now)} was set after the main step: the file of ${variable} is not read.`,
  }));
}

function lineOf({ source, url }: EndpointSetting): string {
  return `${source} = ${withoutUserInfo(url)}`;
}
