/**
 * The Temporal runs that a run is made of: one more with each continue-as-new and each reset.
 *
 * @module
 */
import type { Client } from '@temporalio/client'

/** One of them, as plain JSON. */
export interface RunPart {
  /** Temporal's run id. */
  readonly runId: string
  /** In Temporal's words: `running`, `completed`, `continued as new`, `terminated` (also of a part that was reset). */
  readonly status: string
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly events: number
  readonly historyBytes?: number
}

/** More than these are parts of a run that somebody resets by a script. */
const MOST_PARTS = 1_000

/**
 * The parts that the server still has, oldest first. What it lists may be a second behind what it does; an id that was used
 * again lists the parts of both runs.
 */
export async function partsOfRun(client: Client, id: string): Promise<readonly RunPart[]> {
  const parts: RunPart[] = []
  const query = `WorkflowId = '${id.replaceAll("'", "''")}'`
  for await (const { runId, status, startTime, closeTime, historyLength, historySize } of client.workflow.list({
    query,
  })) {
    parts.push({
      runId,
      status: status.name.toLowerCase().replaceAll('_', ' '),
      startedAtMs: startTime.getTime(),
      ...(closeTime && { endedAtMs: closeTime.getTime() }),
      events: historyLength,
      ...(historySize !== undefined && { historyBytes: historySize }),
    })
    if (parts.length === MOST_PARTS) break
  }
  return parts.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}
