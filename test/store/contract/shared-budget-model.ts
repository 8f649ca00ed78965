import {
  type AsyncCommand,
  assert,
  asyncModelRun,
  asyncProperty,
  bigInt,
  commands,
  constantFrom,
  integer,
  nat,
  record,
  uuid,
} from 'fast-check'
import { expect, it } from 'vitest'
import type { SharedLimit } from '../../../src/core/budgets/shared-limit.ts'
import type { NewAttempt } from '../../../src/core/ports.ts'
import type { RunRef } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answered, exactly, faulted, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

/**
 * A reference in a few sums: money alone, two trees with a budget each, in the first a child with a slice and below it one with
 * a slice of that; one shared budget that all count towards and one for the first tree. Whatever is reserved, sent again, settled,
 * lost, closed, reset or limited anew, in any order, the store must agree with it in every scope.
 */
interface Scope {
  limit: bigint
  spent: bigint
  reserved: bigint
}

interface Attempt {
  readonly at: NewAttempt
  readonly scopes: readonly string[]
  readonly pico: bigint
  state: 'open' | 'abandoned' | 'ended'
}

interface Model {
  readonly scopes: Record<string, Scope>
  readonly attempts: Attempt[]
}

interface Real {
  readonly store: Store
  readonly runs: readonly RunRef[]
  readonly limits: readonly SharedLimit[]
}

type Step = AsyncCommand<Model, Real>

/** A root, its child, the child's child; and a root of another tree. */
const RUN_LIMITS = { root: 700n, child: 450n, grandchild: 300n, other: 700n }
const SHARED_LIMIT = 1_000n
const FIRST_ONLY_LIMIT = 500n

export function sharedBudgetModelTests(bench: Bench): void {
  it('agrees with a reference after reserves, ends, crashes, closings and new limits in any order', async () => {
    const store = await bench.open()
    await assert(
      asyncProperty(uuid(), commands(COMMANDS, { maxCommands: 40, size: 'max' }), async (id, steps) => {
        const real = await setUp(store, id)
        const model = newModel(real)
        await asyncModelRun(() => ({ model, real }), steps)
        for (const run of real.runs) await closing(run).run(model, real)
        for (const { reservedPico, holders } of await store.budgets.standing(real.limits))
          expect({ reservedPico, holders }).toEqual({ reservedPico: '0', holders: [] })
      }),
      { numRuns: 25, seed: 20_261_123 },
    )
  })
}

const COMMANDS = [
  record({ run: nat(3), pico: bigInt(1n, 400n) }).map(({ run, pico }) => reserving(run, pico)),
  nat(30).map(sendingAgain),
  record({ which: nat(30), percent: integer({ min: 0, max: 100 }), outcome: constantFrom('answered', 'fault') }).map(
    ({ which, percent, outcome }) => ending(which, percent, outcome),
  ),
  nat(30).map(beginningAgain),
  nat(3).map(run => closingAt(run)),
  bigInt(0n, 1_500n).map(limiting),
]

async function setUp(store: Store, id: string): Promise<Real> {
  const runs = runsOf(id)
  for (const [at, most] of Object.values(RUN_LIMITS).entries())
    await store.ledger.openRun(newRun({ run: runs[at]!, budget: { usd: usd(most) } }))
  const limits = [limit(`both-${id}`, SHARED_LIMIT), limit(`first-${id}`, FIRST_ONLY_LIMIT)]
  return { store, runs, limits }
}

function runsOf(id: string): readonly RunRef[] {
  const [root, child, grandchild, other] = Object.keys(RUN_LIMITS).map(name => `${name}-${id}`)
  const below = { root: root!, scope: root! }
  return [
    { ...RUN, id: root!, key: root! },
    { ...RUN, id: `${root}/child`, key: child!, ...below, slices: [child!] },
    { ...RUN, id: `${root}/child/grandchild`, key: grandchild!, ...below, slices: [child!, grandchild!] },
    { ...RUN, id: other!, key: other! },
  ]
}

const usd = (pico: bigint) => `0.${pico.toString().padStart(12, '0')}`

function limit(budget: string, pico: bigint): SharedLimit {
  return { scopeId: `budget:${budget}`, budget, limitPico: pico.toString(), warnAt: [] }
}

function newModel({ runs, limits }: Real): Model {
  const unused = (most: bigint): Scope => ({ limit: most, spent: 0n, reserved: 0n })
  return {
    attempts: [],
    scopes: {
      ...Object.fromEntries(Object.values(RUN_LIMITS).map((most, at) => [runs[at]!.key, unused(most)])),
      ...Object.fromEntries(limits.map(({ scopeId, limitPico }) => [scopeId, unused(BigInt(limitPico!))])),
    },
  }
}

function step(words: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return {
    check: () => true,
    toString: () => words,
    run: async (model, real) => {
      await run(model, real)
      await agree(model, real)
    },
  }
}

/** In every scope; and the limits of runs, which nobody lowers here, are never passed. */
async function agree({ scopes }: Model, { store, limits, runs }: Real): Promise<void> {
  const own = runs.map(({ key }) => ({ ...limit(key, scopes[key]!.limit), scopeId: key }))
  for (const { scopeId, spentPico, reservedPico, limitPico } of await store.budgets.standing([...own, ...limits])) {
    const { spent, reserved, limit: most } = scopes[scopeId]!
    expect([spentPico, reservedPico, limitPico]).toEqual([`${spent}`, `${reserved}`, `${most}`])
  }
  for (const { scopeId } of own) {
    const { spent, reserved, limit: most } = scopes[scopeId]!
    expect(spent + reserved <= most).toBe(true)
  }
}

function scopesOf({ key, scope = key, slices = [] }: RunRef, limits: readonly SharedLimit[]): readonly string[] {
  const shared = key.startsWith('other') ? limits.slice(0, 1) : limits
  return [scope, ...slices, ...shared.map(({ scopeId }) => scopeId)]
}

/** Granted exactly when it fits everywhere: never past a limit, and no headroom is stranded. */
function reserving(which: number, pico: bigint): Step {
  return step(`reserve ${pico} in run ${which}`, async (model, { store, runs, limits }) => {
    const run = runs[which]!
    const scopes = scopesOf(run, limits)
    const shared = limits.filter(({ scopeId }) => scopes.includes(scopeId))
    const call = newCall(model.attempts.length, { run })
    await store.ledger.beginCall(call)
    const at = newAttempt(call, 1, { ...worst(pico), shared })
    const room = scopes.map(id => headroom(model.scopes[id]!))
    const fits = room.every(most => pico <= most)
    const reserved = await store.ledger.beginAttempt(at)
    if (reserved.kind === 'short') expect(reserved.headroomPico).toBe(`${room.reduce((a, b) => (a < b ? a : b))}`)
    expect(reserved.kind).toBe(fits ? 'reserved' : 'short')
    if (!fits) return
    for (const id of scopes) model.scopes[id]!.reserved += pico
    model.attempts.push({ at, scopes, pico, state: 'open' })
  })
}

/** The answer of the store was lost on the way: asking again reserves nothing more. */
function sendingAgain(which: number): Step {
  return step(`send ${which} again`, async (model, { store }) => {
    const attempt = model.attempts[which % Math.max(1, model.attempts.length)]
    if (attempt) expect(await store.ledger.beginAttempt(attempt.at)).toMatchObject({ kind: 'reserved' })
  })
}

function headroom({ limit: most, spent, reserved }: Scope): bigint {
  const left = most - spent - reserved
  return left > 0n ? left : 0n
}

/** Also of one that was believed lost, and of one that has ended: twice is once. */
function ending(which: number, percent: number, outcome: string): Step {
  return step(`end ${which} at ${percent} %`, async (model, { store }) => {
    const attempt = model.attempts[which % Math.max(1, model.attempts.length)]
    if (!attempt) return
    const cost = (attempt.pico * BigInt(percent)) / 100n
    const end = outcome === 'answered' ? answered({ cost: exactly(cost) }) : faulted({ cost: exactly(cost) })
    await store.ledger.endAttempt(attempt.at.attemptId, end)
    if (attempt.state === 'ended') return
    move(model, attempt, cost)
    attempt.state = 'ended'
  })
}

function move(model: Model, { scopes, pico, state }: Attempt, cost: bigint): void {
  for (const id of scopes) {
    const scope = model.scopes[id]!
    if (state === 'open') scope.reserved -= pico
    scope.spent += state === 'open' ? cost : cost - pico
  }
}

function abandon(model: Model, attempt: Attempt): void {
  if (attempt.state !== 'open') return
  move(model, attempt, attempt.pico)
  attempt.state = 'abandoned'
}

/** The worker crashed, and another one begins the call. */
function beginningAgain(which: number): Step {
  return step(`crash and begin ${which}`, async (model, { store }) => {
    const attempt = model.attempts[which % Math.max(1, model.attempts.length)]
    if (!attempt) return
    await store.ledger.beginCall(attempt.at.call)
    abandon(model, attempt)
  })
}

function closingAt(which: number): Step {
  return step(`close run ${which}`, (model, real) => closing(real.runs[which]!).run(model, real))
}

function closing(run: RunRef): Step {
  return step(`close ${run.id}`, async (model, { store }) => {
    await store.ledger.closeRun(run, { outcome: 'failed', endedAtMs: 9_000 })
    for (const attempt of model.attempts) if (attempt.at.call.run.key === run.key) abandon(model, attempt)
  })
}

function limiting(pico: bigint): Step {
  return step(`limit to ${pico}`, async (model, { store, limits }) => {
    const [both] = limits
    await store.budgets.setLimits(both!.budget, { limitPico: `${pico}`, setAtMs: 1 })
    model.scopes[both!.scopeId]!.limit = pico
  })
}
