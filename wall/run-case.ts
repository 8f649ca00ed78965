/**
 * One case: sets the fault, makes the call or several of them, and gathers what came of it.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MeterRow } from '../src/providers/simulated/index.ts'
import { type Called, callOnce } from './call.ts'
import type { WallCase } from './cases.ts'
import { judge, type Seen } from './judge.ts'
import { questionOf } from './questions.ts'
import type { CaseResult } from './result.ts'
import type { Stage } from './stage.ts'
import { FAULTY } from './vendors.ts'

/** How long a vendor may take to notice that it was hung up on. */
const SETTLE_MS = 20_000

export async function runCase(stage: Stage, one: WallCase): Promise<CaseResult> {
  const { protocol, mode, fault } = one
  const before = new Set(stage.vendors.meter().map(idOf))
  const question = questionOf(mode, fault.endsWithAnswer)
  const { calls, everyMs } = fault.load ?? { calls: 1, everyMs: 0 }
  const ports = stage.newWorker()
  await stage.vendors.setFaults(FAULTY, fault.rules)
  const called = await Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      await sleep(index * everyMs)
      const name = `${protocol} ${mode} ${fault.name} ${index + 1}`
      return callOnce(stage, { name, taskClass: classOf(fault), question, ports, sitsOut: calls > 1 })
    }),
  )
  await stage.vendors.setFaults(FAULTY, [])
  const metered = await settledRows(stage, before)
  const results: CaseResult[] = []
  for (const call of called) results.push(await judge(stage, one, await seenOf(stage, call, metered)))
  return allOf(results, metered.length)
}

async function seenOf({ store }: Stage, called: Called, metered: readonly MeterRow[]): Promise<Seen> {
  const rows = await store.reports.attempts({ run: called.run.id, limit: 100 })
  const own = new Set(rows.map(({ wireRequestId }) => wireRequestId))
  return { ...called, rows, metered: metered.filter(({ clientRequestId }) => own.has(clientRequestId ?? '')) }
}

/** Several calls as one case: it passes when all do, and no vendor metered a request that none of them knows. */
function allOf(results: readonly (CaseResult & { metered?: number })[], metered: number): CaseResult {
  const first = results.find(({ pass }) => !pass) ?? results[0]!
  const known = results.reduce((sum, result) => sum + (result.metered ?? 0), 0)
  const stray = metered === known ? [] : [`ledger: ${metered - known} requests were metered that have no row`]
  const problems = [...new Set([...results.flatMap(result => result.problems ?? []), ...stray])]
  const { metered: _, ...shown } = first
  return {
    ...shown,
    pass: problems.length === 0,
    attemptsOnFaulty: Math.max(...results.map(result => result.attemptsOnFaulty)),
    ms: Math.max(...results.map(({ ms }) => ms)),
    complete: results.every(({ complete }) => complete),
    ledgerOk: results.every(({ ledgerOk }) => ledgerOk) && stray.length === 0,
    ...(problems.length > 0 && { problems }),
  }
}

function classOf({ alone, of }: WallCase['fault']): string {
  return alone ? 'alone' : (of ?? 'plain')
}

/** The meters' rows that were not there before, once every one is closed. */
async function settledRows({ vendors }: Stage, before: ReadonlySet<string>): Promise<readonly MeterRow[]> {
  const untilMs = performance.now() + SETTLE_MS
  while (vendors.meter().some(({ state }) => state === 'open') && performance.now() < untilMs) await sleep(5)
  return vendors.meter().filter(row => !before.has(idOf(row)))
}

function idOf({ vendor, requestId }: MeterRow): string {
  return `${vendor} ${requestId}`
}
