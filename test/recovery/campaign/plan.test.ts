import { describe, expect, it } from 'vitest'
import { readConfiguration } from '../../../src/catalog/index.ts'
import { readVendorScript } from '../../../src/providers/simulated/index.ts'
import { markId, planCampaign } from './plan/plan.ts'
import { vendorsOf, yamlOf } from './scene.ts'

describe("a campaign's plan", () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planCampaign(7, 50)).toEqual(planCampaign(7, 50))
    expect(planCampaign(7, 50)).not.toEqual({ ...planCampaign(9, 50), seed: 7 })
  })

  it.each([1, 2])('has every kind of run and of blow in its first 25 runs (seed %i)', seed => {
    const { runs, blows, store } = planCampaign(seed, 25)
    expect(new Set(runs.map(({ kind }) => kind)).size).toBe(18)
    expect(new Set(blows.map(({ strike }) => strike)).size).toBe(store === 'postgres' ? 10 : 9)
    const tags = runs.filter(({ fork }) => !fork).flatMap(({ conversations }) => conversations.map(({ tag }) => tag))
    expect(new Set(tags).size).toBe(tags.length)
    for (const { fork, conversations } of runs) if (fork) expect(tags).toContain(conversations[0]!.tag)
    expect(blows.every(({ at }) => runs.some(({ id }) => at.run === id || at.run.startsWith(`${id}/`)))).toBe(true)
    expect(blows.map(({ at }) => markId(at))).not.toContain(undefined)
  })

  it('is one that vendors and configuration accept', () => {
    const plan = planCampaign(3, 100)
    expect(readVendorScript(JSON.stringify(vendorsOf(plan))).vendors).toHaveLength(5)
    const env = Object.fromEntries(
      ['ALPHA', 'BETA', 'GAMMA', 'DELTA', 'STEADY'].map(name => [`${name}_URL`, 'http://localhost']),
    )
    expect(readConfiguration(yamlOf(plan), { env })).toMatchObject({ ok: true })
  })
})
