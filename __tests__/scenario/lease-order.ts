import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { isNoted, notesIn, type Wanted } from './lease-notes.ts';

/** A record or an assignment that a step requested. */
interface Made {
  readonly what: 'hold' | 'timer' | 'grant';
  readonly key: string;
  readonly holder: string;
}

/**
 * Problems with the order of a step's work (P4): the runner's state exists before the hold, the hold before the timer,
 * the timer before the access. The state of a killed step is the one before its last request.
 */
export function orderProblems({ requests, state }: Pick<StepResult, 'requests' | 'state'>): readonly string[] {
  const made = requests.flatMap(madeBy);
  const isRecorded = made.some(({ what }) => what !== 'grant');
  const notes = new Map(
    notesIn(state).map(({ grant: { targetId, roleId, principalType, principalId }, text }) => [
      [targetId, roleId, principalType, principalId].join(' '),
      text,
    ]),
  );
  return made.flatMap((it, index) => {
    const earlier = made.slice(0, index).filter(({ key }) => key === it.key);
    const own = earlier.find(({ what }) => what === 'hold')?.holder ?? it.holder;
    if (it.what === 'timer' && it.holder !== own) return []; // another caller's timer, disabled
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
