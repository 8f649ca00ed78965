/** What is said of a run whose workflow has returned something else than the outcome of `run.close`. */
export const UNCLOSED = 'the run completed without `return run.close(…)`'
