import { gunzipSync, gzipSync } from 'node:zlib';
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

interface NotedGrant {
  readonly principal: { readonly type: string; readonly id: string };
  readonly role: { readonly id: string };
  readonly target: { readonly id: string };
}

const packedGrants = 'cloud-access-grants-0';

/** The grants that the state speaks of, as JSON: of so few that they are one piece. */
function grantsIn(state: StepResult['state']): string {
  return gunzipSync(Buffer.from(state[packedGrants] ?? '', 'base64')).toString();
}

/** The same state with other grants, packed as the action packs them. */
export function withGrants(state: StepResult['state'], edit: (json: string) => string): StepResult['state'] {
  return { ...state, [packedGrants]: gzipSync(edit(grantsIn(state))).toString('base64') };
}

/** Of each grant that the state speaks of, how far it has come and as which holder. */
export function notesIn(state: StepResult['state']): readonly { readonly grant: Granted; readonly text: string }[] {
  if (state[packedGrants] === undefined) return [];
  const notes = (state['cloud-access-progress-0'] ?? '').split(';');
  return (JSON.parse(grantsIn(state)) as readonly NotedGrant[]).map(({ principal, role, target }, index) => {
    const grant = {
      principalType: principal.type,
      principalId: principal.id,
      roleId: role.id,
      targetId: target.id,
    };
    return { grant, text: notes[index] ?? '' };
  });
}
