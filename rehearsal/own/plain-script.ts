/** Commands of the shell itself that change nothing outside it. */
const commands = new Set(['echo', 'printf', 'test', '[', '[[', 'exit', 'true', 'false', ':', '']);
const keywords = /^(?:if|then|elif|else|fi|!|\{|\})(?:\s+|$)/u;
const assignment = /^[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)(?:\s+|$)/u;
/** Into the files of the step, or from one stream to another. */
const redirections = /(?:>>\s*"?\$\{?GITHUB_(?:OUTPUT|ENV|STEP_SUMMARY)\}?"?|[12]?>&[12])/gu;
/** Substitutions, here-documents, and expansions that run commands. */
const dangerous = /\$\(|`|[<>]|\$\{[^}]*@|\beval\b/u;

/**
 * True if a script only tests, prints, sets outputs and exits. In doubt it is not plain: quotes are not read, so that a
 * separator in a quoted text counts as one.
 */
export function isPlain(script: string): boolean {
  const code = script.replaceAll(/^\s*#.*$/gmu, '').replaceAll(redirections, '');
  if (dangerous.test(code)) return false;
  return code.split(/\r?\n|;|&&|\|\||[|&]/u).every((piece) => commands.has(firstWord(piece)));
}

function firstWord(piece: string): string {
  const rest = piece.trim();
  const less = rest.replace(keywords, '').replace(assignment, '');
  return less === rest ? (rest.split(/\s/u)[0] ?? '') : firstWord(less);
}
