import type { Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import { Refusal } from '#access/errors';
import type { Identity, Principal } from '#access/grant';
import type { Line } from '#access/request';
import { remembered } from '#access/remembered';
import { inTurns } from '#access/turns';
import { neededStore, openDirectory } from '../resolve/identity-store.ts';
import { findByName } from '../resolve/permission-set-names.ts';
import { needsDirectory, resolvePrincipal } from '../resolve/principals.ts';
import { idsOfLines, type MeantAccounts } from '../resolve/targets.ts';
import type { AccessTools, Around } from './tools.ts';

/** The lines of many rows. */
interface ManyLines {
  readonly principals: Iterable<Line>;
  readonly roles: Iterable<Line>;
  /** With exclusions. */
  readonly targets: Iterable<Line>;
}

/** Each distinct line with what it means. A line is looked up once, however many rows have it. */
export interface LookUps {
  /** Looks up the lines that are not known yet, with the fewest requests. */
  learn(lines: ManyLines, budget: Budget): Promise<void>;
  readonly principal: (line: Line) => Principal | Refusal;
  readonly role: (line: Line) => Identity | Refusal;
  readonly accounts: (line: Line) => MeantAccounts;
}

/** Most principals that are looked up at once: enough to use the quota. */
const atOnce = 24;

export function openLookUps({ session, organization }: AccessTools, { attached }: Around): LookUps {
  const principals = new Map<string, Principal | Refusal>();
  const roles = new Map<string, Identity | Refusal>();
  const accounts = new Map<string, MeantAccounts>();
  const directory = remembered(async (budget) => {
    const { instance } = await attached(budget);
    return openDirectory(session, instance.identityStoreId);
  });

  const learnPrincipals = async (lines: readonly Line[], budget: Budget): Promise<void> => {
    if (lines.length === 0) return;
    const asked = await directory(budget);
    if (lines.some(needsDirectory)) neededStore((await attached(budget)).instance.identityStoreId);
    const found = await inTurns(lines, atOnce, (line) => resolvePrincipal(asked, line, budget).catch(asRefusal));
    for (const [index, line] of lines.entries()) set(principals, line, found[index]);
  };

  const learnRoles = async (lines: readonly Line[], budget: Budget): Promise<void> => {
    const named = lines.filter(({ kind }) => kind === 'permission-set-name');
    for (const line of lines) if (!named.includes(line)) set(roles, line, { id: line.value, name: null });
    if (named.length === 0) return;
    const { instance, permissionSets } = await attached(budget);
    const wanted = new Set(named.map(({ value }) => value));
    const { found, refusals } = await findByName(session, permissionSets, wanted, instance.arn, null, budget);
    for (const line of named)
      set(roles, line, refusals.get(line.value) ?? { id: found.get(line.value) ?? '', name: line.value });
  };

  const learnAccounts = async (lines: readonly Line[], budget: Budget): Promise<void> => {
    if (lines.length === 0) return;
    const meant = await idsOfLines(organization, lines, budget);
    for (const line of lines) set(accounts, line, meant.get(line));
  };

  return {
    async learn(lines, budget) {
      await Promise.all([
        learnPrincipals(unknown(lines.principals, principals), budget),
        learnRoles(unknown(lines.roles, roles), budget),
        learnAccounts(unknown(lines.targets, accounts), budget),
      ]);
    },
    principal: (line) => known(principals, line),
    role: (line) => known(roles, line),
    accounts: (line) => known(accounts, line),
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

export function keyOfLine({ kind, value }: Line): string {
  return `${kind} ${value}`;
}

/** The lines that are not in the map, each once. */
function unknown(lines: Iterable<Line>, map: ReadonlyMap<string, unknown>): readonly Line[] {
  return distinctBy([...lines], keyOfLine).filter((line) => !map.has(keyOfLine(line)));
}

function set<T>(map: Map<string, T>, line: Line, value: T | undefined): void {
  if (value !== undefined) map.set(keyOfLine(line), value);
}

function known<T>(map: ReadonlyMap<string, T>, line: Line): T {
  const found = map.get(keyOfLine(line));
  if (found === undefined) throw new TypeError(`${line.kind} was not looked up`);
  return found;
}
