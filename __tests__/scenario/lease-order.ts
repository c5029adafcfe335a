import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';

/** How far a grant has come by the runner's state: `o` is over, and `-` not begun. */
const stages = ['-', 'h', 'a', 'c', 'l'] as const;

/** What has to be in the runner's state before a request is sent that it speaks of. */
interface Wanted {
  readonly letter: (typeof stages)[number];
  readonly holder: string;
}

/** A record or an assignment that a step asked for. */
interface Made {
  readonly what: 'hold' | 'timer' | 'grant';
  readonly key: string;
  readonly holder: string;
}

/**
 * What is wrong with the order in which a step went to work (P4): the runner's state is there before the hold, the hold
 * before the timer, the timer before the access. Of a step that was killed its state is what was there before its last
 * request.
 */
export function orderProblems({ requests, state }: Pick<StepResult, 'requests' | 'state'>): readonly string[] {
  const made = requests.flatMap(madeBy);
  const isRecorded = made.some(({ what }) => what !== 'grant');
  const notes = notesIn(state);
  return made.flatMap((it, index) => {
    const earlier = made.slice(0, index).filter(({ key }) => key === it.key);
    const own = earlier.find(({ what }) => what === 'hold')?.holder ?? it.holder;
    if (it.what === 'timer' && it.holder !== own) return []; // a timer of somebody else, made a dead one
    const wanted: Wanted = { letter: letterOf(it.what), holder: isRecorded ? own : '' };
    return [
      ...(!isNoted(notes.get(it.key), wanted)
        ? [`the state knows nothing of a ${it.what}: ${notes.get(it.key) ?? ''}`]
        : []),
      ...(it.what === 'timer' && !earlier.some(({ what }) => what === 'hold') ? ['a timer before its hold'] : []),
      ...(it.what === 'grant' && isRecorded && !earlier.some(({ what }) => what === 'timer')
        ? ['access before its timer']
        : []),
    ];
  });
}

function letterOf(what: Made['what']): Wanted['letter'] {
  return { hold: 'h', timer: 'a', grant: 'c' }[what] as Wanted['letter'];
}

function isNoted(note: string | undefined, { letter, holder }: Wanted): boolean {
  const [, at = '', by = ''] = /^(?<at>[-haclo])[0-9a-z]*:?(?<by>[0-9a-v]*)$/u.exec(note ?? '') ?? [];
  // What is over was begun before.
  if (at === 'o') return true;
  return stages.indexOf(at as (typeof stages)[number]) >= stages.indexOf(letter) && by === holder;
}

interface Packed {
  readonly principals: readonly (readonly [type: string, id: string])[];
  readonly roles: readonly (readonly [id: string])[];
  readonly targets: readonly (readonly [id: string])[];
  readonly grants: readonly (readonly [principal: number, role: number, target: number])[];
}

/** Of each grant that the state speaks of, how far it has come and as which holder. */
function notesIn(state: StepResult['state']): ReadonlyMap<string, string> {
  const text = state['cloud-access-grants-0'];
  if (text === undefined) return new Map();
  const { principals, roles, targets, grants } = JSON.parse(text) as Packed;
  const notes = (state['cloud-access-progress-0'] ?? '').split(';');
  return new Map(
    grants.map(([principal, role, target], index) => {
      const [type = '', id = ''] = principals[principal] ?? [];
      return [[targets[target]?.[0], roles[role]?.[0], type, id].join(' '), notes[index] ?? ''];
    }),
  );
}

interface Asked {
  readonly Name?: string;
  readonly State?: string;
  readonly Target?: { readonly Input?: string };
}

interface Fields {
  readonly TargetId: string;
  readonly PermissionSetArn: string;
  readonly PrincipalType: string;
  readonly PrincipalId: string;
}

function madeBy({ service, operation, body }: JournalEntry): readonly Made[] {
  if (service === 'sso' && operation === 'CreateAccountAssignment')
    return [{ what: 'grant', key: keyOf(body as Fields), holder: '' }];
  if (operation !== 'CreateSchedule') return [];
  const { Name = '', Target } = body as Asked;
  const [, , holder = '', kind] = Name.split('-');
  if (kind !== 'h' && kind !== 't') return [];
  const key = keyOf(JSON.parse(Target?.Input ?? '{}') as Fields);
  return [{ what: kind === 'h' ? 'hold' : 'timer', key, holder }];
}

function keyOf({ TargetId, PermissionSetArn, PrincipalType, PrincipalId }: Fields): string {
  return [TargetId, PermissionSetArn, PrincipalType, PrincipalId].join(' ');
}
