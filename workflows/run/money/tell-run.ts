import { TemporalFailure } from '@temporalio/workflow'

/** Whether another run was told: one that has ended meanwhile cannot hear it any more. */
export async function isTold(tell: () => Promise<void>): Promise<boolean> {
  try {
    await tell()
    return true
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error
    return false
  }
}
