import { ArmRefusal } from './refusal.ts';

export type ArmOperation =
  | `roleAssignments.${'list' | 'get' | 'put' | 'delete'}`
  | `roleDefinitions.${'list' | 'get'}`
  | `roleAssignmentScheduleRequests.${'list' | 'get' | 'put' | 'cancel' | 'validate'}`
  | `roleAssignmentSchedules.${'list' | 'get'}`
  | 'roleAssignmentScheduleInstances.list'
  | 'roleEligibilityScheduleInstances.list'
  | 'denyAssignments.list'
  | 'roleManagementPolicyAssignments.list'
  | `subscriptions.${'list' | 'get'}`
  | `resourceGroups.${'list' | 'get'}`
  | `managementGroups.${'list' | 'get' | 'descendants'}`;

/** Meaning of a path and a method. */
export interface Route {
  readonly operation: ArmOperation;
  /** The path before the thing itself, decoded; empty for the tenant root. */
  readonly scope: string;
  /** The last segment, where the thing itself is meant. */
  readonly name: string;
  readonly query: URLSearchParams;
}

interface Resource {
  readonly path: RegExp;
  readonly name: ArmOperation extends `${infer Name}.${string}` ? Name : never;
  /** GET of such a path, where that is neither a list nor one thing. */
  readonly only?: 'descendants';
  /** Methods of one thing apart from GET; a POST is named by the last segment of its path. */
  readonly changes?: readonly ('put' | 'delete' | 'cancel' | 'validate')[];
  readonly apiVersions: readonly string[];
}

/** Of Microsoft.Authorization the one that is spoken here; of the others those that are in use and alike [spec]. */
const RESOURCES: readonly Resource[] = [
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments(?:\/([^/]+))?$/i,
    name: 'roleAssignments',
    changes: ['put', 'delete'],
    apiVersions: ['2022-04-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleDefinitions(?:\/([^/]+))?$/i,
    name: 'roleDefinitions',
    apiVersions: ['2022-04-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignmentScheduleRequests(?:\/([^/]+)(?:\/(cancel|validate))?)?$/i,
    name: 'roleAssignmentScheduleRequests',
    changes: ['put', 'cancel', 'validate'],
    apiVersions: ['2020-10-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignmentSchedules(?:\/([^/]+))?$/i,
    name: 'roleAssignmentSchedules',
    apiVersions: ['2020-10-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignmentScheduleInstances$/i,
    name: 'roleAssignmentScheduleInstances',
    apiVersions: ['2020-10-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleEligibilityScheduleInstances$/i,
    name: 'roleEligibilityScheduleInstances',
    apiVersions: ['2020-10-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/denyAssignments$/i,
    name: 'denyAssignments',
    apiVersions: ['2022-04-01'],
  },
  {
    path: /^(.*)\/providers\/Microsoft\.Authorization\/roleManagementPolicyAssignments$/i,
    name: 'roleManagementPolicyAssignments',
    apiVersions: ['2020-10-01'],
  },
  {
    path: /^()\/subscriptions(?:\/([^/]+))?$/i,
    name: 'subscriptions',
    apiVersions: ['2022-12-01', '2022-09-01', '2021-04-01', '2021-01-01', '2020-01-01', '2019-11-01', '2019-06-01'],
  },
  {
    path: /^(\/subscriptions\/[^/]+)\/resourceGroups(?:\/([^/]+))?$/i,
    name: 'resourceGroups',
    apiVersions: ['2024-03-01', '2022-09-01', '2021-04-01', '2021-01-01', '2020-10-01', '2020-06-01', '2019-10-01'],
  },
  {
    path: /^()\/providers\/Microsoft\.Management\/managementGroups\/([^/]+)\/descendants$/i,
    name: 'managementGroups',
    only: 'descendants',
    apiVersions: ['2023-04-01', '2021-04-01', '2020-05-01'],
  },
  {
    path: /^()\/providers\/Microsoft\.Management\/managementGroups(?:\/([^/]+))?$/i,
    name: 'managementGroups',
    apiVersions: ['2023-04-01', '2021-04-01', '2020-10-01', '2020-05-01', '2020-02-01'],
  },
];

/** The route of a request, and its api-versions; undefined for a path that ARM does not have here. */
export function routeOf(
  method: string,
  url: string,
): (Route & { readonly apiVersions: readonly string[]; readonly known: boolean }) | undefined {
  const [path = '', ...search] = url.split('?');
  const decoded = decode(path);
  for (const { path: form, name: resource, only, changes = [], apiVersions } of RESOURCES) {
    const match = form.exec(decoded);
    if (match === null) continue;
    const [, scope = '', name = '', action] = match;
    const verb = method === 'GET' && only !== undefined ? only : verbOf(method, name !== '', action?.toLowerCase());
    const reads = method === 'GET' && action === undefined;
    const known = reads || (name !== '' && changes.some((change) => change === verb));
    const operation = `${resource}.${verb}` as ArmOperation;
    return { operation, scope, name, query: new URLSearchParams(search.join('?')), apiVersions, known };
  }
  return undefined;
}

/** ARM accepts a double slash at the beginning of a path (docs/design/azure.md#sdk-behavior); no more of them. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path.replace(/^\/\/(?!\/)/, '/'));
  } catch {
    return path;
  }
}

function verbOf(method: string, one: boolean, action: string | undefined): string {
  if (action !== undefined) return method === 'POST' ? action : 'unknown';
  if (method === 'GET') return one ? 'get' : 'list';
  return method.toLowerCase();
}

/** Names of OData parameters in any letter case, as the SDKs differ in `$skipToken`. */
export function parameter(query: URLSearchParams, name: string): string | undefined {
  for (const [key, value] of query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

/** Texts of the live service. */
export function missingApiVersion(): ArmRefusal {
  return new ArmRefusal(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  );
}

export function invalidApiVersion(given: string, known: readonly string[]): ArmRefusal {
  return new ArmRefusal(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${given}' is invalid. The supported versions are '${known.join(',')}'.`,
  );
}
