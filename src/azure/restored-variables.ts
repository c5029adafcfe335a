import { type EndpointSetting, type Restored, withoutUserInfo } from '#access/endpoints';

/** What would send the sign-in to another host, and is a fault in the main step. Source: MSAL Node, @azure/identity. */
export function isRegionVariable(name: string): boolean {
  return /^(?:AZURE_REGIONAL_AUTHORITY_NAME|MSAL_FORCE_REGION)$/iu.test(name);
}

export function isAuthorityVariable(name: string): boolean {
  return /^AZURE_AUTHORITY_HOST$/iu.test(name);
}

/** What makes a later step of the job sign in where the earlier one did: the authority itself is part of what was saved. */
export function restoredVariables(
  before: readonly EndpointSetting[],
  variables: ReadonlyMap<string, string>,
): readonly Restored[] {
  const regions = [...variables.keys()].filter(isRegionVariable).map((variable) => ({
    variable,
    value: undefined,
    warning: `${variable} was set after the main step: it is not heeded, since what that step used is used.`,
  }));
  const was = before.find(({ source }) => isAuthorityVariable(source));
  const is = [...variables].find(([name]) => isAuthorityVariable(name));
  const variable = was?.source ?? is?.[0];
  if (variable === undefined || was?.url === is?.[1]) return regions;
  const used = was === undefined ? 'nothing' : withoutUserInfo(was.url);
  const warning = `${variable} has changed since the main step: what that step used is used (${used}).`;
  return [...regions, { variable, value: was?.url, warning }];
}
