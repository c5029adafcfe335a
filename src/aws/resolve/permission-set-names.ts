import type { Budget } from '#access/clock';
import { instead, together, type Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import { closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import { seconds } from '#access/words';
import { noPermissionSetNamed, searched, searchingAll } from '../messages/names.ts';
import { nameOf, type PermissionSets } from './permission-sets.ts';
import { provisionedTo } from '../provisioning/provisioned.ts';
import type { AwsSession } from '../session.ts';

/** Most permission sets that are described at once: enough to use the quota, and too few to queue behind each other. */
const atOnce = 8;
const progressEveryMs = 5_000;

/** Turns the lines of `role` into permission sets, each once; an ARN is used as it is. */
export async function resolvePermissionSets(
  session: AwsSession,
  permissionSets: PermissionSets,
  lines: readonly Line[],
  instanceArn: string,
  /** Null where the target is not one account. */
  accountId: string | null,
  budget: Budget,
): Promise<readonly Identity[]> {
  const names = new Set(lines.filter(({ kind }) => kind === 'permission-set-name').map(({ value }) => value));
  const { found, refusals } = await findByName(session, permissionSets, names, instanceArn, accountId, budget);
  if (refusals.size > 0) throw together([...refusals.values()]);
  const identities = new Map<string, Identity>();
  for (const { kind, value } of lines) {
    if (kind === 'every-permission-set') continue;
    const id = kind === 'permission-set-arn' ? value : (found.get(value) ?? '');
    const name = kind === 'permission-set-arn' ? null : value;
    identities.set(id, { id, name: name ?? identities.get(id)?.name ?? null });
  }
  return [...identities.values()];
}

/** The permission sets of names. */
interface Named {
  /** The ARN for each name. */
  readonly found: ReadonlyMap<string, string>;
  /** Why a name is of none. */
  readonly refusals: ReadonlyMap<string, Refusal>;
}

/** @param accountId the account that is searched first, `null` for none */
export async function findByName(
  session: AwsSession,
  permissionSets: PermissionSets,
  wanted: ReadonlySet<string>,
  instanceArn: string,
  accountId: string | null,
  budget: Budget,
): Promise<Named> {
  if (wanted.size === 0) return { found: new Map(), refusals: new Map() };
  const search = createSearch(session, permissionSets, wanted, budget);
  // Most roles that are asked for are in the account already, among some twenty instead of hundreds. Where that list may
  // not be read, the list of all still answers.
  const near =
    accountId === null
      ? []
      : await provisionedTo(session, instanceArn, accountId, budget).catch((error: unknown) => {
          const none = instead('denied', [] as readonly string[])(error);
          session.tools.log.info(searchingAll(inWords(error)));
          return none;
        });
  await search.among(near);
  if (search.missing().length > 0) await search.among(await permissionSets.list(budget));
  const refusalOf = (name: string): Refusal =>
    noPermissionSetNamed(name, search.seen().length, instanceArn, closeTo(name, search.seen()));
  return { found: search.found, refusals: new Map(search.missing().map((name) => [name, refusalOf(name)])) };
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Search {
  /** The ARN for each name that was found. */
  readonly found: ReadonlyMap<string, string>;
  readonly missing: () => readonly string[];
  /** Reads the names of these, and stops when all are found: names are unique in an instance. */
  among(arns: readonly string[]): Promise<void>;
  /** The permission sets that were read so far. */
  seen(): readonly Candidate[];
}

function createSearch(
  session: AwsSession,
  permissionSets: PermissionSets,
  wanted: ReadonlySet<string>,
  budget: Budget,
): Search {
  const { clock, log } = session.tools;
  const seen = new Map<string, string>();
  const found = new Map<string, string>();
  const began = clock.now();
  let spokenAt = began;

  return {
    found,
    missing: () => [...wanted].filter((name) => !found.has(name)),
    seen: () => [...seen].map(([id, name]) => ({ name, id })),
    async among(arns) {
      const queue = arns.filter((arn) => !seen.has(arn));
      const total = seen.size + queue.length;
      const work = async (): Promise<void> => {
        for (let arn = queue.shift(); arn !== undefined && found.size < wanted.size; arn = queue.shift()) {
          const name = await nameOf(permissionSets, arn, budget).catch((error: unknown) => {
            queue.length = 0;
            throw error;
          });
          seen.set(arn, name ?? '');
          if (name !== null && wanted.has(name)) found.set(name, arn);
          if (clock.now() - spokenAt < progressEveryMs) continue;
          spokenAt = clock.now();
          log.info(searched(seen.size, total, seconds(spokenAt - began)));
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
    },
  };
}
