/** A fault of a scope, by the text that was given for it. */
export type ScopeFault = (scope: string) => string;

export const windowsPath: ScopeFault = (scope) =>
  `"${scope}" is a Windows path. Git Bash turns /subscriptions/… into one. Set MSYS_NO_PATHCONV=1 where the value is made, or use another shell.`;

export const tooLong: ScopeFault = (scope) => `"${scope}" is longer than any scope.`;

export const noSlash: ScopeFault = (scope) => `"${scope}" does not begin with a slash. Every full scope does.`;

export const twoSlashes: ScopeFault = (scope) => `"${scope}" begins with two slashes. A scope begins with one.`;

export const slashAtEnd: ScopeFault = (scope) =>
  `"${scope}" ends with a slash, which no scope does. An expression may be empty.`;

/** @param character as JSON */
export const forbiddenCharacter =
  (character: string): ScopeFault =>
  (scope) =>
    `"${scope}" contains ${character}, a character that no scope has.`;

export const emptyPart: ScopeFault = (scope) => `"${scope}" has an empty part. An expression may be empty.`;

export const strangePart: ScopeFault = (scope) =>
  `"${scope}" has a part that is "." or "..", or that begins or ends with a space.`;

export const noSubscriptionId: ScopeFault = (scope) =>
  `"${scope}" does not have a subscription ID, which is a GUID, after /subscriptions/.`;

export const notAScope: ScopeFault = (scope) =>
  `"${scope}" is not a scope. A scope begins with /subscriptions/ or /providers/ (a management group with /providers/Microsoft.Management/managementGroups/), or is /.`;

export const otherSpelling: ScopeFault = (scope) =>
  `"${scope}" is another spelling of a subscription, which this action does not support. Begin with /subscriptions/.`;

export const notManagementGroup: ScopeFault = (scope) =>
  `"${scope}" is in Microsoft.Management but is not a management group, which this action does not support.`;

export const noManagementGroupId: ScopeFault = (scope) =>
  `"${scope}" does not name a management group. Its ID has 1 to 90 letters, digits, or _ - ( ) . and does not end with a period.`;

export const belowManagementGroup: ScopeFault = (scope) =>
  `"${scope}" continues after the management group, which this action does not support.`;

export const noProvider: ScopeFault = (scope) =>
  `"${scope}" does not have a resource provider, such as Microsoft.Storage, after /providers/.`;

/** @param expected the parts that can be there */
export const misplacedPart =
  (part: string, expected: string): ScopeFault =>
  (scope) =>
    `"${scope}" has "${part}" in the place of ${expected}.`;

export const noResourceGroupName: ScopeFault = (scope) =>
  `"${scope}" does not name a resource group. Such a name has 1 to 90 letters, digits, or _ - ( ) . and does not end with a period.`;

export const partOfResource: ScopeFault = (scope) =>
  `"${scope}" is not a complete resource ID. Pairs of type and name follow the provider.`;
