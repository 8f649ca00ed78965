import type { Context } from '@temporalio/activity'

/** The Temporal run that an activity works for, as records have it; nothing where no workflow has scheduled it. */
export function partOf({ info }: Pick<Context, 'info'>): { readonly part?: string } {
  const part = info.workflowExecution?.runId
  return part === undefined ? {} : { part }
}
