import { isRunCancelled } from './run-cancelled.ts'

export type Ending = 'was cancelled' | 'is stopping'

/** Why nothing that people say to the run has an effect any more: what is said after a run was cancelled would be lost with it. */
export function endingOf({ stopping }: { readonly stopping: boolean }): Ending | undefined {
  if (isRunCancelled()) return 'was cancelled'
  return stopping ? 'is stopping' : undefined
}
