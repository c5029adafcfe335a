import { isGuid } from '../../guid.ts';
import type { ReceivedRequest } from '../../serving/dialect.ts';
import type { PrincipalType } from '../principals.ts';
import { invalid, isObject, propertiesOf, unexpected, unknownMember } from './json-body.ts';
import { ArmRefusal } from './refusal.ts';

/** Properties of a PUT of a role assignment, checked one by one (docs/design/azure.md#role-assignments). */
export interface AssignmentRequest {
  /** The GUID alone. */
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType?: PrincipalType;
  readonly description: string | null;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly delegatedManagedIdentityResourceId: string | null;
  /** The scope, where the body repeats it. */
  readonly scope?: string;
}

const TYPES: readonly PrincipalType[] = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'];

const FIELDS = [
  'roleDefinitionId',
  'principalId',
  'principalType',
  'description',
  'condition',
  'conditionVersion',
  'delegatedManagedIdentityResourceId',
  'scope',
] as const;

type Fields = Partial<Record<(typeof FIELDS)[number], string>>;

/** The unchecked properties of a body: conditions see them before the body is checked. */
export function rawFields(request: ReceivedRequest): Fields {
  try {
    const body: unknown = JSON.parse(request.body.toString());
    const properties = isObject(body) ? body['properties'] : undefined;
    return isObject(properties)
      ? Object.fromEntries(Object.entries(properties).filter(([, value]) => typeof value === 'string'))
      : {};
  } catch {
    return {};
  }
}

export function assignmentRequest(request: ReceivedRequest): AssignmentRequest {
  const fields = checkedFields(request);
  const { roleDefinitionId = '', principalId = '', principalType, description = null, scope } = fields;
  if (!isGuid(principalId))
    throw new ArmRefusal(400, 'InvalidPrincipalId', 'A valid principal ID must be provided for role assignment.');
  const type = principalType === undefined ? undefined : typeOf(principalType);
  const delegated = fields.delegatedManagedIdentityResourceId ?? null;
  if (delegated !== null && !/^\/subscriptions\/[^/]+\/.+\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i.test(delegated))
    throw new ArmRefusal(400, 'BadRequestFormat', 'The request was incorrectly formatted.');
  return {
    roleDefinitionId: definitionGuid(roleDefinitionId),
    principalId: principalId.toLowerCase(),
    ...(type === undefined ? {} : { principalType: type }),
    description,
    condition: fields.condition ?? null,
    conditionVersion: fields.conditionVersion ?? null,
    delegatedManagedIdentityResourceId: delegated,
    ...(scope === undefined ? {} : { scope }),
  };
}

function checkedFields(request: ReceivedRequest): Fields {
  const { properties, text } = propertiesOf(request, 'RoleAssignment');
  const fields: Fields = {};
  for (const [key, value] of Object.entries(properties)) {
    const field = FIELDS.find((name) => name === key);
    if (field === undefined) throw unknownMember(key, 'RoleAssignmentProperties', `properties.${key}`, text);
    if (value === null) continue;
    if (typeof value !== 'string') throw unexpected(value, `properties.${key}`, text);
    fields[field] = value;
  }
  return fields;
}

/** The forms that a roleDefinitionId can have; a bare GUID is not one of them (not known for sure). */
export function definitionGuid(id: string): string {
  const match = /^(?:\/.*)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i.exec(id);
  if (match === null) throw new ArmRefusal(400, 'BadRequestFormat', 'The request was incorrectly formatted.');
  const [, guid = ''] = match;
  if (!isGuid(guid))
    throw new ArmRefusal(
      400,
      'InvalidRoleDefinitionId',
      `The role definition ID '${guid}' is not valid. The role definition ID must be a GUID.`,
    );
  return guid.toLowerCase();
}

/** Enumerations are read without regard to letter case. */
function typeOf(given: string): PrincipalType {
  const type = TYPES.find((name) => name.toLowerCase() === given.toLowerCase());
  if (type === undefined)
    throw invalid(`Error converting value "${given}" to type 'PrincipalType'`, 'properties.principalType', given);
  return type;
}
