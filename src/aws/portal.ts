import type { Portal } from '#access/cloud';
import type { Instance } from './instance.ts';

/** Identity store IDs of the form that is in the portal's default address. */
const inAddress = /^d-[\da-z]{10}$/u;

/**
 * The default address of the AWS access portal; `null` in partitions for which AWS documents none, and for identity stores
 * with an ID of another form. An administrator can have replaced it, which no API shows. Source:
 * docs/design/aws.md#the-access-portal.
 */
export function portalOf({ arn, identityStoreId }: Pick<Instance, 'arn' | 'identityStoreId'>): Portal | null {
  if (identityStoreId === null || !inAddress.test(identityStoreId)) return null;
  const partition = arn.split(':')[1];
  const address =
    partition === 'aws'
      ? `https://${identityStoreId}.awsapps.com/start`
      : partition === 'aws-us-gov'
        ? `https://start.us-gov-home.awsapps.com/directory/${identityStoreId}`
        : null;
  return address === null ? null : { address, isDefault: true };
}
