import { StoreProblem } from '../../store/index.ts'

/** What is thrown where the store was asked for a run that it does not have. */
export function unknownRun(run: string, place: string): StoreProblem {
  return new StoreProblem('unknown-run', `the store ${place} has no run ${run}; \`signalbox runs\` lists what it has`)
}

/** Of one that Temporal knows as completed, which only happens to a run that some store has. */
export function unknownHere(run: string, place: string): StoreProblem {
  return new StoreProblem(
    'unknown-run',
    `the store ${place} has nothing of run ${run}, which has completed: its workers use another store, or its workflow has opened no run; set DATABASE_URL to the store that they use`,
  )
}

export function isUnknownHere(error: unknown): boolean {
  return error instanceof StoreProblem && error.kind === 'unknown-run'
}
