import markdown from '@textlint/textlint-plugin-markdown';

/** A node of a Markdown text, as a parser of others reads it (CommonMark with GitHub's extensions). */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** The text with everything in code taken out: what GitHub looks through for mentions and references. */
export interface Tree {
  /** Types of all nodes, in order. */
  readonly types: readonly string[];
  /** Texts outside of code. */
  readonly texts: readonly string[];
  /** Texts in code. */
  readonly codes: readonly string[];
}

/** Default export of a CommonJS module, which Node wraps in an object. */
function onlyDefault<T extends object>(module: T | { readonly default: T }): T {
  return 'default' in module ? module.default : module;
}

const { Processor } = onlyDefault(markdown);

export function treeOf(text: string): Tree {
  const { preProcess } = new Processor().processor('.md');
  const nodes = flattened(preProcess(text, 'plan.md') as unknown as Node);
  const of = (...types: readonly string[]): readonly string[] =>
    nodes.flatMap(({ type, value = '' }) => (types.includes(type) ? [value] : []));
  return { types: nodes.map(({ type }) => type), texts: of('Str', 'Html'), codes: of('Code', 'CodeBlock') };
}

function flattened(node: Node): readonly Node[] {
  return [node, ...(node.children ?? []).flatMap(flattened)];
}
