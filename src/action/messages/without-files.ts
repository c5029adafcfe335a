/* Faults of the inputs about access files in a step without any. */

export const fileRequired = 'This input is required: operation: reconcile is about access files.';
export const onlyWithFile = 'This input has no effect without access-file.';
