import { capital, sentence, several } from '../words.ts';

export const namesAndIds = 'Names and IDs';
export const planByGrant = 'Plan for each grant';

/** @param counts such as `3 create, 2 keep` */
export const planOfMany = (grants: number, counts: string, all: string): string =>
  `Plan for ${several(grants, 'grant')}: ${counts}. ${capital(all)}.`;

/** @param lasting such as ` for 2 h, ends with the job` */
export const planOfOne = (action: string, grant: string, lasting: string, more: string): string =>
  sentence(`Plan: ${action} ${grant}${lasting}${more}`);

/** @param grant in short, as it differs from the others */
export const planOf = (grant: string, action: string, more: string): string =>
  sentence(`Plan for ${grant}: ${action}${more}`);

export const differsIn = (properties: readonly string[]): string =>
  ` (differs from the request: ${properties.join(', ')})`;
