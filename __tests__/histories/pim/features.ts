import { generationsOf, pimStories } from './story.ts';
import type { Chronicle } from '../chronicle.ts';
import { pimOf } from './surroundings.ts';

/** Events of Privileged Identity Management in a history. */
export function pimFeatures(chronicle: Chronicle): Readonly<Record<string, boolean>> {
  const { runs, history } = chronicle;
  const generations = pimStories(chronicle).flatMap(generationsOf);
  const { course, readLagMs, deleteLagMs, schedulesLagMs, mostMinutes } = pimOf(history);
  const posts = runs.filter(({ purpose }) => purpose === 'post' || purpose === 'extend-post' || purpose === 'release');
  const says = (text: string): boolean => posts.some(({ result }) => result.log.includes(text));
  return {
    ended: posts.length > 0 && generations.some(({ removal }) => removal !== null),
    moved: generations.some(({ asked }) => asked.some(({ type }) => type !== 'AdminAssign')),
    leftYoung: says('does not end access in its first five minutes'),
    leftShared: says('The access stays for'),
    foreign: generations.some(({ isForeign }) => isForeign),
    endless: generations.some(({ made }) => made.endAt === null),
    revoke: runs.some(({ purpose }) => purpose === 'revoke'),
    ofOwnCourse: course !== 'usual',
    lag: Math.max(readLagMs, deleteLagMs, schedulesLagMs) > 0,
    notToBeMoved: mostMinutes !== null,
  };
}
