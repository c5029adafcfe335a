/**
 * Makes the pictures of the README from what the built action says on the local clouds of the rehearsal: a log, as SVG, and
 * the source of a job summary, of which a browser makes a picture. What differs from run to run is made alike, and the line
 * about the local servers left out. With `--check` it writes nothing and fails where a file is not what the action says.
 * Works on the current folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runStep, type Step, type StepResult } from '../rehearsal/runner/step.ts';
import { startWorld, type WorldOptions } from '../rehearsal/world.ts';
import { commandLine } from './command.ts';

const usage = `npm run pictures [-- --check]

  --check  writes nothing, and fails where a picture is not what the action says`;

const lease = {
  cloud: 'aws',
  principal: 'user:alice@example.com',
  role: 'IncidentAdmin',
  target: 'account:payments-prod',
  'max-grants': '1',
  lifetime: '2h',
  'keep-after-job': 'true',
  reason: 'INC-4711',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
  'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender',
} as const;

/** The role trusts the form of the subject with names, and the repository sends the one with ids. */
const wrongTrust: WorldOptions = {
  aws: {
    trust: JSON.parse(readFileSync(new URL('../docs/policies/trust-name.json', import.meta.url), 'utf8')) as unknown,
  },
};

/** What each picture's file has to be. */
export async function pictures(): Promise<Readonly<Record<string, string>>> {
  const refused = await play(wrongTrust, { inputs: lease, context: { immutableSubject: true } });
  const taken = await play({}, { inputs: lease });
  return {
    'docs/images/wrong-trust.svg': terminal(linesOf(refused), 'The log of a step whose role does not trust the job'),
    'docs/images/lease-summary.html': alike(taken.summary),
  };
}

async function play(options: WorldOptions, step: Step): Promise<StepResult> {
  const world = await startWorld({ startAt: Date.parse('2026-11-21T20:00:30Z'), ...options });
  try {
    return await runStep(world, step);
  } finally {
    await world.close();
  }
}

const requestIds = [
  '0f1e2d3c-4b5a-4697-8877-665544332211',
  '1a2b3c4d-5e6f-4708-9192-a3b4c5d6e7f8',
  '2c3d4e5f-6071-4829-8a3b-4c5d6e7f8091',
];

/** The same text from every run: request ids, times that are drawn, what is opaque, and addresses of local servers. */
function alike(text: string, seen: string[] = []): string {
  return text
    .replaceAll(/(?:<p>)?Set from outside the step: .*\n/gu, '')
    .replaceAll(/(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/gu, (id) => {
      if (!seen.includes(id)) seen.push(id);
      return requestIds[seen.indexOf(id)] ?? id;
    })
    .replaceAll(/\bin \d\.\d s\b/gu, 'in 0.8 s')
    .replaceAll(/<td>\d\.\d s</gu, '<td>3.8 s<')
    .replaceAll(/\bca1\.[\w&#;-]{40}[\w&#;-]+/gu, (id) => `${id.slice(0, 44)}…`);
}

interface Line {
  readonly text: string;
  readonly isError: boolean;
}

function linesOf({ log, annotations }: StepResult): readonly Line[] {
  const errors = new Set(annotations.flatMap(({ message }) => `Error: ${message}`.split('\n')));
  const lines = log.trimEnd().split('\n');
  const seen: string[] = [];
  return lines
    .map((line) => ({ text: alike(`${line}\n`, seen).trimEnd(), isError: errors.has(line) }))
    .filter(({ text }) => text !== '');
}

const columns = 104;
const [charWidth, lineHeight, gutter, margin] = [7.3, 19, 40, 14];

/** Lines as GitHub shows them: numbered, too long ones wrapped, errors red. */
function terminal(lines: readonly Line[], title: string): string {
  const rows = lines.flatMap(({ text, isError }, index) =>
    wrap(text).map((part, nth) => ({ part, isError, number: nth === 0 ? String(index + 1) : '' })),
  );
  const width = Math.ceil(columns * charWidth) + gutter + 2 * margin;
  const height = rows.length * lineHeight + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" font-size="12" role="img" aria-labelledby="title">`,
    `  <title id="title">${escaped(title)}</title>`,
    `  <rect width="${width}" height="${height}" rx="6" fill="#0d1117"/>`,
    ...rows.flatMap(({ part, isError, number }, row) => {
      const y = margin + row * lineHeight;
      const attributes = `y="${y + 14}" xml:space="preserve"`;
      return [
        ...(isError ? [`  <rect y="${y}" width="${width}" height="${lineHeight}" fill="#490202"/>`] : []),
        ...(number === ''
          ? []
          : [`  <text x="${gutter}" text-anchor="end" ${attributes} fill="#9198a1">${number}</text>`]),
        `  <text x="${gutter + margin}" ${attributes} fill="${isError ? '#ffa198' : '#f0f6fc'}">${escaped(part)}</text>`,
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

function wrap(text: string): readonly string[] {
  if (text.length <= columns) return [text];
  const at = text.lastIndexOf(' ', columns);
  const cut = at > columns / 2 ? at : columns;
  return [text.slice(0, cut), ...wrap(text.slice(cut).trimStart())];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { check } = commandLine(usage, { check: { type: 'boolean', default: false } }).values;
  for (const [file, text] of Object.entries(await pictures())) {
    if (!check) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${file} is not what the action says. Make it anew with: npm run pictures`);
      process.exitCode = 1;
    }
  }
}
