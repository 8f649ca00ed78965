/**
 * What a `signalbox.yaml` may hold. Every schema's error text says what is allowed there, and nothing of what was found.
 *
 * @module
 */
import { z } from 'zod'
import { REASONING_DEGREES, SETTING_BOUNDS } from '../../../core/settings/settings-problem.ts'
import { alertShape } from './alert-shape.ts'
import { DURATION_ALLOWED } from './durations.ts'
import { classPolicyShape, policyShape } from './policy-shape.ts'
import { rulesShape, splitShape } from './rule-shape.ts'
import {
  abilities,
  duration,
  flag,
  heldDuration,
  listOf,
  mapping,
  numberWithin,
  oneOf,
  region,
  text,
  tokenPrice,
  tokens,
} from './shape-parts.ts'

const anyMapping = (what: string) => z.record(z.string(), z.unknown(), { error: `a mapping of ${what}` })

const TIERS = 'price tiers, each with a different `above`'
const tiers = listOf(mapping({ above: tokens, ...tokenPrice }), 'price tiers').refine(
  list => new Set(list.map(({ above }) => above)).size === list.length,
  { error: TIERS },
)
const price = mapping({ ...tokenPrice, tiers: tiers.optional(), free: flag.optional() })

export const RETENTION = 'none, unlimited, or a time such as 24h or 30d'
const dataPolicy = mapping({
  retention: z
    .string({ error: RETENTION })
    .regex(/^(none|unlimited|[1-9]\d*[hd])$/, { error: RETENTION })
    .optional(),
  training: flag.optional(),
  region: region.optional(),
})

const COUNT = 'a whole number above 0'
const count = z.number({ error: COUNT }).int({ error: COUNT }).positive({ error: COUNT })

const limits = mapping({
  requestsPerMinute: count.optional(),
  tokensPerMinute: count.optional(),
  concurrency: count.optional(),
})

const PRIORITY = 'a whole number from 1, which goes first, to 5'
const priority = z
  .number({ error: PRIORITY })
  .int({ error: PRIORITY })
  .min(1, { error: PRIORITY })
  .max(5, { error: PRIORITY })

const unpriced = oneOf(['allow', 'refuse'])

/** One model of one provider. */
export const modelShape = mapping({
  upstream: text("the model's id on the wire").optional(),
  like: text('the name of a model of the catalogue, at the same provider').optional(),
  contextWindow: tokens.optional(),
  maxInput: tokens.optional(),
  maxOutput: tokens.optional(),
  abilities: abilities.optional(),
  price: price.optional(),
  free: flag.optional(),
  unpriced: unpriced.optional(),
  cacheTtl: duration.optional(),
  limits: limits.optional(),
  dataPolicy: dataPolicy.optional(),
}).refine(({ price: { free, ...kinds } = {}, ...model }) => !(free || model.free) || Object.keys(kinds).length === 0, {
  error: 'a price or `free: true`, not both',
  path: ['price'],
})

const BASE_URL = 'an address that begins with http:// or https://'
export const PROTOCOLS = ['openai', 'openai-responses', 'anthropic', 'google', 'openai-compatible'] as const
export const PROTOCOL = `${PROTOCOLS.join(', ')}, or the name of an @ai-sdk/* package or of @openrouter/ai-sdk-provider`
const protocol = z
  .string({ error: PROTOCOL })
  .refine(
    name =>
      (PROTOCOLS as readonly string[]).includes(name) ||
      /^@(ai-sdk\/[a-z0-9./-]+|openrouter\/ai-sdk-provider)$/.test(name),
    { error: PROTOCOL },
  )

export const providerShape = mapping({
  like: text('the name of a provider of the catalogue').optional(),
  protocol: protocol.optional(),
  baseURL: z
    .string({ error: BASE_URL })
    .refine(text => /^https?:\/\//.test(text) && URL.canParse(text), { error: BASE_URL })
    .optional(),
  apiKey: z.string({ error: `a text: the key, or better the name of a variable as in \${OPENAI_API_KEY}` }).optional(),
  headers: z
    .record(z.string(), z.string({ error: 'a text' }), { error: 'a mapping of header names to texts' })
    .optional(),
  quirks: mapping({
    stream: flag.optional(),
    streamUsage: flag.optional(),
    structuredOutputs: flag.optional(),
    batch: flag.optional(),
  }).optional(),
  timeouts: mapping({
    connect: heldDuration.optional(),
    firstToken: heldDuration.optional(),
    stall: heldDuration.optional(),
    total: heldDuration.optional(),
  }).optional(),
  unpriced: unpriced.optional(),
  cacheTtl: duration.optional(),
  limits: limits.optional(),
  dataPolicy: dataPolicy.optional(),
  policy: classPolicyShape.optional(),
  models: z.record(z.string(), modelShape, { error: 'a mapping of author/name to a model' }).optional(),
})

export const AFTER = `p95, never, or ${DURATION_ALLOWED}`
const SHARE = 'a share of the calls above 0 and up to 1'

/** When a second endpoint is asked. `never`: not for this class, though the one that it extends does. */
const hedge = mapping({
  after: z.union([z.enum(['p95', 'never']), duration], { error: AFTER }),
  share: z.number({ error: SHARE }).positive({ error: SHARE }).max(1, { error: SHARE }).optional(),
})

const MODELS = 'models, each author/name, or a list of models that rank equally'
const SECONDS_WORTH_TEXT = /^(0|[1-9]\d{0,5})(\.\d{1,9})? USD$/
export const OUTLAST = `${DURATION_ALLOWED}, or 0`
export const SECONDS_WORTH = 'what a second is worth, such as 0.002 USD, or 0'

export const classShape = mapping({
  extends: text('the name of another class').optional(),
  models: listOf(
    z.union([text(MODELS), listOf(text(MODELS), 'models').min(1, { error: MODELS })], { error: MODELS }),
    MODELS,
  )
    .min(1, { error: 'at least one model' })
    .optional(),
  needs: mapping({
    contextWindow: tokens.optional(),
    maxOutput: tokens.optional(),
    abilities: abilities.optional(),
  }).optional(),
  sort: oneOf(['order', 'price', 'latency', 'throughput', 'measured']).optional(),
  secondsWorth: z
    .union([z.literal(0), z.string().regex(SECONDS_WORTH_TEXT)], { error: SECONDS_WORTH })
    .transform(worth => Number.parseFloat(String(worth)))
    .optional(),
  patience: duration.optional(),
  outlast: z.union([z.literal(0), duration], { error: OUTLAST }).optional(),
  batch: z.union([z.literal(0), duration], { error: OUTLAST }).optional(),
  priority: priority.optional(),
  maxOutputTokens: tokens.optional(),
  minOutputTokens: tokens.optional(),
  temperature: numberWithin(0, 2).optional(),
  topP: numberWithin(...SETTING_BOUNDS.topP).optional(),
  topK: count.optional(),
  presencePenalty: numberWithin(...SETTING_BOUNDS.presencePenalty).optional(),
  frequencyPenalty: numberWithin(...SETTING_BOUNDS.frequencyPenalty).optional(),
  seed: z.int({ error: 'a whole number' }).optional(),
  stopSequences: listOf(text('a text'), 'texts that end an answer').optional(),
  reasoning: oneOf(REASONING_DEGREES).optional(),
  providerOptions: z
    .record(
      z.string(),
      z.record(z.string(), z.json({ error: 'a JSON value' }), { error: "a mapping of one provider's options" }),
      { error: 'a mapping of provider names to their options' },
    )
    .optional(),
  policy: classPolicyShape.optional(),
  rules: rulesShape.optional(),
  split: splitShape.optional(),
  hedge: hedge.optional(),
  onRefusal: oneOf(['abandon', 'reroute']).optional(),
  onBudget: text('the name of another class').optional(),
  escalateTo: text('the name of another class').optional(),
})

/** The file as a whole; what lies in `providers`, `classes`, `workspaces`, `budgets` and `notices` is checked one by one. */
export const fileShape = mapping({
  app: text('the path of a module, e.g. ./app.ts').optional(),
  providers: anyMapping('names to providers'),
  classes: anyMapping('names to task classes'),
  policy: policyShape.optional(),
  workspaces: anyMapping('names to workspaces').optional(),
  budgets: anyMapping('names to budgets').optional(),
  alerts: alertShape.optional(),
  notices: anyMapping('names to notices').optional(),
})

export const workspaceShape = mapping({ policy: policyShape.optional(), encryptPayloads: flag.optional() })

export type ModelShape = z.output<typeof modelShape>
export type ProviderShape = z.output<typeof providerShape>
export type ClassShape = z.output<typeof classShape>
