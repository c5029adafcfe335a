/** Hints on a refused sign-in, by what Entra refused. */
const compared =
  'Entra compares them exactly, including letter case. A new credential can take some minutes until Entra knows it.';

/** @param environment its name */
const notSwapped = (environment: string): string =>
  `Check azure-client-id, azure-tenant-id (are the two swapped?) and azure-environment (now ${environment}).`;

const mendsNothing = 'No change to the federated credential or to the inputs helps.';

export const noCredential =
  'The application has no federated credential at all. Check azure-client-id. docs/setup-by-hand.md shows how to create a credential for an environment with rules.';

/** @param claims the names of those that do not fit */
export const noCredentialFits = (claims: string, isCustomSubject: boolean): string => {
  const form = isCustomSubject
    ? ' The subject has a custom form that does not name the environment. Add environment to that form.'
    : '';
  return `No federated credential of the application has the ${claims} of the token.${form} ${compared}`;
};

export const letterCase =
  'The subject of the federated credential differs from the subject of the token only in letter case. Write the names of owner, repository and environment as GitHub writes them.';

export const otherIssuer = (issuer = ''): string =>
  `No federated credential of the application has the issuer of the token, ${issuer}. GitHub Enterprise and *.ghe.com have issuers of their own, and none ends with a slash. ${compared}`;

/** @param inputDefault the audience that the cloud has by default, `null` for a custom cloud */
export const otherAudience = (audience = '', cloud: string, inputDefault: string | null): string => {
  const otherwise =
    inputDefault === null
      ? 'give the credential an audience of your own and set azure-audience to it: a custom azure-environment has no default'
      : `leave azure-audience out and give the credential the default of ${cloud}, ${inputDefault}`;
  return `No federated credential of the application has the audience of the token, ${audience}. Set azure-audience to the audience of the credential, or ${otherwise}. ${compared}`;
};

export const unknownClient = (environment: string): string =>
  `The directory does not know this client ID. ${notSwapped(environment)} azure-client-id is the client ID of the application, not an object ID.`;

export const unknownDirectory = (environment: string): string =>
  `This cloud has no such directory. ${notSwapped(environment)}`;

export const clockOff =
  'The ID token had expired, or was not valid yet, when Entra read it, and so had a new one. Synchronize the clock of the runner by NTP.';

/** @param enterprise the claim of the token */
export const claimRequired = (enterprise = ''): string =>
  `A policy of the directory requires tokens of GitHub to have a claim with a certain value, which the message names. The value of enterprise is ${enterprise === '' ? 'empty' : enterprise}. Run the job in a repository of an enterprise that the policy accepts. No change to the federated credential helps.`;

export const conditionalAccess = `A Conditional Access policy or the security defaults of the directory block this sign-in, for example because of the network of the runner or a risk. The sign-in log of the directory names the policy. Ask its owners whether this job is meant to sign in. ${mendsNothing}`;

export const applicationDisabled = `The application, or its service principal in this directory, is disabled. Ask the owners of the directory whether to enable it again. ${mendsNothing}`;

export const directoryUnserved =
  'Microsoft does not serve this directory. It may be disabled or abandoned. Check that azure-tenant-id is the directory that you mean. If it is, its owners must contact Microsoft.';

export const accountDisabled = `The account is disabled. Ask the administrators of the directory whether to enable it again. ${mendsNothing}`;

export const unassigned = `The directory gives tokens for this service only to identities that are assigned to it. Ask the administrators of the directory whether this identity is meant to be one of them. ${mendsNothing}`;

export const unlisted =
  'Look up the code at https://login.microsoftonline.com/error. If it is about an unknown application, directory or cloud, check azure-client-id, azure-tenant-id and azure-environment.';
