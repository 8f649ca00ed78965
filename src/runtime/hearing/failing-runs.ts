/**
 * What fails of each run of a list.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { batchesOf } from '../../core/batches.ts'
import type { RunReport } from '../../store/index.ts'
import { isOfAnother, ownNamespace } from '../finding/meant-run.ts'
import { type Described, describeKnown } from '../temporal/describe-known.ts'
import { isOfRun } from '../temporal/is-of-run.ts'
import { whoServesDescribed } from '../temporal/who-serves.ts'
import { failingIn } from './failing.ts'
import { untakenSinceMs, untakenWords } from './hindrances.ts'

const ASKED_AT_ONCE = 16

/** A well server describes fifty workflows in a fraction of it, and nobody waits longer for what stands beside a list. */
const LOOKED_WITHIN_MS = 3_000

/**
 * By the keys of those of the runs that are open here and of which something fails and is tried again: what, how, and what to do. Also of
 * those that no worker has taken up for half a minute. A run that waits, for people or for a timer, has nothing that is tried, even if its
 * code would fail once it goes on.
 *
 * @throws The server's answer, if it does not tell of all of them in time.
 */
export async function failingRuns(client: Client, runs: readonly RunReport[]): Promise<ReadonlyMap<string, string>> {
  const failing = new Map<string, string>()
  const own = await ownNamespace(client)
  const open = runs.filter(run => run.outcome === undefined && !isOfAnother(run, own))
  const untilMs = Date.now() + LOOKED_WITHIN_MS
  await client.withDeadline(untilMs, async () => {
    for (const batch of batchesOf(open, ASKED_AT_ONCE))
      await Promise.all(
        batch.map(async ({ id, key }) => {
          const words = await failureWords(client, id, key, untilMs)
          if (words !== undefined) failing.set(key, words)
        }),
      )
  })
  return failing
}

/** Its id may belong to a later run by now. */
async function failureWords(client: Client, id: string, key: string, untilMs: number): Promise<string | undefined> {
  const found = await describeKnown(client, id, untilMs)
  if (!found || !isOfRun(found.workflowExecutionInfo?.firstRunId, key)) return undefined
  return (await failingIn(client, id, found))?.words ?? (await untaken(client, found))
}

/** A worker that is busy takes a task up later, and so does another one where the worker that had the run is gone. */
const UNTAKEN_MS = 30_000

async function untaken(client: Client, described: Described): Promise<string | undefined> {
  const sinceMs = untakenSinceMs(described)
  if (sinceMs === undefined || Date.now() - sinceMs < UNTAKEN_MS) return undefined
  return untakenWords(await whoServesDescribed(client, described))
}
