import type { Estate } from '../../rehearsal/estate.ts';
import type { Grant } from '../../src/access/grant.ts';
import { ids } from '../scenario/support.ts';
import { awsOutcomes, type AwsTexts } from './aws-oracle.ts';
import { drawAwsTexts } from './aws-texts.ts';
import type { Draw } from './draw.ts';
import type { Outcome } from './expected.ts';

export interface AwsCase {
  readonly texts: AwsTexts;
  readonly outcomes: readonly Outcome[];
}

/** @param keep number of cases that are kept of a hundred of each end: most texts end in a refusal */
export function drawAwsCase(draw: Draw, estate: Estate, keep: Readonly<Record<Outcome['kind'], number>>): AwsCase {
  for (;;) {
    const texts = drawAwsTexts(draw, estate);
    const outcomes = awsOutcomes(texts, estate);
    if (outcomes.some(({ kind }) => draw.percent(keep[kind]))) return { texts, outcomes };
  }
}

/** A grant in the words of the oracle. */
export function awsInWords(grant: Grant): string {
  const place = `${grant.role.id} ${grant.target.id}`;
  return grant.kind === 'assignment' ? `${grant.principal.type ?? ''} ${grant.principal.id} ${place}` : place;
}

/** With everything pinned, and the job's own credentials. */
export function awsInputs(texts: AwsTexts): Readonly<Record<string, string>> {
  const { operation, principal, target, role, allowPrivileged } = texts;
  return {
    cloud: 'aws',
    'aws-region': ids.region,
    'aws-instance-arn': ids.instance,
    'aws-identity-store-id': ids.storeArn,
    operation,
    target,
    role,
    ...(operation === 'provision' ? {} : { principal }),
    ...(allowPrivileged ? { 'allow-privileged': 'true' } : {}),
  };
}
