/* About people-file and the person who started the workflow. */

export const noFile = (what: string): string => `GitHub has not ${what}, or does not show it to this token.`;
export const noPlainFile = (what: string): string =>
  `GitHub did not show ${what} as an ordinary file with these contents. A folder, a link or a submodule cannot be used.`;
export const tooLarge = (what: string): string => `GitHub did not show ${what}: it is larger than 1 MiB.`;
export const correctFile = (path: string): string =>
  `Commit ${path} as an ordinary file of at most 1 MiB to the default branch, and give the job permissions: contents: read.`;

/** @param event that started the workflow */
export const notDispatched = (event: string): string =>
  `"${event}" started this workflow. For principal: requester, only workflow_dispatch shows who asks for access.`;
export const dispatch = 'Start the workflow with workflow_dispatch.';

/** @param id of the account */
export const noRowOf = (login: string, id: string, path: string): string =>
  `${path} has no row for ${login} (${id}), who started this run.`;
export const noLineOf = (login: string, id: string, path: string, cloud: string): string =>
  `The row of ${login} (${id}), who started this run, has no ${cloud} in ${path}.`;
/** @param example a correct principal */
export const addRow = (id: string, cloud: string, example: string): string =>
  `Add the person to people on the default branch, with "github: ${id}" and a line such as "${cloud}: ${example}". Then start a new run.`;

/** A line of the log. */
export const requesterIs = (login: string, id: string, line: string): string =>
  `requester is ${login} (${id}): ${line}`;

/** A reason within a sentence. */
export const approverWithoutRow = (login: string, id: string): string =>
  `people-file has no row for ${login}, so nothing shows that ${login} is none of the principals (add a row with "github: ${id}", which can be without principals)`;
