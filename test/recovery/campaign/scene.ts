/**
 * The campaign's configuration and its vendors: four that fail in their ways, and one that is steady, and so
 * cheap that a run which can afford anybody can afford it.
 *
 * @module
 */
import type { VendorScript } from '../../../src/providers/simulated/index.ts'
import { argumentsOf, type Conversation } from './plan/conversations.ts'
import type { CampaignPlan } from './plan/plan.ts'

const ABILITIES = '[tools, json-schema, json-object]'

/** Short where a vendor falls silent on purpose, long where only this machine can be slow. */
export const PATIENT = '{ connect: 30s, firstToken: 60s, stall: 60s, total: 120s }'
const BRISK = '{ connect: 10s, firstToken: 4s, stall: 3s, total: 60s }'

/** The configuration; `<NAME>_URL` holds the address of each vendor. `deadlines` are those of all but the steady one. */
export function yamlOf({ crewUsd }: Pick<CampaignPlan, 'crewUsd'>, deadlines = BRISK): string {
  return `
providers:
${provider('alpha', 'openai-compatible', deadlines, 100_000, '{ input: 1, output: 4 }')}
${provider('beta', 'anthropic', deadlines, 100_000, '{ input: 3, output: 15 }')}
${provider('gamma', 'google', deadlines, 100_000, '{ input: 2, cachedInput: 0.5, output: 8 }')}
${provider('delta', 'openai-responses', deadlines, 100_000, '{ input: 1.5, output: 6 }')}
${provider('steady', 'openai', PATIENT, 400_000, '{ input: 0.25, output: 1 }')}
classes:
  alpha-first: { models: [acme/alpha, acme/beta, acme/gamma, acme/steady], ${LIMITS} }
  beta-first: { models: [acme/beta, acme/gamma, acme/delta, acme/steady], ${LIMITS} }
  gamma-first: { models: [acme/gamma, acme/alpha, acme/beta, acme/steady], ${LIMITS} }
  delta-first: { models: [acme/delta, acme/alpha, acme/gamma, acme/steady], hedge: ${HEDGE}, ${LIMITS} }
  beta-nightly: { models: [acme/beta, acme/gamma, acme/delta, acme/steady], ${NIGHTLY}, ${LIMITS} }
  gamma-nightly: { models: [acme/gamma, acme/delta, acme/beta, acme/steady], ${NIGHTLY}, ${LIMITS} }
  delta-nightly: { models: [acme/delta, acme/beta, acme/gamma, acme/steady], ${NIGHTLY}, ${LIMITS} }
  ruled: { rules: [{ when: { label: { kind: walker } }, use: delta-nightly }, { use: delta-first }] }
  compaction: { models: [acme/alpha, acme/beta, acme/steady], ${LIMITS} }
workspaces:
  crew: {}
budgets:
  crew: { scope: { workspace: crew }, per: lifetime, usd: '${crewUsd}', warnAt: [0.5] }
  kinds: { scope: { each: kind }, per: lifetime, usd: '100' }
`
}

/** No scripted answer is longer than 150 tokens, so that the budget shortens none. */
const LIMITS = 'patience: 2s, maxOutputTokens: 400, minOutputTokens: 150'

/** Sooner than a vendor begins to answer on a busy machine, so that many calls are under way at two of them. */
const HEDGE = '{ after: 20ms, share: 1 }'

/** Less than a campaign waits where nothing moves: a batch of a vendor that has fallen silent never ends. */
const NIGHTLY = 'batch: 60s'

function provider(name: string, protocol: string, timeouts: string, contextWindow: number, price: string): string {
  return `  ${name}:
    protocol: ${protocol}
    baseURL: "\${${name.toUpperCase()}_URL}"
    apiKey: none
    quirks: ${protocol === 'openai-compatible' ? '{}' : '{ batch: true }'}
    timeouts: ${timeouts}
    dataPolicy: { retention: none }
    models:
      acme/${name}: { upstream: model, contextWindow: ${contextWindow}, maxOutput: 4000, abilities: ${ABILITIES}, price: ${price} }`
}

type Vendor = VendorScript['vendors'][number]

/** The prices stand here a second time on purpose: the meter is to disagree with a wrong one. */
export function vendorsOf(plan: Pick<CampaignPlan, 'runs' | 'faults'>): VendorScript {
  const told = plan.runs.flatMap(({ conversations }) => conversations).filter(({ forkedAt }) => forkedAt === undefined)
  const behaviours = told.flatMap(conversation => [...summariesOf(conversation), behaviourOf(conversation)])
  const vendor = (name: string, price: Vendor['models'][string]['price'], rest: Omit<Vendor, 'name' | 'models'>) => ({
    name,
    models: { model: { contextWindow: name === 'steady' ? 400_000 : 100_000, maxOutput: 4_000, price } },
    firstTokenMs: 15,
    batchMs: 1_000,
    tokensPerSecond: 1_500,
    behaviours,
    faults: [...(plan.faults[name] ?? [])],
    ...rest,
  })
  return {
    vendors: [
      vendor('alpha', { input: 1, output: 4 }, { protocol: 'openai-compatible', billsAborted: 'whole' }),
      vendor('beta', { input: 3, output: 15 }, { protocol: 'anthropic', billsAborted: 'until-disconnect' }),
      vendor(
        'gamma',
        { input: 2, cachedInput: 0.5, output: 8 },
        { protocol: 'google', billsAborted: 'nothing', cache: { minTokens: 100 } },
      ),
      vendor('delta', { input: 1.5, output: 6 }, { protocol: 'openai-responses', billsAborted: 'whole' }),
      vendor('steady', { input: 0.25, output: 1 }, { protocol: 'openai', billsAborted: 'until-disconnect' }),
    ],
  }
}

type Behaviour = NonNullable<Vendor['behaviours']>[number]

/** Of a conversation that is summed up: the summary says how far it had come, and so does each of its tool calls. */
function summariesOf({ tag, turns, thought }: Conversation): readonly Behaviour[] {
  if (thought === undefined) return []
  return turns.toReversed().map((_, index) => {
    const turn = turns.length - index
    const match = String.raw`\b${tag}\b[\s\S]*"at":"${turn}\.[\s\S]*Sum it up`
    return { match, turns: [{ text: JSON.stringify({ at: `${turn}.0` }) }] }
  })
}

const ROUNDS = String.raw`at\\*":\s*\\*"(\d+)\.`

function behaviourOf({ tag, turns, text, thought }: Conversation): Behaviour {
  const asked = turns.map(asks => ({
    ...(thought !== undefined && { text: thought }),
    tools: asks.map(ask => ({ name: ask.tool, arguments: argumentsOf(tag, ask) })),
  }))
  const closing = text === undefined ? { value: { ok: true, reason: `${tag} is fine` } } : { text }
  return { match: `\\b${tag}\\b`, turns: [...asked, closing], ...(thought !== undefined && { rounds: ROUNDS }) }
}
