import { CancellationScope } from '@temporalio/workflow'

/** Whether the whole run is cancelled, and not a scope of its workflow's own alone. */
export function isRunCancelled(): boolean {
  let scope = CancellationScope.current()
  while (scope.parent) scope = scope.parent
  return scope.consideredCancelled
}
