import { parseArgs } from 'node:util';
import { explore } from '../__tests__/models/explorer.ts';
import { modelOf } from '../__tests__/models/model.ts';
import { mutatedSteps } from '../__tests__/models/mutate.ts';
import { mutations } from '../__tests__/models/mutations.ts';
import type { Options } from '../__tests__/models/options.ts';
import { rulesOf } from '../__tests__/models/rules.ts';
import * as shipped from '../__tests__/models/shipped.ts';
import type { Steps } from '../__tests__/models/steps.ts';
import { worlds } from '../__tests__/models/catalogue.ts';
import { world, type Setting } from '../__tests__/models/worlds.ts';

const { values } = parseArgs({
  options: {
    setting: { type: 'string' },
    mutations: { type: 'string' },
    states: { type: 'string', default: '20000000' },
    world: { type: 'string' },
    short: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

function run(name: string, options: Options, steps: Steps, forgets = true): boolean {
  const rules = rulesOf(options, steps, forgets);
  const found = explore(modelOf(rules), { states: Number(values.states), goOn: false });
  const { violations, ...figures } = found;
  const rate = Math.round(found.states / found.seconds);
  console.log(
    name,
    '|',
    violations.map((it) => `${it.fault} in ${it.trace.length - 1}`).join(', ') ||
      (found.exhausted ? 'holds' : 'GAVE UP'),
    JSON.stringify({ ...figures, seconds: Math.round(found.seconds), rate, places: rules.places.size() }),
  );
  if (!values.quiet) for (const { trace } of violations) console.log(trace.join('\n'));
  return violations.length > 0;
}

if (values.setting !== undefined) run('world', world(JSON.parse(values.setting) as Setting), shipped);
if (values.mutations !== undefined)
  for (const it of mutations.filter(({ rule }) => rule.includes(values.mutations ?? '')))
    try {
      const steps = await mutatedSteps(it.edits);
      for (const pause of [0, 1, 9]) {
        const options = { ...it.world, faults: { ...it.world.faults, pause } };
        if (run(`${it.section} ${it.rule} (pause ${pause}) -> ${it.breaks}`, options, steps, it.remembers !== true))
          break;
      }
    } catch (e) {
      console.log(it.rule, String(e));
    }

if (values.world !== undefined)
  for (const { name, options, isLong } of worlds)
    if (name.includes(values.world) && !(values.short && isLong)) run(name, options, shipped);
