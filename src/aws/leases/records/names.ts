import { randomHolder, shortDigest } from '#access/leases/names';
import type { Assignment } from '#access/grant';
import type { RecordKind, RecordName } from '../steps/records.ts';

/** The fields of one account assignment as the Scheduler's call gets them. */
export interface AssignmentFields {
  readonly instanceArn: string;
  readonly account: string;
  readonly permissionSetArn: string;
  readonly principalType: string;
  readonly principalId: string;
}

export function fieldsOf(instanceArn: string, { principal, role, target }: Assignment): AssignmentFields {
  return {
    instanceArn,
    account: target.id,
    permissionSetArn: role.id,
    principalType: principal.type === 'USER' ? 'USER' : 'GROUP',
    // A GUID is the same in any letter case, and has to give the same name.
    principalId: principal.id.toLowerCase(),
  };
}

/** A grant's name in those of its records: 24 characters of base32hex, 120 bits of a digest of its fields. */
export function grantKeyOf(fields: AssignmentFields): string {
  const { instanceArn, account, permissionSetArn, principalType, principalId } = fields;
  return shortDigest([instanceArn, account, permissionSetArn, principalType, principalId], 24);
}

const letters = { hold: 'h', timer: 't', mark: 's' } as const satisfies Record<RecordKind, string>;
const kinds = new Map<string, RecordKind>(
  Object.entries(letters).map(([kind, letter]) => [letter, kind as RecordKind]),
);

/** All records of a grant begin with this, so that one list shows them. */
export function prefixOf(grantKey: string): string {
  return `${grantKey}-`;
}

/** `<grant>-<end in seconds>-<holder>-<kind>`: 58 characters of the 64 that a schedule's name may have. */
export function scheduleName(grantKey: string, { kind, end, holder }: RecordName): string {
  return `${prefixOf(grantKey)}${String(end / 1000).padStart(10, '0')}-${holder}-${letters[kind]}`;
}

const key = '[0-9a-v]{24}';
/** A grant's name, alone. */
export const grantKeyAlone = new RegExp(`^${key}$`, 'u');
/** A holder's name, alone. */
export const holderAlone = new RegExp(`^${randomHolder}$`, 'u');

const pattern = new RegExp(`^(?<grant>${key})-(?<end>\\d{10})-(?<holder>${randomHolder})-(?<letter>[hts])$`, 'u');

/** The parts of a schedule's name; `null` if the name is not this action's. */
export function parseScheduleName(name: string): { readonly grantKey: string; readonly record: RecordName } | null {
  const { grant = '', end = '', holder = '', letter = '' } = pattern.exec(name)?.groups ?? {};
  const kind = kinds.get(letter);
  return kind === undefined ? null : { grantKey: grant, record: { kind, end: Number(end) * 1000, holder } };
}
