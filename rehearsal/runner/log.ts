import { parseCommand, same, type Command } from './commands.ts';
import { makeMasker } from './masks.ts';

export type Level = 'error' | 'warning' | 'notice';

/** The stream that a line comes from. */
export type Stream = 'stdout' | 'stderr';

export interface Annotation {
  readonly level: Level;
  readonly message: string;
  readonly title?: string;
}

/** Everything that a runner takes from the streams of a step. */
export interface StepLog {
  /** One line of stdout or stderr; the runner treats both alike [runner:StepHost, OutputManager.cs]. */
  line(text: string, stream?: Stream): void;
  /** The lines so far. Which of the two pipes is read first is chance: a line of stderr is masked by all masks so far. */
  lines(): readonly string[];
  readonly commands: readonly Command[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly masks: readonly string[];
  mask(value: string): void;
  /** The runner's own word. */
  warn(message: string): void;
  shown(text: string): string;
}

const titles: Readonly<Record<Level, string>> = { error: 'Error', warning: 'Warning', notice: 'Notice' };

/** Interprets workflow commands and masks secrets, as GitHub does before it shows a log. */
export function makeLog(debug: boolean): StepLog {
  const masker = makeMasker();
  const lines: { readonly text: string; readonly stream: Stream }[] = [];
  const commands: Command[] = [];
  const annotations: Annotation[] = [];
  const outputs: Record<string, string> = {};
  const state: Record<string, string> = {};
  let stopToken: string | null = null;
  let grouped = false;
  let stream: Stream = 'stdout';

  const show = (text: string): void => {
    for (const line of text.split(/\r\n|\r|\n/))
      lines.push({ text: masker.apply(grouped ? `  ${line}` : line), stream });
  };
  const annotate = (level: Level, message: string, title?: string): void => {
    annotations.push({ level, message, ...(title === undefined ? {} : { title }) });
    show(`${titles[level]}: ${message}`);
  };

  const run = (command: Command): void => {
    const { name, properties, value } = command;
    switch (name) {
      case 'add-mask':
        if (value.trim() === '') annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
        else masker.add(value);
        return;
      case 'debug':
        if (debug) show(`##[debug]${value}`);
        return;
      case 'error':
      case 'warning':
      case 'notice':
        annotate(name, value, properties['title']);
        return;
      case 'group':
        grouped = false;
        show(`▾ ${value}`);
        grouped = true;
        return;
      case 'endgroup':
        grouped = false;
        return;
      case 'set-output':
        outputs[properties['name'] ?? ''] = value;
        annotate('warning', 'The `set-output` command is deprecated and will be disabled soon.');
        return;
      case 'save-state':
        state[properties['name'] ?? ''] = value;
        annotate('warning', 'The `save-state` command is deprecated and will be disabled soon.');
        return;
      case 'set-env':
      case 'add-path':
        annotate('error', `The \`${name}\` command is disabled.`);
        return;
      default:
        return; // echo and problem matchers show nothing
    }
  };

  return {
    lines: () => lines.map((it) => (it.stream === 'stderr' ? masker.apply(it.text) : it.text)),
    commands,
    annotations,
    outputs,
    state,
    masks: masker.values,
    mask: (value) => {
      masker.add(value);
    },
    warn: (message) => {
      annotate('warning', message);
    },
    shown: (text) => masker.apply(text),
    line: (text, from = 'stdout') => {
      stream = from;
      const command = text.includes('##[') || text.includes('::') ? parseCommand(text, stopToken ?? undefined) : null;
      if (command === null) {
        show(text);
      } else if (stopToken !== null) {
        if (same(command.name, stopToken)) stopToken = null;
        show(text);
      } else {
        commands.push(command);
        if (command.name === 'stop-commands') {
          stopToken = command.value;
          show(text);
        } else run(command);
      }
    },
  };
}
