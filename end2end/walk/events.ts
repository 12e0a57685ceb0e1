/** The three webhooks of the integration, in the words of both applications. */
export const EVENTS = [
  'Candidate Hired',
  'Candidate Stage Change',
  'Candidate Archive State Change',
] as const;
