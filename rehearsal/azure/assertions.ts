import { claimsOf, type Claims } from '../github/claims.ts';
import type { Issuer } from '../github/issuer.ts';
import { sentences, SignInError } from './entra-errors.ts';
import type { FederatedCredential } from './options.ts';

export interface AssertionRules {
  readonly credentials: readonly FederatedCredential[];
  readonly issuer: Issuer;
  readonly now: number;
  /** One number for all mismatches. */
  readonly olderErrors: boolean;
}

/**
 * Refuses an assertion that no federated credential vouches for (docs/design/azure.md#federated-credentials), in this
 * order: form, issuer, subject, audience, signature, time.
 */
export function checkAssertion(assertion: string, { credentials, issuer, now, olderErrors }: AssertionRules): void {
  const claims = claimsOf(assertion);
  if (claims === null) throw new SignInError(50027, 'JWT token is invalid or malformed.');
  match(claims, credentials, olderErrors);
  if (issuer.verified(assertion) === null)
    throw new SignInError(700027, 'Client assertion failed signature validation.');
  const until = Number(claims['exp']) * 1000;
  if (now >= until || now < Number(claims['nbf']) * 1000)
    throw new SignInError(700024, sentences.outOfTime(now, Number(claims['iat']) * 1000, until));
}

function match(claims: Claims, credentials: readonly FederatedCredential[], olderErrors: boolean): void {
  const [iss, sub, aud] = [claims['iss'], claims['sub'], claims['aud']].map((value) => String(value ?? '')) as [
    string,
    string,
    string,
  ];
  const refuse = (number: number, text: string): never => {
    throw olderErrors ? new SignInError(70021, sentences.olderNoMatch(iss, sub, aud)) : new SignInError(number, text);
  };
  const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) refuse(700211, sentences.noMatch('issuer', iss));
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) {
    if (ofIssuer.some(({ subject }) => subject.toLowerCase() === sub.toLowerCase()))
      throw new SignInError(7002138, sentences.otherLetterCase(sub));
    refuse(700213, sentences.noMatch('subject', sub));
  }
  if (!ofSubject.some(({ audience }) => audience === aud)) refuse(700212, sentences.noMatch('audience', aud));
}
