/**
 * The Temporal runs that a run is made of: one more with each continue-as-new and each reset.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { type Execution, statusInWords } from '../temporal/how-ended.ts'
import { listWorkflows } from '../temporal/list-workflows.ts'
import { timeMs } from '../temporal/time-ms.ts'

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
  for await (const part of listWorkflows(client, query)) {
    parts.push(partOf(part))
    if (parts.length === MOST_PARTS) break
  }
  return parts.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}

function partOf({ execution, status, startTime, closeTime, historyLength, historySizeBytes }: Execution): RunPart {
  const historyBytes = Number(historySizeBytes ?? 0)
  return {
    runId: execution?.runId ?? '',
    status: statusInWords(status),
    startedAtMs: Math.trunc(timeMs(startTime)),
    ...(closeTime && { endedAtMs: Math.trunc(timeMs(closeTime)) }),
    events: Number(historyLength ?? 0),
    ...(historyBytes > 0 && { historyBytes }),
  }
}
