import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { StoreProblem } from '../../store/index.ts'

/** The error for a run that the store does not have. */
export function unknownRun(run: string, place: string): StoreProblem {
  return new StoreProblem('unknown-run', `the store ${place} has no run ${run}; \`signalbox runs\` lists what it has`)
}

/**
 * The error for a run that Temporal knows as completed, or as opened by a worker: then another store must have it. A file is named by its
 * whole path, since that of a process in another folder has the same name.
 */
export function unknownHere(run: string, place: string, hasCompleted: boolean): StoreProblem {
  const whole = existsSync(place) ? resolve(place) : place
  const why = hasCompleted
    ? 'which has completed: its workers use another store, or its workflow has opened no run'
    : 'which a worker has opened: its workers use another store'
  return new StoreProblem(
    'unknown-run',
    `the store ${whole} has nothing of run ${run}, ${why}; set DATABASE_URL to the store that they use`,
  )
}

export function isUnknownHere(error: unknown): error is StoreProblem {
  return error instanceof StoreProblem && error.kind === 'unknown-run'
}
