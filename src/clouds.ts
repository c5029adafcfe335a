import { opening } from '#access/declaration';
import type { EndpointSetting, Restored } from '#access/endpoints';
import type { Anchor } from '#access/leases/journal';
import type { CloudWithLeases } from '#access/leases/port';
import type { CloudTools } from '#access/tools';
import { awsDeclaration } from './aws/declaration.ts';
import type { Around } from './aws/shared-files.ts';
import { azureDeclaration } from './azure/declaration.ts';

/** The declaration of each cloud; the cloud itself is loaded only when it is asked for. */
export const clouds = {
  aws: opening(awsDeclaration, async (settings, tools) => (await import('./aws/cloud.ts')).openAws(settings, tools)),
  azure: opening(azureDeclaration, async (settings, tools) =>
    (await import('./azure/cloud.ts')).openAzure(settings, tools),
  ),
} as const;

/** Variables in which clouds' own tools keep secrets. */
export const secretVariables: readonly string[] = Object.values(clouds).flatMap((it) => it.secretVariables);

/** A cloud as the post step opens it: signed in as main was, by what main wrote down. */
export interface Reopened {
  /** The audience of the ID token that signing in takes, `null` where it takes none. */
  readonly audience: string | null;
  /** Variables that have to be as they were for main before it is opened. */
  readonly restored: (endpoints: readonly EndpointSetting[], around: Around) => readonly Restored[];
  open(tools: CloudTools): Promise<CloudWithLeases>;
}

/** `null` where what was saved names no sign-in. */
export async function reopen(name: string, anchor: Anchor): Promise<Reopened | null> {
  switch (name) {
    case 'aws':
      return reopenAws(anchor);
    case 'azure':
      return reopenAzure(anchor);
    default:
      return null;
  }
}

async function reopenAws(anchor: Anchor): Promise<Reopened | null> {
  const [{ settingsFrom }, { openAws }, { restoredEndpoints }] = await Promise.all([
    import('./aws/leases/anchor.ts'),
    import('./aws/cloud.ts'),
    import('./aws/restored-endpoints.ts'),
  ]);
  const settings = settingsFrom(anchor);
  if (settings === null) return null;
  const audience = settings.signIn.kind === 'web-identity' ? settings.signIn.audience : null;
  const ambient = settings.signIn.kind === 'ambient';
  return {
    audience,
    restored: (endpoints, around) => restoredEndpoints(endpoints, around, ambient),
    open: (tools) => openAws(settings, tools),
  };
}

async function reopenAzure(anchor: Anchor): Promise<Reopened | null> {
  const [{ settingsFrom }, { openAzure }, { restoredVariables }] = await Promise.all([
    import('./azure/leases/anchor.ts'),
    import('./azure/cloud.ts'),
    import('./azure/sign-in/environments.ts'),
  ]);
  const settings = settingsFrom(anchor);
  if (settings === null) return null;
  const audience = settings.signIn.kind === 'federated' ? settings.signIn.audience : null;
  return {
    audience,
    restored: (endpoints, { variables }) => restoredVariables(endpoints, variables),
    open: (tools) => openAzure(settings, tools),
  };
}
