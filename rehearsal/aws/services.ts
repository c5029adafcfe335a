import type { ServiceName } from '../journal.ts';
import type { Effect } from '../script.ts';
import type { Call } from './call.ts';
import type { Cloud, Handler } from './cloud.ts';
import { identityStoreHandlers } from './identitystore.ts';
import { serviceModel, violations, type ServiceModel } from './model.ts';
import { organizationsHandlers } from './organizations.ts';
import { Refusal } from './refusal.ts';
import { schedulerHandlers } from './scheduler/handlers.ts';
import { ssoAdminHandlers } from './sso-admin.ts';

/** A service that takes its parameters as JSON. */
export interface Service {
  readonly name: ServiceName;
  /** The service name in the credential scope [model: signingName]. */
  readonly signedFor: string;
  readonly model: ServiceModel;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly invalid: (message: string) => Refusal;
  readonly throttled: string;
  readonly conflict: string;
}

const validation = (message: string): Refusal => new Refusal('ValidationException', message);

export function services(): readonly Service[] {
  return [
    {
      name: 'sso',
      signedFor: 'sso',
      model: serviceModel('sso-admin'),
      handlers: ssoAdminHandlers,
      invalid: validation,
      throttled: 'ThrottlingException',
      conflict: 'ConflictException',
    },
    {
      name: 'identitystore',
      signedFor: 'identitystore',
      model: serviceModel('identitystore'),
      handlers: identityStoreHandlers,
      invalid: validation,
      throttled: 'ThrottlingException',
      conflict: 'ConflictException',
    },
    {
      name: 'scheduler',
      signedFor: 'scheduler',
      model: serviceModel('scheduler'),
      handlers: schedulerHandlers,
      invalid: validation,
      throttled: 'ThrottlingException',
      conflict: 'ConflictException',
    },
    {
      name: 'organizations',
      signedFor: 'organizations',
      model: serviceModel('organizations'),
      handlers: organizationsHandlers,
      invalid: (message) => new Refusal('InvalidInputException', message, { fields: { Reason: 'INVALID_PATTERN' } }),
      throttled: 'TooManyRequestsException',
      conflict: 'ConcurrentModificationException',
    },
  ];
}

/** Carries out the request of a known caller: in the order rate, form, handler. */
export function perform(
  cloud: Cloud,
  service: Service,
  asked: Omit<Call, 'input'> & { readonly input: unknown },
): unknown {
  const { operation, input } = asked;
  const handler = service.handlers[operation];
  if (handler === undefined) throw unknownOperation();
  const wait = cloud.overRate(service.name, operation);
  if (wait !== undefined)
    throw scripted(
      { kind: 'throttle', ...(service.name === 'identitystore' ? { retryAfterSeconds: wait } : {}) },
      service,
    );
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Refusal('SerializationException', 'The request is not a JSON object.');
  const wrong = violations(service.model, operation, input);
  if (wrong.length > 0)
    throw service.invalid(
      `${wrong.length} validation error${wrong.length === 1 ? '' : 's'} detected: ${wrong.join('; ')}`,
    );
  return handler(cloud, { ...asked, input: input as Readonly<Record<string, unknown>> });
}

export function unknownOperation(): Refusal {
  return new Refusal('com.amazon.coral.service#UnknownOperationException', '');
}

/** The refusals that a script can set, in a service's words. */
export function scripted(
  effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>,
  service: Service | undefined,
): Refusal {
  if (effect.kind === 'conflict')
    return new Refusal(
      service?.conflict ?? 'Conflict',
      'There is a conflict with a previous request that is still being processed.',
    );
  if (effect.kind === 'throttle') {
    const seconds = effect.retryAfterSeconds;
    return new Refusal(service?.throttled ?? 'Throttling', 'Rate exceeded', {
      fields: seconds === undefined || service?.name !== 'identitystore' ? {} : { RetryAfterSeconds: seconds },
      headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
    });
  }
  const { status, code, message, reason, resourceType } = effect;
  return new Refusal(code, message ?? `${code} by script`, {
    status,
    fields: {
      ...(reason === undefined ? {} : { Reason: reason }),
      ...(resourceType === undefined ? {} : { ResourceType: resourceType }),
    },
  });
}
