import { CancellationScope } from '@temporalio/workflow'
import type { Book } from './book.ts'

/** Why a cancelled run has ended. */
export const RUN_CANCELLED = 'the run was cancelled'

/** Whether the whole run is cancelled, and not a scope of its workflow's own alone. */
export function isRunCancelled(): boolean {
  let scope = CancellationScope.current()
  while (scope.parent) scope = scope.parent
  return scope.consideredCancelled
}

/** Whether a scope of the workflow's own was cancelled, and the run goes on. */
export function isScopeCancelledAlone({ timeIsUp }: Pick<Book, 'timeIsUp'>): boolean {
  return CancellationScope.current().consideredCancelled && !isRunCancelled() && !timeIsUp
}
