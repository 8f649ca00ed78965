/**
 * The ways of routing that the simulation compares. `measured` is the worker's own planning with its own health; the
 * others have the same health and fall back as it does.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { KnownPrompt } from '../../src/core/protocol.ts'
import type { PlanInput } from '../../src/core/routing/call/plan-input.ts'
import { type Roster, rosterOf } from '../../src/core/routing/filter/roster.ts'
import type { EndpointHealth } from '../../src/core/routing/health/endpoint-health.ts'
import { planRoute } from '../../src/core/routing/plan-route.ts'
import type { Sort, TaskClass } from '../../src/core/task-class.ts'
import { chanceOf } from './chance.ts'
import type { EndpointSet } from './sets.ts'

/** What a way is asked at each step. */
export interface Choice {
  readonly run: number
  readonly step: number
  readonly promptTokens: number
  readonly nowMs: number
  readonly known?: KnownPrompt
  readonly health: (endpointId: string) => EndpointHealth
  /** Who answered the run's last step. */
  readonly last?: string
}

/** The endpoints to ask, best first. */
export type Way = (choice: Choice) => readonly Endpoint[]

const OUTPUT_LIMIT = 4_096

export function endpointsOf({ endpoints }: EndpointSet): readonly Endpoint[] {
  return endpoints.map(({ provider, model = 'author/model', input, cachedInput, cacheWrite, output }) => ({
    id: `${provider}:${model}`,
    provider,
    model,
    upstream: model,
    protocol: 'openai-compatible',
    abilities: ['tools'],
    price: {
      input,
      output,
      ...(cachedInput !== undefined && { cachedInput }),
      ...(cacheWrite !== undefined && { cacheWrite }),
    },
    dataPolicy: {},
  }))
}

/** Money alone is compared, so a second is worth nothing. */
export function measured(seed: number, set: EndpointSet): Way {
  return planned(set, 'measured', ({ run }) => chanceOf(seed, 'draw', run))
}

/** By the list price of this one call. */
export function cheapest(set: EndpointSet): Way {
  return planned(set, 'price', () => 0)
}

/** Each step draws anew, weighted by 1/price². */
export function balanced(seed: number, set: EndpointSet): Way {
  return planned(set, undefined, ({ run, step }) => chanceOf(seed, 'draw', run, step))
}

/** The cheapest at first, and whoever answered last from then on. */
export function sticky(set: EndpointSet): Way {
  const first = cheapest(set)
  return choice => {
    const candidates = first(choice)
    const last = candidates.filter(({ id }) => id === choice.last)
    return [...last, ...candidates.filter(({ id }) => id !== choice.last)]
  }
}

function planned(set: EndpointSet, sort: Sort | undefined, draw: (choice: Choice) => number): Way {
  const endpoints = endpointsOf(set)
  const roster = rosterOf(endpoints)
  const models = [...roster.models.keys()]
  const taskClass: TaskClass = {
    name: set.name,
    models,
    places: models.map(() => 0),
    needs: {},
    ...(sort && { sort }),
    secondsWorth: 0,
    patienceMs: 20_000,
    minOutputTokens: 256,
    policy: {},
    onRefusal: 'abandon',
  }
  return choice => planRoute(inputOf(roster, taskClass, choice, draw(choice)), roster).candidates
}

function inputOf({ endpoints }: Roster, taskClass: TaskClass, choice: Choice, draw: number): PlanInput {
  const { promptTokens, nowMs, known, health } = choice
  const needs = { promptTokens, outputTokens: OUTPUT_LIMIT, abilities: ['tools' as const] }
  return { endpoints, taskClass, needs, policies: [], health, draw, nowMs, ...(known && { known }) }
}
