/**
 * Checks the texts that people read against prose/words.yml and for sentences that are too long, and prints how long the
 * documents are beside their goals. Fails on a finding, and where a goal is missed.
 */
import { commandLine } from './command.ts';

commandLine(`npm run prose\n\n  no options: it reads the current folder`, {});

// The linter loads for a second: a call for help does not wait for it.
const { counts, rehearsed } = await import('./prose/counts.ts');
const { findingsIn } = await import('./prose/lint.ts');
const { checkedTexts } = await import('./prose/texts.ts');

const findings = (await Promise.all(checkedTexts().map(findingsIn))).flat();
for (const finding of findings) console.log(finding);

const figures = [...counts(), rehearsed(), { what: 'findings of the prose linter', now: findings.length, goal: 0 }];
for (const { what, now, goal } of figures)
  console.log(`${what.padEnd(38)} ${String(now).padStart(7)}   goal ${goal}${now > goal ? ', missed' : ''}`);
process.exitCode = figures.some(({ now, goal }) => now > goal) ? 1 : 0;
