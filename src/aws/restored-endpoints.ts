import { devNull } from 'node:os';
import { type EndpointSetting, type Restored, withoutUserInfo } from '#access/endpoints';
import { isSteering, steeringSettings } from './endpoints.ts';
import { fileFaults, type Around } from './shared-files.ts';

/**
 * What makes a later step of the job go where the earlier one went. Its clients are told everything (`routing.ts`): here it
 * is about the default chain's own clients, and about files that nobody should read any more.
 *
 * @param ambient whether the default chain signs in
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
  const warning = `${variable} has changed since the main step: what that step used is used (${used}).`;
  return { variable, value, warning };
}

/** A file cannot be put back, but left unread: what main took from it about endpoints is known. */
function withoutFiles(
  before: readonly EndpointSetting[],
  now: readonly EndpointSetting[],
  around: Around,
  ambient: boolean,
): readonly Restored[] {
  const unread = (variable: string, warning: string | null): Restored => ({ variable, value: devNull, warning });
  const was = textOf(before);
  const is = textOf(now);
  if (was !== is) {
    const what =
      before.length === 0 ? `${is} was set after the main step` : `The main step used ${was}; by now it is ${is}`;
    return fileVariables.map((variable) => unread(variable, `${what}: the file of ${variable} is not read.`));
  }
  // Credentials are all that is still looked for there.
  if (!ambient) return fileVariables.map((variable) => unread(variable, null));
  return fileFaults(around, true).map(({ input, problem }) =>
    unread(input, `${input} ${problem}: the file of ${input} is not read.`),
  );
}

const fileVariables = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];

function textOf(settings: readonly EndpointSetting[]): string {
  const lines = settings.map(({ source, url }) => `${source} = ${withoutUserInfo(url)}`);
  return lines.length === 0 ? 'nothing' : lines.sort().join(', ');
}
