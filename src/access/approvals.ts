import { ok, type Parsed } from './declaration.ts';
import { parseEachLine } from './input-kinds.ts';
import { notApprovalKinds, notApprovers } from './messages/values.ts';

/** The ways to prove that a person approved a change: lines of `require-approval`. */
export const approvalKinds = ['environment', 'review'] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** The value where no approval is required. */
export const noApproval: readonly ApprovalKind[] = [];

/** The accounts that count as approvers, by their numeric IDs; `null` for any person. */
export type Approvers = ReadonlySet<string> | null;

/** Lines of `environment`, `review`, or only `none`. */
export function parseApprovalKinds(value: string): Parsed<readonly ApprovalKind[]> {
  if (value.trim() === 'none') return ok(noApproval);
  const isKind = (line: string): boolean => approvalKinds.some((kind) => kind === line);
  const parsed = parseEachLine(value, isKind, (strange) => notApprovalKinds(strange, approvalKinds));
  return parsed.ok ? ok(approvalKinds.filter((kind) => parsed.value.includes(kind))) : parsed;
}

/** A login and the number of its account: the number decides, since a login can be taken by another account. */
export function parseApprovers(value: string): Parsed<Approvers> {
  if (value.trim() === 'any') return ok(null);
  const parsed = parseEachLine(value, (line) => /^[\w-]{1,100}#[1-9]\d{0,15}$/u.test(line), notApprovers);
  return parsed.ok ? ok(new Set(parsed.value.map((line) => line.slice(line.indexOf('#') + 1)))) : parsed;
}
