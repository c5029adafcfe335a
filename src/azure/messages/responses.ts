/** Faults of responses, in the place of the message that the service did not give. */
export const notDocumented = 'The response is not the documented JSON.';

export const notJson = 'The response is not JSON.';

export const notOfService = 'The response did not come from this service.';

export const leadsElsewhere = (host: string, meant: string): string =>
  `The response leads to ${host}, but this request is only for ${meant}. Nothing was sent to the other host.`;

export const noSuchAssignment = 'There is no such role assignment.';

export const stillListed =
  'Azure reports that this role assignment does not exist, but still lists it. Run the step again in some minutes.';
