import type { AzureCloud } from '../cloud.ts';
import type { TokenFault } from '../tokens.ts';
import { ArmRefusal } from './refusal.ts';

/** 401 in ARM's words, with the challenge that it sends along; texts of the live service. */
export function tokenFault(
  { estate }: Pick<AzureCloud, 'estate'>,
  fault: TokenFault,
  audiences: readonly string[],
): ArmRefusal {
  const [code, message] = FAULTS[fault](estate.tenant.id, audiences);
  const authority = `https://login.microsoftonline.com/${estate.tenant.id}`;
  return new ArmRefusal(401, code, message, {
    'www-authenticate': `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${message.replaceAll('"', "'")}"`,
  });
}

const FAULTS: Readonly<
  Record<TokenFault, (tenant: string, audiences: readonly string[]) => readonly [code: string, message: string]>
> = {
  missing: () => ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
  invalid: () => ['InvalidAuthenticationToken', 'The access token is invalid.'],
  expired: () => [
    'ExpiredAuthenticationToken',
    'The access token expiry UTC time is earlier than current UTC time. Please use a valid token.',
  ],
  audience: (_, audiences) => [
    'InvalidAuthenticationTokenAudience',
    'The access token has been obtained for wrong audience or resource. It should exactly match with one of the ' +
      `allowed audiences ${audiences.map((audience) => `'${audience}'`).join(',')}.`,
  ],
  tenant: (tenant) => [
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer. It must match the tenant 'https://sts.windows.net/${tenant}/' associated ` +
      `with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenant}' to get the token.`,
  ],
};
