import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'

interface Bare {
  pass(step: number): Promise<number>
}

/** The bare loop: one activity a step that does nothing, scheduled with the options of our model calls. */
export async function bareLoop({ steps }: { readonly steps: number }): Promise<number> {
  const { pass } = proxyActivities<Bare>({
    startToCloseTimeout: '60m',
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  })
  let sum = 0
  for (let step = 1; step <= steps; step += 1) sum += await pass(step)
  return sum
}
