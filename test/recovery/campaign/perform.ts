/**
 * One campaign: many runs at once, the plan's blows, and the evidence.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reconcileWith } from '../../../src/runtime/reconcile/reconcile-with.ts'
import { type Evidence, openRows, readRows, transcriptsOf } from './evidence.ts'
import { type Ended, followRun } from './follow.ts'
import { type Judgement, judge } from './judge/judge.ts'
import { judgeWire } from './judge/wire.ts'
import { keepFailure } from './keep-failure.ts'
import { leaksOf } from './leaks.ts'
import { createPatience } from './patience.ts'
import { persist } from './persist.ts'
import type { CampaignPlan, RunPlan } from './plan/plan.ts'
import { type Stage, type StageOptions, setStage } from './stage/stage.ts'
import { type Counts, createStriker, type Striker } from './strikes.ts'
import { readToolLog } from './tool-log.ts'

export interface Performance extends Omit<StageOptions, 'onReached'> {
  readonly report: (line: string) => void
}

export interface Performed {
  readonly judgement: Judgement
  readonly counts: Counts
  readonly tookMs: number
}

/** How often the campaign looks whether anything moves. */
const LOOK_MS = 15_000

export async function performCampaign({ report, ...options }: Performance): Promise<Performed> {
  const { plan, folder } = options
  const beginMs = Date.now()
  let stage: Stage | undefined
  const striker = createStriker(plan, () => stage!, report)
  stage = await setStage({ ...options, onReached: striker.reached })
  try {
    const ended = await followAll(stage, plan, report)
    await striker.settled()
    const evidence = await gather(stage, plan, ended)
    const { runs, problems } = await judge(plan, evidence)
    const judgement = { runs, problems: [...problems, ...(await judgeWire(plan, evidence))] }
    writeFileSync(join(folder, 'struck.json'), JSON.stringify(striker.struck, null, 2))
    if (judgement.problems.length > 0) await keepFailure(stage, evidence, judgement)
    return { judgement, counts: striker.counts, tookMs: Date.now() - beginMs }
  } finally {
    await stage.close()
  }
}

async function followAll(
  stage: Stage,
  { runs }: CampaignPlan,
  report: (line: string) => void,
): Promise<ReadonlyMap<string, Ended>> {
  const patience = createPatience()
  const ended = new Map<string, Ended>()
  const following = new Map<string, Promise<void>>()
  const follow = async (run: RunPlan) => {
    ended.set(run.id, await followRun(stage, run, patience, run.fork && following.get(run.fork.run)))
    patience.moved()
  }
  let requests = 0
  const look = async () => {
    const { length } = await stage.vendors.meter()
    if (length > requests) patience.moved()
    requests = length
    report(`${ended.size} of ${runs.length} runs have ended, ${length} requests were made`)
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  try {
    for (const run of runs.filter(({ fork }) => !fork)) following.set(run.id, follow(run))
    for (const run of runs.filter(({ fork }) => fork)) following.set(run.id, follow(run))
    await Promise.all(following.values())
  } finally {
    clearInterval(timer)
    patience.end()
  }
  return ended
}

/** With the workers gone, so that nothing changes any more, and what terminated runs held given back. */
async function gather(stage: Stage, plan: CampaignPlan, ended: ReadonlyMap<string, Ended>): Promise<Evidence> {
  const { workers, signalbox, store, storeSettings, toolLogPath } = stage
  const fallen = [...workers.fallen]
  await workers.close()
  await persist({ isOver: false }, () => reconcileWith(signalbox))
  const kept = await readRows(storeSettings)
  return {
    ended,
    fallen,
    leaks: await leaksOf(stage, plan),
    rows: await openRows(kept, store),
    meter: await closedMeter(stage),
    tools: readToolLog(toolLogPath),
    transcript: transcriptsOf(store),
  }
}

/** A vendor hears of a dead worker's socket a moment later. */
async function closedMeter({ vendors }: Stage): Promise<Evidence['meter']> {
  for (let left = 50; ; left -= 1) {
    const rows = await vendors.meter()
    if (left === 0 || rows.every(({ state }) => state === 'closed')) return rows
    await delay(100)
  }
}

export type { Striker }
