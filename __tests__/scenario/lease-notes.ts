import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Granted } from './lease-cloud.ts';

/** How far a grant has come by the runner's state: `o` is over, and `-` not begun. */
const stages = ['-', 'h', 'a', 'c', 'm', 'l', 's'] as const;

/** What has to be in the runner's state before a request is sent that it speaks of. */
export interface Wanted {
  readonly letter: (typeof stages)[number];
  readonly holder: string;
}

/** What the state says of a grant. */
export interface StateNote {
  readonly at: string;
  readonly by: string;
}

export function isNoted(text: string | undefined, { letter, holder }: Wanted): boolean {
  const { at, by } = noteIn(text);
  // What is over was begun before.
  if (at === 'o') return true;
  return stages.indexOf(at as (typeof stages)[number]) >= stages.indexOf(letter) && by === holder;
}

export function noteIn(text: string | undefined): StateNote {
  const [, at = '', by = ''] = /^(?<at>[-hacmlos])[0-9a-z]*:?(?<by>[0-9a-z.]*)$/u.exec(text ?? '') ?? [];
  return { at, by };
}

interface Packed {
  readonly principals: readonly (readonly [type: string, id: string])[];
  readonly roles: readonly (readonly [id: string])[];
  readonly targets: readonly (readonly [id: string])[];
  readonly grants: readonly (readonly [principal: number, role: number, target: number])[];
}

/** Of each grant that the state speaks of, how far it has come and as which holder. */
export function notesIn(state: StepResult['state']): readonly { readonly grant: Granted; readonly text: string }[] {
  const text = state['cloud-access-grants-0'];
  if (text === undefined) return [];
  const { principals, roles, targets, grants } = JSON.parse(text) as Packed;
  const notes = (state['cloud-access-progress-0'] ?? '').split(';');
  return grants.map(([principal, role, target], index) => {
    const [principalType = '', principalId = ''] = principals[principal] ?? [];
    const grant = { principalType, principalId, roleId: roles[role]?.[0] ?? '', targetId: targets[target]?.[0] ?? '' };
    return { grant, text: notes[index] ?? '' };
  });
}
