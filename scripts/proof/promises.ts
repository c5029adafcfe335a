export interface Promised {
  /** What a title ends with, and what a mutation names. */
  readonly tag: string;
  /** With the tag before it, the heading of its section. */
  readonly name: string;
  readonly meaning: string;
}

/** What this action promises. Each one has a section in docs/proof.md. */
export const promises: readonly Promised[] = [
  {
    tag: 'P1',
    name: 'Green means done',
    meaning:
      'A step is green only after the cloud reported success and a read showed the result, or after a read showed that nothing had to change.',
  },
  {
    tag: 'P2',
    name: 'Unknown stays unknown',
    meaning:
      'Where the outcome is not known in time, the step fails with `IN_PROGRESS` and the request id, and a re-run picks the operation up.',
  },
  {
    tag: 'P3',
    name: 'Never remove what we did not grant',
    meaning:
      'No post step, release, expiry or sweep ends access that was there before; a case that is in doubt is reported and left unchanged.',
  },
  {
    tag: 'P4',
    name: 'Intent is written before the change',
    meaning:
      'State and lease record are written before the cloud is called, so that whatever a killed step granted can be found and ended.',
  },
  {
    tag: 'P5',
    name: 'No one is cut off early, nothing outlives its last holder',
    meaning:
      'Leases that overlap on one grant are counted: the last holder to leave ends the access, and what a crash leaves behind ends with the latest expiry.',
  },
  {
    tag: 'P6',
    name: 'Every input fault is reported at once',
    meaning: 'All faults of the inputs are told together, each with a correct example, before any request.',
  },
  {
    tag: 'P7',
    name: 'No secret leaves',
    meaning:
      'Tokens and keys are masked on receipt, appear in nothing that a step writes, and go to no host that they are not meant for. Besides the tests below, every step of a scenario is red where it writes a secret anywhere, or connects to anything but this machine.',
  },
  {
    tag: 'P8',
    name: 'Exact or nothing',
    meaning:
      'A name that matches two things is an error with both ids: no first match, no fuzzy match, no wider scope.',
  },
  {
    tag: 'P9',
    name: 'Errors say what to do, and never loosen trust',
    meaning:
      'An error has the cloud’s own words, the request id and what to change, and whoever does as it says is no less safe afterwards.',
  },
  {
    tag: 'P10',
    name: 'Misuse ends red before a change',
    meaning:
      'An empty expression, an injected line, a hostile environment, a privileged role or target and an event that strangers cause are refused before any change, and the error names the input that would allow it.',
  },
  {
    tag: 'P11',
    name: 'Removals are owned, bounded and reviewed',
    meaning:
      '`reconcile` removes only what its file owns, never a lease, never more than its limit, and nothing after an incomplete read.',
  },
  {
    tag: 'P12',
    name: 'Approval is proven, not assumed',
    meaning:
      'An approval that is required counts only where GitHub recorded it for this very run or commit, by somebody else than who asked.',
  },
  {
    tag: 'P13',
    name: 'A passing refusal does not outlive its moment',
    meaning: 'Whatever ends access goes on trying for as long as it has time, and signs in again where it has to.',
  },
  {
    tag: 'Many',
    name: 'grants at once',
    meaning:
      'Many grants in one step go as fast as the clouds’ quotas allow and no faster, and one bad grant stops no other. `npm run bench` prints what they take beside the goals.',
  },
];
