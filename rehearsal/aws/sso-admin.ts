import type { Handler } from './cloud.ts';
import { assignmentHandlers } from './sso/assignments.ts';
import { instanceHandlers } from './sso/instances.ts';
import { provisioningHandlers } from './sso/provisioning.ts';
import { statusHandlers } from './sso/statuses.ts';

/** IAM Identity Center's administration API (sso-admin 2020-07-20). */
export const ssoAdminHandlers: Readonly<Record<string, Handler>> = {
  ...instanceHandlers,
  ...assignmentHandlers,
  ...provisioningHandlers,
  ...statusHandlers,
};
