import { azurePlacesOf } from '../rehearsal/azure/estates.ts';
import type { Estate } from '../rehearsal/estate.ts';
import { makeEstate, placesOf } from '../rehearsal/estates.ts';
import { byIds } from './inputs.ts';

/** Items on a page of AWS, and of the list of what is below a management group. */
const onPage = { aws: 100, descendants: 50 };

/** So that a file has no more than 1 MiB. */
const rowsOfFile = 5_000;

const aws = { accounts: 500, permissionSets: 20, groups: 40 };

/** An estate in which two groups have every permission set on each account. */
interface AwsPlace {
  readonly estate: Estate;
  readonly inputs: Readonly<Record<string, string>>;
  /** Access files of all of it by their paths, with a row for each assignment. */
  readonly files: Readonly<Record<string, string>>;
  readonly assignments: number;
  /** Permission sets on accounts, each of which has a list of its own. */
  readonly places: number;
  /** The fewest requests that show all places: a list of the permission sets, and of the accounts of each. */
  readonly fewestToFind: number;
}

export function awsPlace(): AwsPlace {
  const bare = makeEstate(aws);
  const { accounts, groups } = placesOf(bare);
  const names = bare.permissionSets.map(({ name }) => name);
  const of = (index: number): readonly string[] =>
    [0, 1].map((nth) => `group:${groups[(index * 2 + nth) % groups.length] ?? ''}`);
  const assignments = accounts.flatMap((account, index) =>
    names.flatMap((permissionSet) => of(index).map((principal) => ({ account, permissionSet, principal }))),
  );
  const rows = assignments.map(
    ({ account, permissionSet, principal }) =>
      `  - principal: '${principal}'\n    role: '${permissionSet}'\n    target: '${account}'\n`,
  );
  const owned = accounts.map((account) => `'${account}'`).join(', ');
  const head = `version: 1\ncloud: aws\nowns:\n  roles: ['*']\n  targets: [${owned}]\ngrants:\n`;
  const parts = Array.from({ length: Math.ceil(rows.length / rowsOfFile) }, (_, part) =>
    rows.slice(part * rowsOfFile, (part + 1) * rowsOfFile),
  );
  return {
    estate: { ...bare, assignments },
    inputs: withoutLines(byIds),
    files: Object.fromEntries(parts.map((part, index) => [`access/${index}.yml`, `${head}${part.join('')}`])),
    assignments: assignments.length,
    places: names.length * accounts.length,
    fewestToFind: 1 + names.length * Math.ceil(accounts.length / onPage.aws),
  };
}

function withoutLines(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !['principal', 'role', 'target'].includes(name)));
}

const azure = { subscriptions: 200, resourceGroups: 5, groups: 40, managementGroups: 1 };

/** A tenant with all subscriptions below one management group. */
interface AzurePlace {
  readonly estate: Estate;
  readonly inputs: Readonly<Record<string, string>>;
  readonly assignments: number;
  readonly subscriptions: number;
  /** The fewest requests that show all of it: what is below the group, and for each place what exists, is active and eligible. */
  readonly fewest: number;
}

export function azurePlace(): AzurePlace {
  const estate = makeEstate({ azure });
  if (estate.azure === undefined) throw new Error('an estate was made without its Azure');
  const group = estate.azure.managementGroups.at(-1)?.id ?? '';
  const { resourceGroups, roles, groups } = azurePlacesOf(estate.azure);
  const assignments = resourceGroups.flatMap((scope, index) =>
    roles
      .slice(0, 5)
      .flatMap((role) =>
        [0, 1].map((nth) => ({ scope, role, principalId: groups[(index + nth) % groups.length] ?? '' })),
      ),
  );
  const { subscriptions } = azure;
  return {
    estate: {
      ...estate,
      azure: {
        ...estate.azure,
        subscriptions: estate.azure.subscriptions.map((it) => ({ ...it, managementGroup: group })),
        assignments,
      },
    },
    inputs: { cloud: 'azure', operation: 'inventory', target: `management-group:${group}` },
    assignments: assignments.length,
    subscriptions,
    fewest: Math.ceil(subscriptions / onPage.descendants) + 3 * (subscriptions + 1),
  };
}
