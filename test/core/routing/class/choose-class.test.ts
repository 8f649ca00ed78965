import { describe, expect, it } from 'vitest'
import { classesAhead, classSteps, servingClasses } from '../../../../src/core/routing/class/choose-class.ts'
import { type CallFacts, conditionWords } from '../../../../src/core/routing/class/rule-conditions.ts'
import type { ClassRule, TaskClass } from '../../../../src/core/task-class.ts'
import { taskClass } from '../plan-fixtures.ts'

const plain = (name: string, more: Partial<TaskClass> = {}): TaskClass => taskClass({ name, ...more })

const RULES: readonly ClassRule[] = [
  { when: { promptTokens: { is: '>', than: 120_000 } }, use: 'long' },
  { when: { workspace: ['acme'], label: { team: 'growth' } }, use: 'strong' },
  { when: { hours: [22 * 60, 6 * 60] }, use: 'night' },
  { when: { abilities: ['tools'], outputTokens: { is: '<=', than: 100 } }, use: 'quick' },
  { use: 'cheap' },
]

const CLASSES = Object.fromEntries(
  [
    plain('auto', { rules: RULES }),
    ...['long', 'night', 'quick', 'cheap', 'strong-next'].map(name => plain(name)),
    plain('strong', { split: { strong: 95, 'strong-next': 5 } }),
  ].map(each => [each.name, each]),
)

const NOON = Date.UTC(2026, 10, 26, 12)

const facts = (more: Partial<CallFacts> = {}): CallFacts => ({
  promptTokens: 1_000,
  abilities: [],
  workspace: 'default',
  labels: {},
  nowMs: NOON,
  draw: 0.3,
  ...more,
})

const used = (name: string, more: Partial<CallFacts> = {}) =>
  classSteps(CLASSES, CLASSES[name]!, facts(more)).at(-1)?.to ?? name

it('each step says from where it leads, and why in the words of the file', () => {
  const steps = (name: string, more: Partial<CallFacts> = {}) => classSteps(CLASSES, CLASSES[name]!, facts(more))
  expect(steps('strong', { draw: 0.3 })).toEqual([])
  expect(steps('auto', { workspace: 'acme', labels: { team: 'growth' } })[0]).toEqual({
    from: 'auto',
    to: 'strong',
    why: 'rule 2: workspace acme, label team=growth',
  })
  const draws = Array.from({ length: 200 }, (_, nth) => nth / 200)
  expect(draws.flatMap(draw => steps('strong', { draw }))[0]).toEqual({
    from: 'strong',
    to: 'strong-next',
    why: 'its share of 5 in 100 runs',
  })
  expect(RULES.map(conditionWords)).toEqual([
    'promptTokens >120000',
    'workspace acme, label team=growth',
    'hours 22:00-06:00 UTC',
    'outputTokens <=100, abilities tools',
    'any other call',
  ])
})

describe('rules', () => {
  it('lead by the first one whose conditions all hold', () => {
    expect(used('auto')).toBe('cheap')
    expect(used('auto', { promptTokens: 120_000 })).toBe('cheap')
    expect(used('auto', { promptTokens: 120_001 })).toBe('long')
    expect(used('auto', { workspace: 'acme' })).toBe('cheap')
    expect(used('auto', { abilities: ['tools'], outputTokens: 100 })).toBe('quick')
  })

  it('hold no condition on an output that nobody has limited', () => {
    expect(used('auto', { abilities: ['tools'] })).toBe('cheap')
  })

  it('know hours past midnight, in UTC', () => {
    const at = (hour: number, minute = 0) => used('auto', { nowMs: Date.UTC(2026, 10, 26, hour, minute) })
    expect([at(21, 59), at(22), at(0), at(5, 59), at(6)]).toEqual(['cheap', 'night', 'night', 'night', 'cheap'])
  })

  it('know hours within a day, from the first minute on and before the second', () => {
    const office = plain('office', {
      rules: [{ when: { hours: [9 * 60, 17 * 60] }, use: 'inside' }, { use: 'outside' }],
    })
    const classes = { office, inside: plain('inside'), outside: plain('outside') }
    const at = (hour: number, minute = 0) =>
      classSteps(classes, office, facts({ nowMs: Date.UTC(2026, 10, 26, hour, minute) })).at(-1)?.to
    expect([at(8, 59), at(9), at(16, 59), at(17), at(23)]).toEqual([
      'outside',
      'inside',
      'inside',
      'outside',
      'outside',
    ])
  })

  it('know the days of the week, in UTC, and a night belongs to the day on which it begins', () => {
    const classes = (when: ClassRule['when']) => ({
      auto: plain('auto', { rules: [{ when, use: 'inside' } as ClassRule, { use: 'outside' }] }),
      inside: plain('inside'),
      outside: plain('outside'),
    })
    const isInside = (when: ClassRule['when'], day: number, hour = 12) => {
      const known = classes(when)
      const nowMs = Date.UTC(2026, 10, day, hour)
      return classSteps(known, known.auto, facts({ nowMs })).at(-1)?.to === 'inside'
    }
    // The 23rd of November 2026 is a Monday.
    const week = [23, 24, 25, 26, 27, 28, 29, 30]
    const workdays = { days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const }
    expect(week.map(day => isInside(workdays, day))).toEqual([true, true, true, true, true, false, false, true])
    expect([0, 23].map(hour => isInside(workdays, 28, hour))).toEqual([false, false])
    const fridayNight = { days: ['fri'] as const, hours: [22 * 60, 6 * 60] as const }
    const asked = [
      [27, 3],
      [27, 21],
      [27, 22],
      [28, 5],
      [28, 6],
      [28, 22],
    ] as const
    expect(asked.map(([day, hour]) => isInside(fridayNight, day, hour))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ])
    const [step] = classSteps(classes(fridayNight), classes(fridayNight).auto, facts({ nowMs: Date.UTC(2026, 10, 28) }))
    expect(step?.why).toBe('rule 1: days fri UTC, hours 22:00-06:00 UTC')
  })

  it('tell each step and why', () => {
    const steps = classSteps(CLASSES, CLASSES.auto!, facts({ workspace: 'acme', labels: { team: 'growth' }, draw: 0 }))
    expect(steps[0]).toEqual({ from: 'auto', to: 'strong', why: 'rule 2: workspace acme, label team=growth' })
  })
})

describe('a split', () => {
  it('gives each class its share of runs, and a run the same class each time', () => {
    const draws = Array.from({ length: 20_000 }, (_, at) => at / 20_000)
    const next = draws.filter(draw => used('strong', { draw }) === 'strong-next')
    expect(next.length / draws.length).toBeCloseTo(0.05, 2)
    for (const draw of next.slice(0, 20)) expect(used('strong', { draw, promptTokens: 5 })).toBe('strong-next')
  })

  it('is followed from rules', () => {
    const draw = Array.from({ length: 1_000 }, (_, at) => at / 1_000).find(
      each => used('strong', { draw: each }) === 'strong-next',
    )!
    expect(used('auto', { workspace: 'acme', labels: { team: 'growth' }, draw })).toBe('strong-next')
  })
})

it('the classes that may serve a call are those at the ends of its ways', () => {
  expect(servingClasses(CLASSES, 'auto').map(({ name }) => name)).not.toContain('auto')
  expect(new Set(servingClasses(CLASSES, 'auto').map(({ name }) => name))).toEqual(
    new Set(['long', 'strong', 'strong-next', 'night', 'quick', 'cheap']),
  )
  const parted = { ...CLASSES, parted: plain('parted', { split: { cheap: 50, quick: 50 } }) }
  expect(servingClasses(parted, 'parted').map(({ name }) => name)).toEqual(['quick', 'cheap'])
})

describe('the classes ahead of a run', () => {
  const facts = { workspace: 'default', labels: {}, draw: 0.3 }
  const ahead = (name: string, more: Partial<typeof facts> = {}) =>
    classesAhead(CLASSES, name, { ...facts, ...more })
      .map(each => each.name)
      .toSorted()

  it('are all that rules may lead to whose conditions change from call to call, and of the others the one that holds', () => {
    expect(ahead('auto')).toEqual(['auto', 'cheap', 'long', 'night', 'quick'])
    expect(ahead('auto', { workspace: 'acme', labels: { team: 'growth' } })).toEqual(['auto', 'long', 'strong'])
    expect(ahead('cheap')).toEqual(['cheap'])
    expect(ahead('nobody')).toEqual([])
  })

  it('are of a split the one that the run was drawn to', () => {
    const draws = Array.from({ length: 100 }, (_, at) => at / 100)
    expect(new Set(draws.map(draw => used('strong', { draw })))).toEqual(new Set(['strong', 'strong-next']))
    for (const draw of draws)
      expect(ahead('strong', { draw })).toEqual([...new Set(['strong', used('strong', { draw })])])
  })

  it('hold every class that a call of the run comes to', () => {
    for (const promptTokens of [1_000, 200_000])
      for (const abilities of [[], ['tools' as const]])
        for (const hour of [3, 12, 23]) {
          const nowMs = Date.UTC(2026, 10, 26, hour)
          expect(ahead('auto')).toContain(used('auto', { promptTokens, abilities, outputTokens: 50, nowMs }))
        }
  })
})
