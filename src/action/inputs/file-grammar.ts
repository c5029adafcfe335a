import type { AnyCloud } from '#access/declaration';
import type { FileGrammar } from '#access/files/grammar';
import type { CommonValues } from '#access/inputs';
import type { Part } from '#access/request';
import { unmisshapen, type LineParser } from './line-reader.ts';
import { guarded } from './lines.ts';
import type { Dialects } from './prefixes.ts';

/** The grammar of lines in access files: that of the inputs. */
export function fileGrammar(
  name: string,
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  dialects: Dialects,
): FileGrammar {
  const type = common['principal-type'];
  const wellShaped = (part: Part, parser: LineParser): LineParser => {
    const own = guarded(part, dialects, parser);
    return once(unmisshapen({ input: part, part, parser: own, example: cloud.examples[part], cloud }));
  };
  const parsers = {
    principal: wellShaped('principal', (line) => cloud.parsePrincipal(line, type)),
    target: wellShaped('target', (line) => cloud.parseTarget(line, 'assign')),
    role: wellShaped('role', (line) => cloud.parseRole(line, 'assign')),
  };
  return {
    cloud: name,
    line: (part, text) => parsers[part](text),
    exclusion: wellShaped('target', cloud.parseExclusion),
    isAllowed: common['require-ids'] ? cloud.isById : () => true,
    rowProperties: cloud.rowProperties,
    principalTypes: cloud.principalTypes,
    ownedPrincipalTypes: cloud.ownedPrincipalTypes,
    belowTargets: cloud.belowTargets,
    examples: cloud.examples,
  };
}

/** The same parser, which parses each text once: thousands of rows repeat a few lines. */
function once(parser: LineParser): LineParser {
  const known = new Map<string, ReturnType<LineParser>>();
  return (line) => {
    const parsed = known.get(line) ?? parser(line);
    known.set(line, parsed);
    return parsed;
  };
}
