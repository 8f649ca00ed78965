import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FaultKind } from '../../../src/core/faults/fault.ts'
import { BREAKER_LIMITS } from '../../../src/core/routing/health/breaker.ts'
import type { HealthOutcome } from '../../../src/core/routing/health/health-state.ts'
import { UNAUTHENTICATED_MS } from '../../../src/core/routing/health/record-outcome.ts'
import { createHealth, type Health } from '../../../src/runtime/health/create-health.ts'
import { measureBreakers } from '../../../src/runtime/telemetry/breaker-gauges.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { openNewStore } from '../../support/new-store.ts'

const FAILED: HealthOutcome = { kind: 'fault', fault: { kind: 'overloaded', message: '', evidence: {} } }
const LIMITED: HealthOutcome = {
  kind: 'fault',
  fault: { kind: 'rate-limited', message: '', evidence: { retryAfterMs: 60_000 } },
}
const faultOf = (kind: FaultKind): HealthOutcome => ({ kind: 'fault', fault: { kind, message: '', evidence: {} } })
const ENDPOINT = 'acme:author/model'

let folder: string
let nowMs: number
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-health-'))
  nowMs = Date.now()
})
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
  await rm(folder, { recursive: true, force: true })
})

/** A worker's health, over a connection of its own to the one store. */
async function newWorker(): Promise<{ health: Health; store: Store }> {
  const store = await openNewStore({ path: join(folder, 'store.db') })
  const health = createHealth(
    () => nowMs,
    () => 0,
    store.health,
  )
  open.push(store, health)
  return { health, store }
}

const close = (health: Health) => {
  for (let times = 0; times < BREAKER_LIMITS.threshold; times += 1) health.record(ENDPOINT, FAILED)
}
const heard = (health: Health, rule: 'breaker-open' | 'cooling' | undefined) =>
  vi.waitFor(() => expect(health.now()(ENDPOINT).closed?.rule).toBe(rule), { timeout: 60_000 })

test('an endpoint that one worker has found closed is closed to all', async () => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await Promise.all([one.begin(), other.begin()])
  close(one)
  nowMs += 1_500
  await heard(other, 'breaker-open')
})

test('a worker that starts cold knows what the others have learned', async () => {
  const { health } = await newWorker()
  health.record(ENDPOINT, LIMITED)
  await health.close()
  const { health: late } = await newWorker()
  expect(late.of(ENDPOINT)).toEqual({ steady: true })
  await late.begin()
  expect(late.of(ENDPOINT).closed?.rule).toBe('cooling')
})

test('a worker that starts asks once whether a quota still is exhausted, for somebody may have paid', async () => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await Promise.all([one.begin(), other.begin()])
  one.record(ENDPOINT, faultOf('quota-exhausted'))
  await one.close()
  nowMs += 1_500
  await heard(other, 'breaker-open')
  const { health: late } = await newWorker()
  await late.begin()
  expect(late.of(ENDPOINT).closed).toBeUndefined()
  expect([await late.claim(ENDPOINT), await late.claim(ENDPOINT)]).toEqual([true, false])
  late.record(ENDPOINT, { kind: 'answered' })
  nowMs += 1_500
  await heard(other, undefined)
})

test('a key that is refused closes the endpoint to its own worker alone', async () => {
  const [{ health: bad }, { health: good, store }] = [await newWorker(), await newWorker()]
  await Promise.all([bad.begin(), good.begin()])
  expect(await bad.claim(ENDPOINT)).toBe(true)
  bad.record(ENDPOINT, faultOf('unauthenticated'))
  const refused = { rule: 'breaker-open', untilMs: nowMs + UNAUTHENTICATED_MS, fault: { kind: 'unauthenticated' } }
  expect(bad.now()(ENDPOINT).closed).toMatchObject(refused)
  expect(bad.claim(ENDPOINT)).toBe(false)
  await vi.waitFor(async () => expect(await store.health.exchange([], 0, nowMs)).toHaveLength(1), { timeout: 60_000 })
  nowMs += 1_500
  for (let times = 0; times < 3; times += 1) {
    expect(await good.claim(ENDPOINT)).toBe(true)
    good.record(ENDPOINT, { kind: 'answered' })
  }
  expect(good.now()(ENDPOINT).closed).toBeUndefined()
  await vi.waitFor(
    async () => {
      const [shared] = await store.health.exchange([], 0, nowMs)
      expect(shared?.state.window?.attempts).toBeGreaterThan(0)
    },
    { timeout: 60_000 },
  )
  expect(bad.now()(ENDPOINT).closed).toMatchObject(refused)
})

test('a worker whose key was refused knows that another’s is taken by requests that left since and were answered', async () => {
  const [{ health: good, store }, { health: bad }] = [await newWorker(), await newWorker()]
  const beganAtMs = nowMs - 1
  const answered = async (totalMs: number) => {
    good.record(ENDPOINT, { kind: 'answered', totalMs })
    const acceptedAtMs = nowMs - totalMs
    await vi.waitFor(
      async () => expect(await store.health.exchange([], 0, nowMs)).toMatchObject([{ state: { acceptedAtMs } }]),
      { timeout: 60_000 },
    )
    nowMs += 1_500
    await vi.waitFor(() => expect(bad.now()(ENDPOINT).measured).toBeDefined(), { timeout: 60_000 })
  }
  await answered(0)
  await bad.begin()
  expect(bad.takesAnotherKey(ENDPOINT, beganAtMs)).toBe(false)
  bad.record(ENDPOINT, faultOf('unauthenticated'))
  // A call that began before, or soon after, may have met the one worker that was started with a bad key; later ones want to be sure.
  expect([bad, good].map(health => health.takesAnotherKey(ENDPOINT, beganAtMs))).toEqual([true, false])
  expect([59_999, 60_000].map(ms => bad.takesAnotherKey(ENDPOINT, nowMs + ms))).toEqual([true, false])
  const laterMs = nowMs + 60_000
  nowMs += 2_000
  await answered(3_000)
  expect(bad.takesAnotherKey(ENDPOINT, laterMs)).toBe(false)
  await answered(1_000)
  await vi.waitFor(() => expect(bad.now() && bad.takesAnotherKey(ENDPOINT, laterMs)).toBe(true), { timeout: 60_000 })
})

test('whether another worker’s key is taken is not known in the first minute where nobody was answered lately', async () => {
  const { health: bad } = await newWorker()
  expect(bad.takesAnotherKey(ENDPOINT, nowMs)).toBe(false)
  bad.record(ENDPOINT, faultOf('unauthenticated'))
  const beganAfter = [-1, 59_999, 60_000]
  expect(beganAfter.map(ms => bad.takesAnotherKey(ENDPOINT, nowMs + ms))).toEqual([undefined, undefined, false])
  for (const laterMs of [UNAUTHENTICATED_MS, 3_600_000]) {
    nowMs += laterMs
    expect(await bad.claim(ENDPOINT)).toBe(true)
    bad.record(ENDPOINT, faultOf('unauthenticated'))
    // An hour after the first refusal the others may have been given other keys.
    expect(bad.takesAnotherKey(ENDPOINT, nowMs)).toBe(laterMs === 3_600_000 ? undefined : false)
  }
  const { health: revoked } = await newWorker()
  revoked.record(ENDPOINT, { kind: 'answered', totalMs: 0 })
  nowMs += 1
  revoked.record(ENDPOINT, faultOf('unauthenticated'))
  expect(revoked.takesAnotherKey(ENDPOINT, nowMs)).toBe(false)
})

test('a worker whose key was refused asks once more after five minutes, or at once where it was given another', async () => {
  const { health } = await newWorker()
  await health.begin()
  health.record(ENDPOINT, faultOf('unauthenticated'))
  nowMs += UNAUTHENTICATED_MS
  expect([await health.claim(ENDPOINT), await health.claim(ENDPOINT)]).toEqual([true, false])
  health.record(ENDPOINT, faultOf('unauthenticated'))
  expect(await health.claim(ENDPOINT)).toBe(false)
  health.renew()
  expect([await health.claim(ENDPOINT), await health.claim(ENDPOINT)]).toEqual([true, false])
  health.record(ENDPOINT, { kind: 'answered' })
  expect(await health.claim(ENDPOINT)).toBe(true)
})

test('a worker whose key was refused probes as soon as it may what others closed meanwhile', async () => {
  const { health } = await newWorker()
  await health.begin()
  health.record(ENDPOINT, faultOf('unauthenticated'))
  nowMs += UNAUTHENTICATED_MS
  close(health)
  expect(await health.claim(ENDPOINT)).toBe(false)
  nowMs += 2 * BREAKER_LIMITS.openMs
  expect(await health.claim(ENDPOINT)).toBe(true)
})

test.each([
  ['fails', FAILED],
  ['answers 429', LIMITED],
  ['refuses the key', faultOf('unauthenticated')],
  ['has no quota left', faultOf('quota-exhausted')],
])('a clock that is set back an hour closes no endpoint for an hour which %s', async (_, outcome) => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await Promise.all([one.begin(), other.begin()])
  for (let times = 0; times < BREAKER_LIMITS.threshold; times += 1) one.record(ENDPOINT, outcome)
  expect(one.now()(ENDPOINT).closed).toBeDefined()
  if (outcome.kind === 'fault' && outcome.fault.kind !== 'unauthenticated') {
    nowMs += 1_500
    await vi.waitFor(() => expect(other.now()(ENDPOINT).closed).toBeDefined(), { timeout: 60_000 })
  }
  nowMs -= 3_600_000
  for (const health of [one, other]) {
    expect(health.now()(ENDPOINT).closed).toBeUndefined()
    expect(await health.claim(ENDPOINT)).toBe(true)
  }
  one.record(ENDPOINT, { kind: 'answered' })
  await one.close()
  const { health: late } = await newWorker()
  await late.begin()
  expect(late.of(ENDPOINT)).toMatchObject({ steady: true })
  expect(late.of(ENDPOINT).closed).toBeUndefined()
})

test('a long pause that something has named is tested by one request when a worker starts, and a short one is not', async () => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await Promise.all([one.begin(), other.begin()])
  const evidence = { retryAfterMs: 3_600_000 }
  one.record(ENDPOINT, { kind: 'fault', fault: { kind: 'rate-limited', message: '', evidence } })
  one.record('acme:author/short', LIMITED)
  nowMs += 1_500
  await heard(other, 'cooling')
  const { health: late } = await newWorker()
  await late.begin()
  expect(late.of(ENDPOINT).closed).toBeUndefined()
  expect(late.of('acme:author/short').closed?.rule).toBe('cooling')
  nowMs += 1_500
  await heard(one, undefined)
  await heard(other, undefined)
  // One request finds out whether it answers: else each worker of a rollout, or one that crashes again and again, would let all calls in.
  expect([await late.claim(ENDPOINT), await other.claim(ENDPOINT)]).toEqual([true, false])
  late.record(ENDPOINT, { kind: 'fault', fault: { kind: 'rate-limited', message: '', evidence } })
  nowMs += 1_500
  await heard(other, 'cooling')
  other.renew()
  expect(other.of(ENDPOINT).closed).toBeUndefined()
})

test('a worker that starts leaves alone what fails for other reasons', async () => {
  const { health } = await newWorker()
  close(health)
  await health.close()
  const { health: late } = await newWorker()
  await late.begin()
  expect(late.of(ENDPOINT).closed?.rule).toBe('breaker-open')
})

test('one of all workers probes, and its answer brings the endpoint back to all', async () => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await one.begin()
  close(one)
  await one.close()
  const { health: third } = await newWorker()
  await Promise.all([other.begin(), third.begin()])
  nowMs += BREAKER_LIMITS.openMs
  const granted = await Promise.all([other, third, other, third].map(health => health.claim(ENDPOINT)))
  expect(granted.filter(Boolean)).toHaveLength(1)
  const [prober, waiting] = granted[0] || granted[2] ? [other, third] : [third, other]
  expect(waiting.of(ENDPOINT).closed?.rule).toBe('breaker-open')
  prober.record(ENDPOINT, { kind: 'answered' })
  nowMs += 1_500
  await heard(waiting, undefined)
  expect(waiting.claim(ENDPOINT)).toBe(true)
})

/** What the gauge of a worker's breakers has told, and a look by it. */
function gaugeOf(health: Health, endpoints: () => { id: string }[] = () => [{ id: ENDPOINT }]) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const told: boolean[] = []
  const stop = measureBreakers(endpoints, health, { breaker: (_, isOpen) => told.push(isOpen) })
  open.push({ close: async () => stop() })
  return { told, look: () => void vi.advanceTimersToNextTimer() }
}

test('an endpoint that nobody has asked since the time of its breaker was over, or that is gone, is told as open no longer', async () => {
  const { health } = await newWorker()
  let endpoints = [{ id: ENDPOINT }]
  const { told, look } = gaugeOf(health, () => endpoints)
  look()
  expect(told).toEqual([])
  close(health)
  look()
  look()
  expect(told).toEqual([true])
  nowMs += BREAKER_LIMITS.openMs
  look()
  expect(told).toEqual([true, false])
  await health.claim(ENDPOINT)
  look()
  expect(told).toEqual([true, false, true])
  endpoints = []
  look()
  expect(told).toEqual([true, false, true, false])
})

test('a breaker that another worker’s answer has closed is told as open no longer', async () => {
  const [{ health: one }, { health: other }] = [await newWorker(), await newWorker()]
  await Promise.all([one.begin(), other.begin()])
  const { told, look } = gaugeOf(one)
  one.record(ENDPOINT, faultOf('quota-exhausted'))
  nowMs += 1_500
  await heard(other, 'breaker-open')
  look()
  expect(told).toEqual([true])
  other.renew()
  await other.claim(ENDPOINT)
  other.record(ENDPOINT, { kind: 'answered' })
  await vi.waitFor(() => {
    nowMs += 1_500
    look()
    expect(told).toEqual([true, false])
  })
})

test('without the store a worker goes on with what it sees itself, and tells it when the store is back', async () => {
  const { store } = await newWorker()
  const { health: shared } = store
  let reachable = false
  const outOfReach = () => openStore({ url: 'postgres://nobody@127.0.0.1:1/none' }) as Promise<never>
  const flaky: typeof shared = {
    exchange: async (...asked) => (reachable ? shared.exchange(...asked) : await outOfReach()),
    claimProbe: async (...asked) => (reachable ? shared.claimProbe(...asked) : await outOfReach()),
  }
  const health = createHealth(
    () => nowMs,
    () => 0,
    flaky,
  )
  open.push(health)
  await health.begin()
  close(health)
  expect(health.of(ENDPOINT).closed?.rule).toBe('breaker-open')
  nowMs += BREAKER_LIMITS.openMs
  expect(await health.claim(ENDPOINT)).toBe(true)
  expect(await health.claim(ENDPOINT)).toBe(false)
  reachable = true
  await health.close()
  const { health: late } = await newWorker()
  await late.begin()
  expect(late.of(ENDPOINT)).toMatchObject({ steady: true })
  expect((await shared.exchange([], 0, nowMs))[0]?.state.breaker.phase).toBe('open')
})
