import { StoreProblem } from '../../store/index.ts'

/** Whether the store cannot be asked now, and may be soon without anybody doing a thing: it is restarted, say, or others hold it up. */
export function isStoreAway(error: unknown): error is StoreProblem {
  return error instanceof StoreProblem && (error.kind === 'unreachable' || error.kind === 'busy')
}
