import { StoreProblem } from '../../store/index.ts'

/** The error for a run that the store does not have. */
export function unknownRun(run: string, place: string): StoreProblem {
  return new StoreProblem('unknown-run', `the store ${place} has no run ${run}; \`signalbox runs\` lists what it has`)
}

/** The error for a run that Temporal knows as completed: then another store must have it. */
export function unknownHere(run: string, place: string): StoreProblem {
  return new StoreProblem(
    'unknown-run',
    `the store ${place} has nothing of run ${run}, which has completed: its workers use another store, or its workflow has opened no run; set DATABASE_URL to the store that they use`,
  )
}

export function isUnknownHere(error: unknown): boolean {
  return error instanceof StoreProblem && error.kind === 'unknown-run'
}
