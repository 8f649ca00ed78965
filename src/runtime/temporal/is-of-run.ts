/**
 * Whether what Temporal has under a run's id is that run: by the first run of its chain, which is the run's key. A child's key is no run of
 * Temporal's, and its id names one run.
 */
export function isOfRun(firstRunId: string | null | undefined, key: string): boolean {
  return key.includes('/') || firstRunId === key
}
