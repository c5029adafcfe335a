import { gunzipSync, gzipSync } from 'node:zlib';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Granted } from './lease-cloud.ts';

/** Progress of a grant by the runner's state: `o` is over, and `-` not begun. */
const stages = ['-', 'h', 'a', 'c', 'm', 'l', 's'] as const;

/** State that the runner must have before a request about it is sent. */
export interface Wanted {
  readonly letter: (typeof stages)[number];
  readonly holder: string;
}

/** State of one grant. */
export interface StateNote {
  readonly at: string;
  readonly by: string;
}

export function isNoted(text: string | undefined, { letter, holder }: Wanted): boolean {
  const { at, by } = noteIn(text);
  // A finished grant was begun before.
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

/** Grants in the state, as JSON: few enough for one piece. */
function grantsIn(state: StepResult['state']): string {
  return gunzipSync(Buffer.from(state[packedGrants] ?? '', 'base64')).toString();
}

/** The same state with other grants, in the action's own packing. */
export function withGrants(state: StepResult['state'], edit: (json: string) => string): StepResult['state'] {
  return { ...state, [packedGrants]: gzipSync(edit(grantsIn(state))).toString('base64') };
}

/** Progress and holder of each grant in the state. */
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
