import type { ReceivedRequest } from '../../serving/dialect.ts';
import { isGuid } from '../../guid.ts';
import { definitionGuid } from '../arm/assignment-body.ts';
import { invalid, isObject, propertiesOf, unexpected, unknownMember } from '../arm/json-body.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import type { AdminType, Expiration, Wanted } from './model.ts';
import { durationMs } from './duration.ts';

type SelfType = 'SelfActivate' | 'SelfDeactivate' | 'SelfExtend' | 'SelfRenew';

/** Content of a body, before any look-up. */
export interface RequestBody extends Omit<Wanted, 'scope' | 'principalType' | 'requestType'> {
  readonly requestType: AdminType | 'AdminRenew' | SelfType;
  /** Unchanged: the service compares the whole. */
  readonly writtenRole: string;
}

const TYPES: readonly RequestBody['requestType'][] = [
  'AdminAssign',
  'AdminRemove',
  'AdminUpdate',
  'AdminExtend',
  'AdminRenew',
  'SelfActivate',
  'SelfDeactivate',
  'SelfExtend',
  'SelfRenew',
];

/** [spec] RoleAssignmentScheduleRequestProperties; read-only members are accepted and ignored. */
const TEXTS = [
  'principalId',
  'roleDefinitionId',
  'requestType',
  'justification',
  'condition',
  'conditionVersion',
  'linkedRoleEligibilityScheduleId',
  'targetRoleAssignmentScheduleId',
  'targetRoleAssignmentScheduleInstanceId',
  'scope',
  'principalType',
] as const;

const TYPE = 'RoleAssignmentScheduleRequest';

type Text = (name: (typeof TEXTS)[number]) => string | null;

export function requestBody(request: ReceivedRequest): RequestBody {
  const { properties, text } = propertiesOf(request, TYPE);
  const known: readonly string[] = [...TEXTS, 'scheduleInfo', 'ticketInfo'];
  for (const key of Object.keys(properties))
    if (!known.includes(key)) throw unknownMember(key, `${TYPE}Properties`, `properties.${key}`, text);
  const read: Text = (name) => textOf(properties[name], `properties.${name}`, text);
  const ticket = objectOf(properties['ticketInfo'], 'properties.ticketInfo', text);
  const principalId = read('principalId') ?? '';
  const writtenRole = read('roleDefinitionId') ?? '';
  if (!isGuid(principalId)) throw badFormat();
  return {
    principalId: principalId.toLowerCase(),
    roleDefinitionId: definitionGuid(writtenRole),
    writtenRole,
    requestType: typeOf(read('requestType') ?? '', text),
    ...schedule(properties['scheduleInfo'], text),
    justification: read('justification'),
    ticketNumber: textOf(ticket['ticketNumber'], 'properties.ticketInfo.ticketNumber', text),
    ticketSystem: textOf(ticket['ticketSystem'], 'properties.ticketInfo.ticketSystem', text),
    condition: read('condition'),
    conditionVersion: read('conditionVersion'),
  };
}

function schedule(given: unknown, text: string): Pick<RequestBody, 'startAt' | 'expiration'> {
  const path = 'properties.scheduleInfo';
  const info = objectOf(given, path, text);
  const written = objectOf(info['expiration'], `${path}.expiration`, text);
  const member = (name: string): string | null => textOf(written[name], `${path}.expiration.${name}`, text);
  return {
    startAt: timeOf(textOf(info['startDateTime'], `${path}.startDateTime`, text), `${path}.startDateTime`, text),
    expiration: expirationOf(member('type'), member('duration'), member('endDateTime'), text),
  };
}

function expirationOf(
  type: string | null,
  duration: string | null,
  endDateTime: string | null,
  text: string,
): Expiration | null {
  const path = 'properties.scheduleInfo.expiration';
  switch (type?.toLowerCase()) {
    case undefined:
      return null;
    case 'noexpiration':
      return { type: 'NoExpiration' };
    case 'afterduration': {
      // Without its duration it is refused as one without an end would be [azure-rest-api-specs#24242].
      if (duration === null) return null;
      const ms = durationMs(duration);
      if (ms === undefined) throw notOfType(duration, 'TimeSpan', `${path}.duration`, text);
      return { type: 'AfterDuration', duration, ms };
    }
    case 'afterdatetime': {
      const at = timeOf(endDateTime, `${path}.endDateTime`, text);
      return at === null ? null : { type: 'AfterDateTime', at };
    }
    default:
      throw notOfType(type ?? '', 'ExpirationType', `${path}.type`, text);
  }
}

/** Enumerations are read without regard to letter case (docs/design/azure.md#pim-requests). */
function typeOf(given: string, text: string): RequestBody['requestType'] {
  const type = TYPES.find((name) => name.toLowerCase() === given.toLowerCase());
  if (type === undefined) throw notOfType(given, 'RequestType', 'properties.requestType', text);
  return type;
}

function timeOf(written: string | null, path: string, text: string): number | null {
  if (written === null) return null;
  const at = Date.parse(written);
  if (Number.isNaN(at)) throw notOfType(written, 'DateTime', path, text);
  return at;
}

function textOf(value: unknown, path: string, text: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw unexpected(value, path, text);
  return value;
}

function objectOf(value: unknown, path: string, text: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw unexpected(value, path, text);
  return value;
}

function notOfType(value: string, type: string, path: string, text: string): ArmRefusal {
  return invalid(`Error converting value "${value}" to type '${type}'`, path, text);
}

function badFormat(): ArmRefusal {
  return new ArmRefusal(400, 'BadRequestFormat', 'The request was incorrectly formatted.');
}
