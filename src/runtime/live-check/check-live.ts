/**
 * Asks the endpoints of a configuration, to see whether they work.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { costOfReply } from '../../../activities/call-model/money/cost-of-reply.ts'
import type { Configuration } from '../../catalog/index.ts'
import type { Endpoint, ProviderSettings } from '../../core/endpoints.ts'
import { isExactCost } from '../../core/money/cost.ts'
import { formatUsd, picoOfUsd } from '../../core/money/pico.ts'
import { asksForZdr } from '../../core/policy/policy.ts'
import { policyLevels } from '../../core/policy/policy-levels.ts'
import { createModels, type Models } from '../../providers/create-models.ts'
import { proxiesOf } from '../proxies.ts'
import type { LivePlan } from './plan-live.ts'
import { MOST_OUTPUT_TOKENS, type Question, questionsFor } from './questions.ts'
import { CHECKS, type Heard, type Replies, type Verdicts, verdictsOf, whyFailed } from './verdicts.ts'

export interface LiveResult {
  readonly endpoint: string
  readonly verdicts: Verdicts
  /** Of the question for text. */
  readonly firstTokenMs?: number
  /** Absent: it is not known. */
  readonly costUsd?: string
  /** Why a check failed; absent when none did. */
  readonly why?: string
  readonly ok: boolean
}

/** What asking has cost. It is in no ledger: there may be no store, and no run is to blame. */
export interface LiveSpending {
  readonly spentUsd: string
  /** Endpoints of whose cost nobody knows all, or anything. */
  readonly unknown: readonly string[]
}

export function spentOn(results: readonly LiveResult[], { endpoints }: Pick<LivePlan, 'endpoints'>): LiveSpending {
  const asked = new Set(endpoints.map(({ id }) => id))
  const known = results.flatMap(({ costUsd }) => costUsd ?? [])
  return {
    spentUsd: formatUsd(known.reduce((sum, usd) => sum + picoOfUsd(usd, 'a cost'), 0n)),
    unknown: results
      .filter(({ endpoint, costUsd }) => asked.has(endpoint) && costUsd === undefined)
      .map(({ endpoint }) => endpoint),
  }
}

/** A question that hangs is given up: nobody waits ten minutes for one word. */
const LONGEST_MS = 60_000

/**
 * Asks all endpoints of the plan: providers at the same time, the endpoints of one provider one after the other. Those that the plan refuses
 * have a failed result: nobody knows whether they work.
 */
export async function checkLive(
  configuration: Configuration,
  plan: LivePlan,
  env: NodeJS.ProcessEnv,
): Promise<readonly LiveResult[]> {
  const models = createModels(configuration.providers, { proxies: proxiesOf(env) })
  const results = new Map<string, LiveResult>()
  const levels = policyLevels(configuration.directory, { classes: [] })
  try {
    await Promise.all(
      configuration.providers.map(async provider => {
        for (const endpoint of plan.endpoints.filter(each => each.provider === provider.name))
          results.set(endpoint.id, await checkEndpoint(models, endpoint, provider, asksForZdr(endpoint, levels)))
      }),
    )
  } finally {
    await models.close()
  }
  return [...plan.endpoints.map(({ id }) => results.get(id)!), ...plan.refused.map(notAsked)]
}

function notAsked(endpoint: string): LiveResult {
  const why = `${endpoint} was not asked: no known price. Give its model a price, or add --unpriced`
  return { endpoint, verdicts: verdictsOf(new Map(), {}), why, ok: false }
}

async function checkEndpoint(
  models: Models,
  endpoint: Endpoint,
  { quirks }: ProviderSettings,
  zdr: boolean,
): Promise<LiveResult> {
  const replies = new Map<Question['kind'], Heard>()
  for (const question of questionsFor(endpoint)) {
    replies.set(question.kind, await ask(models, endpoint, question, zdr))
    if (replies.get('text')?.reply.kind === 'fault') break
  }
  const verdicts = verdictsOf(replies, quirks)
  const why = whyFailed(endpoint, replies, verdicts)
  const costUsd = costOfAll(replies, endpoint)
  const { firstTokenMs } = replies.get('text')!.reply.timings
  return {
    endpoint: endpoint.id,
    verdicts,
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(costUsd !== undefined && { costUsd }),
    ...(why !== undefined && { why }),
    ok: why === undefined && CHECKS.every(check => verdicts[check] !== 'no'),
  }
}

async function ask(models: Models, endpoint: Endpoint, question: Question, zdr: boolean): Promise<Heard> {
  let pieces = 0
  const { prompt, tools, schema } = question
  const reply = await models.ask({
    endpoint,
    prompt,
    tools,
    ...(schema && { schema }),
    settings: { maxOutputTokens: Math.min(MOST_OUTPUT_TOKENS, endpoint.maxOutput ?? MOST_OUTPUT_TOKENS) },
    wireRequestId: randomUUID(),
    zdr,
    signal: AbortSignal.timeout(LONGEST_MS),
    gate: async ({ maxOutputTokens }) => holdBound(endpoint, maxOutputTokens),
    onDelta: () => {
      pieces += 1
    },
  })
  return { reply, streamed: pieces > 0 }
}

/** What was announced holds: a package that asks for more output than it was told to is a bug. */
function holdBound({ id }: Endpoint, maxOutputTokens: number | undefined): void {
  if (maxOutputTokens === undefined || maxOutputTokens <= MOST_OUTPUT_TOKENS) return
  throw new Error(
    `${id} would be asked for ${maxOutputTokens} tokens of output, not ${MOST_OUTPUT_TOKENS}. This is a bug`,
  )
}

/** `undefined` where one of them is not known, or only within bounds. */
function costOfAll(replies: Replies, endpoint: Endpoint): string | undefined {
  let sum = 0n
  for (const { reply } of replies.values()) {
    const cost = costOfReply(reply, endpoint, NOTHING_RESERVED)
    if (cost === undefined || !isExactCost(cost)) return undefined
    sum += BigInt(cost.highPico)
  }
  return formatUsd(sum)
}

/** No budget bounds what a cut reply may have cost: it stays unknown. */
const NOTHING_RESERVED = { tokens: 0 }
