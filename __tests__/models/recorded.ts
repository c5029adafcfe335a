/** How large each world is: what changes the steps or the stores changes this, and is looked at. */
export const recorded: Readonly<
  Record<string, { readonly states: number; readonly transitions: number; readonly depth: number }>
> = {};
