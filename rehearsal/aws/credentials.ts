import { randomBytes } from 'node:crypto';

/** The caller: a session of an assumed role. */
export interface Caller {
  readonly roleArn: string;
  /** arn:aws:sts::<account>:assumed-role/<role>/<session> */
  readonly arn: string;
  readonly accountId: string;
  readonly sessionName: string;
  readonly userId: string;
}

/** Temporary credentials, as STS issues them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
  readonly caller: Caller;
}

export interface CredentialStore {
  issue(roleArn: string, sessionName: string, expiresAt: number): Credentials;
  readonly find: (accessKeyId: string) => Credentials | undefined;
  /** Secret access keys and session tokens issued so far; access key IDs are not secret. */
  secrets(): readonly string[];
}

export function makeCredentialStore(): CredentialStore {
  const issued = new Map<string, Credentials>();
  return {
    issue: (roleArn, sessionName, expiresAt) => {
      const credentials: Credentials = {
        accessKeyId: `ASIA${letters(16)}`,
        // Characters that must be encoded in URLs occur in real secrets.
        secretAccessKey: `${randomBytes(27).toString('base64').slice(0, 36)}/+/+`,
        sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(300).toString('base64')}==`,
        expiresAt,
        caller: callerOf(roleArn, sessionName),
      };
      issued.set(credentials.accessKeyId, credentials);
      return credentials;
    },
    find: (accessKeyId) => issued.get(accessKeyId),
    secrets: () => [...issued.values()].flatMap(({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken]),
  };
}

/** A session of a role. */
export function callerOf(roleArn: string, sessionName: string): Caller {
  const [, partition = 'aws', , , accountId = '', resource = ''] = roleArn.split(':');
  const roleName = resource.split('/').at(-1) ?? '';
  return {
    roleArn,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    accountId,
    sessionName,
    userId: `AROA${letters(17)}:${sessionName}`,
  };
}

function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...randomBytes(count)].map((byte) => alphabet.charAt(byte % 32)).join('');
}
