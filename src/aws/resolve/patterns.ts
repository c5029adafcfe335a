/**
 * The shapes of identifiers, as the service models of sso-admin 2020-07-20, identitystore 2020-06-15 and organizations
 * 2016-11-28 state them.
 * The partition is left open: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc` and whatever comes.
 */
const partition = 'arn:(?<partition>aws(?:-[a-z]{1,5}){0,3})';

export const accountId = /^\d{12}$/u;
export const instanceArn = new RegExp(`^${partition}:sso:::instance/(?:sso)?ins-[a-zA-Z0-9-.]{16}$`, 'u');
export const permissionSetArn = new RegExp(
  `^${partition}:sso:::permissionSet/(?:sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}$`,
  'u',
);
export const permissionSetName = /^[\w+=,.@-]{1,32}$/u;
/** A bare UUID, or `<10 hex>-<UUID>`: both forms are live. */
export const principalId =
  /^(?:[0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/u;
const storeId = 'd-[0-9a-f]{10}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
export const identityStoreId = new RegExp(`^(?:${storeId})$`, 'u');
/** The ARN contains the owner account; the ID is its last part. */
export const identityStoreArn = new RegExp(
  `^${partition}:identitystore::(?<account>\\d{12}):identitystore/(?<id>${storeId})$`,
  'u',
);
/** The id of an organizational unit. */
export const organizationalUnitId = /^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/u;
/** The id of an organization's root. */
export const rootId = /^r-[0-9a-z]{4,32}$/u;
export const roleArn = new RegExp(`^${partition}:iam::(?<account>\\d{12}):role/[\\w+=,.@/-]{1,576}$`, 'u');
export const region = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/u;
/** A schedule group's name. Source: service model of scheduler 2021-06-30. */
export const scheduleGroup = /^[\w.-]{1,64}$/u;
/** The dead-letter queue of Scheduler, a standard queue. Source: the same. */
export const queueArn = new RegExp(`^${partition}:sqs:[a-z0-9-]{1,32}:\\d{12}:[\\w-]{1,80}$`, 'u');
/** STS's RoleSessionName. */
export const sessionName = /^[\w+=,.@-]{2,64}$/u;
/** The identity that may apply a plan: a role with or without its path, a user, or a session of a role. */
export const callerArn = new RegExp(
  `^${partition}:(?:iam::(?<account>\\d{12}):(?<kind>role|user)/(?<path>[\\w+=,.@/-]*/)?(?<name>[\\w+=,.@-]{1,64})|sts::(?<owner>\\d{12}):assumed-role/(?<assumed>[\\w+=,.@-]{1,64})/[\\w+=,.@-]{2,64})$`,
  'u',
);
