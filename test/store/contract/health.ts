import { expect, it } from 'vitest'
import type { SeenOf } from '../../../src/core/ports.ts'
import { BREAKER_LIMITS } from '../../../src/core/routing/health/breaker.ts'
import type { HealthOutcome, Seen } from '../../../src/core/routing/health/health-state.ts'
import { recordAll } from '../../../src/core/routing/health/record-outcome.ts'
import type { Bench } from '../describe-store.ts'

const ANSWERED: HealthOutcome = { kind: 'answered', firstTokenMs: 100, totalMs: 900, outputTokens: 40 }
const FAILED: HealthOutcome = { kind: 'fault', fault: { kind: 'overloaded', message: '', evidence: {} } }
const at = (outcome: HealthOutcome, atMs: number): Seen => ({ outcome, atMs, chance: 0 })
const news = (endpoint: string, ...seen: Seen[]): SeenOf => ({ endpoint, seen })

export function healthTests(bench: Bench): void {
  it('adds up what workers have seen of an endpoint, and tells each what changed', async () => {
    const place = await bench.newPlace()
    const [{ health: first }, { health: second }] = [await bench.open(place), await bench.open(place)]
    const seen = [1, 2, 3, 4].map(atMs => at(FAILED, atMs))
    const [ours] = await first.exchange(
      [news('acme:a/m', ...seen.slice(0, 2)), news('acme:a/n', at(ANSWERED, 1))],
      0,
      2,
    )
    expect(ours).toMatchObject({ endpoint: 'acme:a/m', changedAtMs: 2, state: recordAll(undefined, seen.slice(0, 2)) })
    const told = await second.exchange([news('acme:a/m', ...seen.slice(2))], 2, 2)
    expect(told.map(({ endpoint }) => endpoint)).toEqual(['acme:a/m', 'acme:a/n'])
    // Later than the change before, though the clock has not moved.
    expect(told[0]).toEqual({ endpoint: 'acme:a/m', changedAtMs: 3, state: recordAll(undefined, seen) })
    expect(await first.exchange([], 3, 9)).toEqual([told[0]])
  })

  it('hands out one probe over all workers, and none once it is not due', async () => {
    const place = await bench.newPlace()
    const workers = [await bench.open(place), await bench.open(place)].map(({ health }) => health)
    const failures = Array.from({ length: BREAKER_LIMITS.threshold }, () => at(FAILED, 0))
    await workers[0]!.exchange([news('acme:a/m', ...failures)], 0, 0)
    const dueMs = BREAKER_LIMITS.openMs
    const claim = (nowMs: number) =>
      Promise.all([...workers, ...workers].map(worker => worker.claimProbe(news('acme:a/m'), nowMs)))
    expect((await claim(dueMs - 1)).filter(({ granted }) => granted)).toHaveLength(0)
    const claimed = await claim(dueMs)
    expect(claimed.filter(({ granted }) => granted)).toHaveLength(1)
    for (const { health } of claimed)
      expect(health.state.breaker).toMatchObject({ probeUntilMs: dueMs + BREAKER_LIMITS.probeMs })
    await workers[1]!.exchange([news('acme:a/m', at(FAILED, dueMs + 1))], 0, dueMs + 1)
    expect((await claim(dueMs + 2)).filter(({ granted }) => granted)).toHaveLength(0)
  })

  it('loses nothing when many workers tell at once', async () => {
    const place = await bench.newPlace()
    const workers = await Promise.all(Array.from({ length: 4 }, () => bench.open(place)))
    const endpoints = ['acme:a/m', 'acme:a/n', 'acme:a/o']
    await Promise.all(
      workers.flatMap(({ health }, worker) =>
        Array.from({ length: 5 }, (_, nth) => {
          const told = endpoints.map(endpoint => news(endpoint, at(ANSWERED, 10 * nth + worker)))
          return health.exchange(worker % 2 === 0 ? told : told.toReversed(), 0, 100)
        }),
      ),
    )
    const known = await workers[0]!.health.exchange([], 0, 100)
    expect(known.map(({ state }) => Math.round(state.window?.attempts ?? 0))).toEqual([20, 20, 20])
  })
}
