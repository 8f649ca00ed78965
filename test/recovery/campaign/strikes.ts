/**
 * Strikes the plan's blows, each the first time that a worker comes to its mark.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { resetPoints, resetTo } from '../../support/reset.ts'
import type { Blow, CampaignPlan } from './plan/plan.ts'
import { markId } from './plan/plan.ts'
import type { Stage } from './stage/stage.ts'
import type { CampaignWorker } from './stage/workers.ts'

/** A blow that was struck, in its order. */
export interface Struck extends Blow {
  readonly atMs: number
}

export interface Counts {
  kills: number
  serverRestarts: number
  databaseRestarts: number
}

export interface Striker {
  readonly struck: readonly Struck[]
  readonly counts: Readonly<Counts>
  /** A worker is held at a mark. */
  reached(worker: CampaignWorker, mark: string): void
  /** Resolves when nothing is being killed or started again. */
  settled(): Promise<void>
}

/** Long enough that calls meet it, short enough that a durable wait is not needed for all of them. */
const OUTAGE_MS = 1_500

export function createStriker(plan: CampaignPlan, stage: () => Stage, report: (line: string) => void): Striker {
  const left = new Map(plan.blows.map(blow => [markId(blow.at), blow]))
  // Who waits at a mark until its turn comes. The first may be killed by another blow before, and a second comes in its place.
  const held = new Map<string, CampaignWorker[]>()
  const struck: Struck[] = []
  const counts: Counts = { kills: 0, serverRestarts: 0, databaseRestarts: 0 }
  // One after the other: a server cannot be killed while it is being started.
  let last: Promise<void> = Promise.resolve()
  return {
    struck,
    counts,
    reached(worker, mark) {
      const others = held.get(mark)
      if (others) return void others.push(worker)
      const blow = left.get(mark)
      left.delete(mark)
      if (!blow) return worker.goOn(mark)
      const waiting = [worker]
      held.set(mark, waiting)
      last = last.then(async () => {
        struck.push({ ...blow, atMs: Date.now() })
        report(`${blow.strike} at ${mark}${blow.afterMs === undefined ? '' : `, ${blow.afterMs} ms later`}`)
        await strike(blow, waiting.at(-1)!, stage(), counts)
        held.delete(mark)
        for (const each of waiting) each.goOn(mark)
      })
    },
    settled: () => last,
  }
}

async function strike(blow: Blow, worker: CampaignWorker, stage: Stage, counts: Counts): Promise<void> {
  const { strike: what, at, afterMs } = blow
  const { workers, signalbox, server, vendors, postgres } = stage
  const run = () => signalbox.run(at.run)
  switch (what) {
    case 'kill-worker':
      if (afterMs !== undefined) {
        worker.goOn(markId(at))
        await delay(afterMs)
      }
      counts.kills += 1
      return workers.kill(worker)
    case 'kill-all-workers':
      counts.kills += await workers.killAll()
      return
    case 'stop-worker':
      return workers.stop(worker)
    case 'restart-server':
      await server.kill()
      counts.serverRestarts += 1
      worker.goOn(markId(at))
      return server.startAgain()
    case 'restart-database':
      counts.databaseRestarts += 1
      return postgres?.crash()
    case 'vendor-outage':
      return vendors.takeDown('delta', OUTAGE_MS)
    case 'stop-run':
      return run().stop()
    case 'cancel-run':
      return run().cancel()
    case 'reset-run':
      return resetHalfway(signalbox.client, at.run)
    case 'terminate-run':
      await signalbox.client.workflow.getHandle(at.run).terminate('by the campaign')
  }
}

/** Whoever works for it goes on with what it has begun, and does not know. */
async function resetHalfway(client: Client, run: string): Promise<void> {
  const points = await resetPoints(client, run)
  await resetTo(client, run, points[Math.floor(points.length / 2)]!)
}
