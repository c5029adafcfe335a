import { ok, wrong, type Parsed } from './declaration.ts';
import { notLines, splitLines } from './list-shapes.ts';
import { notApprovalKinds, notApprovers } from './messages/approvals.ts';

/** The ways to prove that a person approved a change: lines of `require-approval`. */
export const approvalKinds = ['environment', 'review'] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** The accounts that count as approvers, by their numeric IDs; `null` for any person. */
export type Approvers = ReadonlySet<string> | null;

/** Lines of `environment`, `review`, or only `none`. */
export function parseApprovalKinds(value: string): Parsed<readonly ApprovalKind[]> {
  const shape = notLines(value);
  if (shape !== null) return wrong(shape.problem);
  const lines = splitLines(value);
  if (lines.length === 1 && lines[0] === 'none') return ok([]);
  const strange = lines.filter((line) => !approvalKinds.some((kind) => kind === line));
  return strange.length === 0
    ? ok(approvalKinds.filter((kind) => lines.includes(kind)))
    : wrong(notApprovalKinds(strange, approvalKinds));
}

/** A login and the number of its account: the number decides, since a login can be taken by another account. */
export function parseApprovers(value: string): Parsed<Approvers> {
  const shape = notLines(value);
  if (shape !== null) return wrong(shape.problem);
  const lines = splitLines(value);
  if (lines.length === 1 && lines[0] === 'any') return ok(null);
  const strange = lines.filter((line) => !/^[\w-]{1,100}#[1-9]\d{0,15}$/u.test(line));
  return strange.length === 0
    ? ok(new Set(lines.map((line) => line.slice(line.indexOf('#') + 1))))
    : wrong(notApprovers(strange));
}
