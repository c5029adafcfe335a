import { describe, expect, it } from '@jest/globals';

import { dispatchInputs } from '../../rehearsal/own/dispatch-inputs.ts';
import {
  evaluateCondition,
  evaluateText,
  expressionsIn,
  pathsIn,
  type Scope,
  type Standing,
} from '../../rehearsal/own/expressions.ts';
import { Misuse } from '../../rehearsal/own/options.ts';
import { isPlain } from '../../rehearsal/own/plain-script.ts';

const scope = (standing: Standing = 'success'): Scope => ({
  contexts: { inputs: { team: 'Auditors', dry: false, hours: 2 }, steps: { a: { outputs: { 'lease-id': 'ca1.x' } } } },
  standing,
  given: new Map([["vars.A || 'b'", 'c']]),
});

describe('expressions of a rehearsed workflow', () => {
  it.each([
    ['no expression', 'no expression'],
    ['group:${{ inputs.team }}, ${{inputs.hours}}h', 'group:Auditors, 2h'],
    ['${{ inputs.dry }}', 'false'],
    ['${{ steps.a.outputs.lease-id }}', 'ca1.x'],
    ["${{ steps['a'].outputs['lease-id'] }}", 'ca1.x'],
    ["${{ inputs.team == 'auditors' && 'yes' || 'no' }}", 'yes'],
    ["${{ format('{0}}}', inputs.team) }}", 'Auditors}'],
    ['${{ inputs.nothing }}${{ needs.x.outputs.y }}', ''],
    ["${{ vars.A || 'b' }}", 'c'],
  ])('are evaluated as GitHub does: %s', (template, text) => {
    expect(evaluateText(template, scope())).toBe(text);
  });

  it.each<[string | null, Standing, boolean]>([
    [null, 'success', true],
    [null, 'failure', false],
    ['true', 'failure', false],
    ['always()', 'failure', true],
    ['${{ always() }}', 'skipped', true],
    ['failure()', 'failure', true],
    ['failure()', 'success', false],
    ['success()', 'skipped', false],
    ['cancelled()', 'failure', false],
    ["inputs.team == 'Auditors'", 'success', true],
    ["${{ !contains(inputs.team, 'A') }}", 'success', false],
    ['${{ inputs.dry }}', 'success', false],
    ['inputs.nothing', 'success', false],
    ['!failure()', 'success', true],
    // GitHub makes a text of it, which is not empty.
    ["${{ inputs.dry }} == 'true'", 'success', true],
  ])('decide as conditions: if: %s after %s', (condition, standing, holds) => {
    expect(evaluateCondition(condition, scope(standing))).toBe(holds);
  });

  it('return the names that they read', () => {
    const template = "${{ vars.A || format('}}{0}', secrets['B']) }} and ${{ github.event.issue.number > 1 }}";
    expect(expressionsIn(template)).toHaveLength(2);
    expect(expressionsIn(template).flatMap(pathsIn)).toEqual(['vars.A', 'secrets.B', 'github.event.issue.number']);
  });

  it.each(['a b', 'hashFiles(inputs.x)', 'nowhere.x', '(open'])('are refused with a message: %s', (expression) => {
    expect(() => evaluateText(`\${{ ${expression} }}`, scope())).toThrow(Misuse);
    expect(() => evaluateText(`\${{ ${expression} }}`, scope())).toThrow('cannot be evaluated');
  });
});

describe('inputs of a run', () => {
  const declared = {
    who: { required: true },
    team: { type: 'choice', options: ['Payments', 'Auditors'] },
    dry: { type: 'boolean' },
    hours: { type: 'number', default: 2 },
    note: null,
  };

  it('have defaults by their types', () => {
    expect(dispatchInputs(declared, new Map([['who', 'alice']]))).toEqual({
      inputs: { who: 'alice', team: 'Payments', dry: false, hours: 2, note: '' },
      faults: [],
      missing: [],
    });
  });

  it('are refused all at once where GitHub would not start the run', () => {
    const values = new Map(Object.entries({ team: 'Nobody', dry: 'yes', hours: 'x', whom: 'bob' }));
    expect(dispatchInputs(declared, values)).toMatchObject({
      faults: [
        '"Nobody" is no option of the input team. Its options: Payments, Auditors.',
        '"yes" is no value of the input dry, which is true or false.',
        '"x" is no number, as the input hours is.',
        'The workflow has no input "whom". It has: who, team, dry, hours, note.',
      ],
      missing: ['who'],
    });
    expect(dispatchInputs({ a: { type: 'choice', options: ['x'], default: 'y' } }, new Map()).faults).toHaveLength(1);
    expect(dispatchInputs(declared, new Map([['who', '']])).missing).toEqual(['who']);
  });

  it('are not checked before an expression in them is evaluated', () => {
    expect(dispatchInputs(declared, new Map([['team', '${{ steps.a.outputs.b }}']])).faults).toEqual([]);
  });
});

describe('a script', () => {
  it.each([
    "echo '::error::No.' && exit 1",
    'if [ "$A" = b ]; then\n  echo "c=d" >> "$GITHUB_OUTPUT"\nfi',
    '# a comment\nX=1\necho "$X" >> $GITHUB_ENV\n[[ -n $X ]] || exit 2 >&2',
    'printf "%s\\n" a >> "${GITHUB_STEP_SUMMARY}"',
  ])('is plain where it only tests, prints, sets outputs and exits: %j', (script) => {
    expect(isPlain(script)).toBe(true);
  });

  it.each([
    'rm -rf /',
    'echo a; rm b',
    'echo a & rm b',
    'echo $(rm b)',
    'echo `rm b`',
    'echo a > b',
    'echo a >> "$HOME/.bashrc"',
    'A=1 rm b',
    'if rm b; then echo a; fi',
    'echo() { rm b; }',
    'eval "rm b"',
    'echo <(rm b)',
    'echo ${A@P}',
    './deploy.sh',
    'cat <<X\nX',
    'echo a |\nsh',
  ])('is not plain otherwise: %j', (script) => {
    expect(isPlain(script)).toBe(false);
  });
});
