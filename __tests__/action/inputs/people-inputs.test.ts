import { describe, expect, it } from '@jest/globals';
import { faultsOf, good, names, read, readAny } from '../small-clouds.ts';

const asks = { ...good, principal: 'requester', 'people-file': '.github/people.yml' };
const compared = { ...good, 'require-approval': 'environment', 'people-file': '.github/people.yml' };

describe('principal: requester', () => {
  it('has no principal yet, and needs the people-file', () => {
    const { request, people } = read(asks);
    expect(request.principals).toEqual([]);
    expect(people).toMatchObject({ path: '.github/people.yml', clouds: ['sky', 'sea'], isForRequester: true });
  });

  it('is the principal that GitHub and the file name, for every rule about principals', () => {
    const named = (requester: string, more = {}): readonly unknown[] =>
      read({ ...asks, ...more }, { requester }).request.principals;
    expect(named('person:ann')).toEqual([{ text: 'person:ann', kind: 'untyped', value: 'person:ann' }]);
    expect(() => named('bad one')).toThrow('One input is wrong');
    expect(() => named('person:ann', { 'require-ids': 'true', target: 'id-here', role: 'id-role' })).toThrow(
      'One input is wrong',
    );
  });

  it('is allowed in a dry run, so that a plan names the person', () => {
    expect(read({ ...asks, 'dry-run': 'true' }).people).toMatchObject({ isForRequester: true });
  });

  it.each([
    ['without people-file', { 'people-file': 'none' }, ['principal']],
    ['together with another line', { principal: 'requester\nann' }, ['people-file', 'principal']],
    ['together with principal-type', { 'principal-type': 'TEAM' }, ['principal-type']],
    ['for revoke', { operation: 'revoke' }, ['people-file', 'principal']],
    ['as a filter of list', { operation: 'list' }, ['people-file', 'principal']],
    [
      'among the allowed principals',
      { principal: 'ann', 'allowed-principals': 'requester' },
      ['allowed-principals', 'people-file'],
    ],
  ])('is a fault %s (P6)', (_, inputs, expected) => {
    expect(names(faultsOf({ ...asks, ...inputs }))).toEqual(expected);
  });

  it('is a fault in a step without an ID token: only that names the run (P10)', () => {
    const faults = faultsOf({ ...asks, cloud: 'sea', target: 'here', role: 'reader' });
    expect(names(faults)).toEqual(['principal']);
    expect(faults[0]?.problem).toContain('Only an ID token proves which run asks');
  });
});

describe('people-file', () => {
  it('is needed where an approver of an environment is compared with the principals', () => {
    expect(read(compared).people).toMatchObject({ isForRequester: false });
  });

  it('is not read for an operation that needs no approval', () => {
    expect(read({ ...compared, 'dry-run': 'true' }).people).toBeNull();
    expect(readAny({ ...compared, operation: 'revoke' }).people).toBeNull();
    expect(read(good).people).toBeNull();
  });

  it('is a fault without any use: no person would be compared', () => {
    expect(names(faultsOf({ ...compared, 'require-approval': 'none' }))).toEqual(['people-file']);
  });

  it('cannot be empty: an empty expression must not switch it off (P10)', () => {
    expect(names(faultsOf({ ...compared, 'people-file': ' ' }))).toEqual(['people-file']);
  });

  it.each(['/etc/people.yml', '../people.yml', '.github/../people.yml', './people.yml', 'a//b', 'a\\b', 'a\nb', 'a/'])(
    'is a path from the root of the repository: not %j',
    (path) => {
      expect(names(faultsOf({ ...compared, 'people-file': path }))).toEqual(['people-file']);
    },
  );
});
