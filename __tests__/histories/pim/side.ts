import { inputsWith, signedByRun, stormOnArm, stretchWires } from '../azure/arm.ts';
import { grantAt } from '../azure/names.ts';
import { minute, second } from '../plan.ts';
import type { CloudSide } from '../side.ts';
import { pimFindings } from './check.ts';
import { scriptCourses } from './courses.ts';
import { pimFeatures } from './features.ts';
import { requestNotes, storyOf } from './record.ts';
import { askedFor, givenBackAt } from './story.ts';
import { pimOf } from './surroundings.ts';
import { watchPim } from './watch.ts';

/** Access through Privileged Identity Management, which Azure ends by itself. */
export const pimSide: CloudSide = {
  world(history) {
    const { readLagMs, deleteLagMs, schedulesLagMs, unfoundMs, endsLateMs, showsPlain } = pimOf(history);
    return {
      clouds: ['azure'],
      azure: {
        lag: { readMs: readLagMs, deleteMs: deleteLagMs, schedulesMs: schedulesLagMs },
        pim: { unfoundMs, endsLateMs, hidesPermanent: !showsPlain },
      },
    };
  },
  watch: (world, { grants }) => watchPim(world, grants),
  begin({ world, history, watch, beganAt }) {
    const { permanent, permanentAs, foreign, course, mostMinutes, wireMs } = pimOf(history);
    const { pim, estate } = world.azure;
    for (const index of permanent) {
      if (permanentAs === 'plain') estate.add(grantAt(index));
      else pim.add(grantAt(index));
      watch.notOurs.add(index);
    }
    if (foreign !== null) pim.add({ ...grantAt(foreign.grant), endAt: beganAt + foreign.endsAfterMs });
    // Next to the grants: no step touches these.
    const bystander = { ...grantAt(0), scope: grantAt(0).scope.split('/resourceGroups/')[0] ?? '' };
    pim.add({ ...bystander, endAt: beganAt + 40 * 24 * 60 * minute });
    estate.add({ ...bystander, role: grantAt(1).role });
    if (mostMinutes !== null)
      for (const index of [0, 1]) pim.setPolicy({ ...grantAt(index), maximumDuration: `PT${mostMinutes}M` });
    scriptCourses(world, history.number, course);
    stretchWires(world, history.number, wireMs, 'roleAssignmentSchedule');
    return Promise.resolve();
  },
  storms: stormOnArm,
  sign: signedByRun,
  roleId: (grant) => grantAt(grant).role,
  inputs: inputsWith({ 'azure-pim': 'true' }),
  // No other job sees that such a step relies on the access.
  isBinding: ({ log }) => !log.includes('might end it before this lease ends'),
  // A request cannot be canceled: where others rely on the access, it stays unchanged.
  saysItStays: ({ log }) =>
    /The access stays for|ends the access at \S+ \S+ UTC(?:\.| at the earliest: whether)/u.test(log),
  asksForJobs: false,
  holders: ({ world, runs }, grant) => {
    const schedule = world.azure.pim.find(grantAt(grant));
    const asked = askedFor(world, grant).filter(({ change }) => change?.after?.name === schedule?.name);
    return asked.flatMap((it) =>
      it.record === null || givenBackAt(runs, asked, it) !== null ? [] : [{ actor: it.actor, end: it.record.end }],
    );
  },
  grantByHand({ world, history }, grant) {
    const { pim, estate } = world.azure;
    const { byHand } = pimOf(history);
    if (estate.has(grantAt(grant)) || pim.find(grantAt(grant)) !== undefined) return null;
    if (byHand === 'plain') estate.add(grantAt(grant));
    else pim.add({ ...grantAt(grant), ...(byHand === 'schedule' ? {} : { endAt: world.now() + byHand }) });
    return 'protected';
  },
  isFree: ({ world }, grant) => !world.azure.estate.has(grantAt(grant)),
  // A sweep does not touch them.
  hasRecords: () => false,
  lastEnd({ world }) {
    const ends = world.azure.pim.schedules().map(({ endAt }) => endAt ?? 0);
    const ofLeases = ends.filter((end) => end < world.now() + 24 * 60 * minute);
    return Math.max(world.now(), ...ofLeases) + minute + 30 * second;
  },
  storyOf,
  requestNotes,
  findings: pimFindings,
  features: pimFeatures,
};
