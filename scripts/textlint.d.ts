/** Rules of textlint that come without types. */
declare module 'textlint-rule-prh' {
  const rule: { readonly default: import('@textlint/kernel').TextlintKernelRule['rule'] };
  export = rule;
}

declare module 'textlint-rule-sentence-length' {
  const rule: { readonly default: import('@textlint/kernel').TextlintKernelRule['rule'] };
  export = rule;
}
