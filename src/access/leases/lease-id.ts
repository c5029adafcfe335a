import { checkedBefore, ok, wrong, type Parsed } from '../declaration.ts';
import { isRecord, parseJson } from '../json.ts';
import { leaseIdChanged, noLeaseId } from '../messages/lease-operations.ts';
import type { LeaseId } from '../request.ts';
import { shortDigest } from './names.ts';

/** Maximum number of grants that a lease ID names; the records of more are searched for. */
export const mostNamedGrants = 20;

/** The parts of lease IDs that differ between clouds. */
interface LeaseGrammar<L> {
  /** Prefix of an ID. */
  readonly version: string;
  /** Maximum length, in characters. */
  readonly longest: number;
  /** The cloud, as people call it. */
  readonly on: string;
  /** Members that are written, in this order. */
  readonly membersOf: (lease: L) => Readonly<Record<string, unknown>>;
  /** `null` where they do not describe a lease. */
  readonly leaseOf: (members: Readonly<Record<string, unknown>>) => L | null;
}

/** Writes leases into IDs, and reads them. */
interface LeaseIds<L> {
  readonly writeLeaseId: (lease: L) => LeaseId;
  /** Accepts only what `writeLeaseId` writes, to the letter: an ID cannot carry anything else. */
  readonly parseLeaseId: (text: string) => Parsed<L>;
  /** Returns the ID itself where it is valid. */
  readonly checkLeaseId: (text: string) => Parsed<LeaseId>;
  /** The lease that a valid ID describes. */
  readonly leaseIn: (id: LeaseId) => L;
}

/**
 * Members with their own digest, which detects a changed ID. Such an ID would name a place without a lease, and the lease
 * elsewhere would look as if it were gone. The digest has no secret: it does not stop a forger of whole IDs.
 */
export function sealed(version: string, members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...members, z: shortDigest([version, JSON.stringify(members)], 16) };
}

/** An ID contains all that is needed to find its lease: nothing has to be kept between two steps. */
export function createLeaseIds<L>({ version, longest, on, membersOf, leaseOf }: LeaseGrammar<L>): LeaseIds<L> {
  const noLease = wrong(noLeaseId(on, version));
  const changed = wrong(leaseIdChanged);
  const writeLeaseId = (lease: L): LeaseId =>
    version + Buffer.from(JSON.stringify(sealed(version, membersOf(lease)))).toString('base64url');
  const parseLeaseId = (text: string): Parsed<L> => {
    if (text.length > longest || !text.startsWith(version)) return noLease;
    const members = parseJson(Buffer.from(text.slice(version.length), 'base64url').toString());
    const lease = isRecord(members) ? leaseOf(members) : null;
    if (lease === null) return noLease;
    return writeLeaseId(lease) === text ? ok(lease) : changed;
  };
  return {
    writeLeaseId,
    parseLeaseId,
    checkLeaseId: (text) => {
      const lease = parseLeaseId(text);
      return lease.ok ? ok(text) : lease;
    },
    leaseIn: (id) => checkedBefore(parseLeaseId(id), 'a lease id'),
  };
}
