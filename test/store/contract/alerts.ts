import { expect, it } from 'vitest'
import type { Bench } from '../describe-store.ts'

export function alertTests(bench: Bench): void {
  it('gives each change of an alert to one worker, however many see it', async () => {
    const place = await bench.newPlace()
    const workers = await Promise.all([bench.open(place), bench.open(place), bench.open(place)])
    const told = async (state: 'begun' | 'ended', atMs: number) => {
      const answers = await Promise.all(workers.map(({ alerts }) => alerts.mark('key-rejected acme', state, atMs)))
      return answers.filter(Boolean).length
    }
    expect(await told('ended', 1)).toBe(0)
    expect(await told('begun', 2)).toBe(1)
    expect(await told('begun', 3)).toBe(0)
    // By a clock that is behind the others'.
    expect(await told('begun', 1)).toBe(0)
    expect(await workers[0]!.alerts.begun()).toEqual([{ alert: 'key-rejected acme', atMs: 3 }])
    expect(await workers[0]!.alerts.mark('key-rejected acme', 'ended', 4, { saidSinceMs: 2 })).toBe(false)
    expect(await told('ended', 4)).toBe(1)
    expect(await told('begun', 5)).toBe(1)
    expect(await workers[1]!.alerts.mark('breaker-open acme:a/m', 'begun', 6)).toBe(true)
    expect((await workers[2]!.alerts.begun()).map(({ alert }) => alert).toSorted()).toEqual([
      'breaker-open acme:a/m',
      'key-rejected acme',
    ])
  })
}
