import { devNull } from 'node:os';
import { type EndpointSetting, type Restored, withoutUserInfo } from '#access/endpoints';
import { isSteering, steeringSettings } from './endpoints.ts';
import { changedSinceMain, fileUnread, setSinceMain, variableChanged } from './messages/sign-in.ts';
import { fileFaults, type Around } from './shared-files.ts';

/**
 * The variables that make the post step send its requests where the main step sent them. Its own clients get all settings
 * (`routing.ts`); these variables steer the clients of the default chain, and the files that the SDK must not read any more.
 *
 * @param ambient true if the default chain signs in
 */
export function restoredEndpoints(
  before: readonly EndpointSetting[],
  around: Around,
  ambient: boolean,
): readonly Restored[] {
  const now = steeringSettings(around, ambient);
  const isVariable = ({ source }: EndpointSetting): boolean => isSteering(source, ambient);
  const was = inVariables(before.filter(isVariable));
  const is = inVariables(now.filter(isVariable));
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  const isInFile = (it: EndpointSetting): boolean => !isVariable(it);
  return [
    ...changed.map((name) => putBack(name, was.get(name))),
    ...withoutFiles(before.filter(isInFile), now.filter(isInFile), around, ambient),
  ];
}

function inVariables(settings: readonly EndpointSetting[]): ReadonlyMap<string, string> {
  return new Map(settings.map(({ source, url }) => [source, url]));
}

function putBack(variable: string, value: string | undefined): Restored {
  const used = value === undefined ? 'nothing' : withoutUserInfo(value);
  return { variable, value, warning: variableChanged(variable, used) };
}

/** A file cannot be restored, but it can be left unread: the endpoints that main read from it are known. */
function withoutFiles(
  before: readonly EndpointSetting[],
  now: readonly EndpointSetting[],
  around: Around,
  ambient: boolean,
): readonly Restored[] {
  const unread = (variable: string, warning: string | null): Restored => ({ variable, value: devNull, warning });
  const was = textOf(before);
  const is = textOf(now);
  const warningOf = (variable: string): string =>
    before.length === 0 ? setSinceMain(is, variable) : changedSinceMain(was, is, variable);
  if (was !== is) return fileVariables.map((variable) => unread(variable, warningOf(variable)));
  // The files are then read only for credentials.
  if (!ambient) return fileVariables.map((variable) => unread(variable, null));
  return fileFaults(around, true).map(({ input, problem }) => unread(input, fileUnread(input, problem)));
}

const fileVariables = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];

function textOf(settings: readonly EndpointSetting[]): string {
  const lines = settings.map(({ source, url }) => `${source} = ${withoutUserInfo(url)}`);
  return lines.length === 0 ? 'nothing' : lines.sort().join(', ');
}
