/**
 * What a `signalbox.yaml` may hold. Every schema's error text says what is allowed there, and nothing of what was found.
 *
 * @module
 */
import { z } from 'zod'
import type { Ability } from '../../core/endpoints.ts'
import { DURATION_ALLOWED, durationMs } from './durations.ts'
import { looksSecret } from './quoting.ts'

/** What an error text of a mapping begins with; its keys follow, separated by commas. */
export const MAPPING_OF = 'a mapping of '

export const PRICE_ALLOWED = '0 or more, in USD per million tokens'

export const ABILITIES = [
  'tools',
  'json-schema',
  'json-object',
  'images',
  'reasoning',
  'cache',
] as const satisfies readonly Ability[]

export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: MAPPING_OF + Object.keys(shape).join(', ') })
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: words.join(', ') })
}

function listOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `a list of ${what}` })
}

export const text = (what: string) => z.string({ error: what }).min(1, { error: what })
const flag = z.boolean({ error: 'true or false' })
export const tokens = z
  .number({ error: 'a number of tokens' })
  .int({ error: 'a whole number of tokens' })
  .positive({ error: 'a number of tokens above 0' })
const usd = z.number({ error: PRICE_ALLOWED }).nonnegative({ error: PRICE_ALLOWED })
const duration = z
  .string({ error: DURATION_ALLOWED })
  .refine(value => durationMs(value) !== undefined, { error: DURATION_ALLOWED })
  .transform(value => durationMs(value)!)
const anyMapping = (what: string) => z.record(z.string(), z.unknown(), { error: `a mapping of ${what}` })

const tokenPrice = {
  input: usd.optional(),
  cachedInput: usd.optional(),
  cacheWrite: usd.optional(),
  cacheWriteHour: usd.optional(),
  output: usd.optional(),
  reasoning: usd.optional(),
}

const price = mapping({
  ...tokenPrice,
  tiers: listOf(mapping({ above: tokens, ...tokenPrice }), 'price tiers').optional(),
  free: flag.optional(),
})

const REGION = 'a region such as eu or us-east-1'
const region = z
  .string({ error: REGION })
  .refine(name => /^[A-Za-z][A-Za-z0-9-]{0,23}$/.test(name) && !looksSecret(name), { error: REGION })

const RETENTION = 'none, unlimited, or a time such as 24h or 30d'
const dataPolicy = mapping({
  retention: z
    .string({ error: RETENTION })
    .regex(/^(none|unlimited|[1-9]\d*[hd])$/, { error: RETENTION })
    .optional(),
  training: flag.optional(),
  region: region.optional(),
})

const unpriced = oneOf(['allow', 'refuse'])

const abilities = listOf(oneOf(ABILITIES), `abilities: ${ABILITIES.join(', ')}`)

/** One model of one provider. */
export const modelShape = mapping({
  upstream: text("the model's id on the wire").optional(),
  contextWindow: tokens.optional(),
  maxInput: tokens.optional(),
  maxOutput: tokens.optional(),
  abilities: abilities.optional(),
  price: price.optional(),
  free: flag.optional(),
  unpriced: unpriced.optional(),
  cacheTtl: duration.optional(),
  dataPolicy: dataPolicy.optional(),
}).refine(({ price: { free, ...kinds } = {}, ...model }) => !(free || model.free) || Object.keys(kinds).length === 0, {
  error: 'a price or `free: true`, not both',
  path: ['price'],
})

const BASE_URL = 'an address that begins with http:// or https://'
export const PROTOCOLS = ['openai', 'openai-responses', 'anthropic', 'google', 'openai-compatible'] as const
const PROTOCOL = `${PROTOCOLS.join(', ')}, or the name of an @ai-sdk/* package`
const protocol = z
  .string({ error: PROTOCOL })
  .refine(name => (PROTOCOLS as readonly string[]).includes(name) || /^@ai-sdk\/[a-z0-9./-]+$/.test(name), {
    error: PROTOCOL,
  })

export const providerShape = mapping({
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
  }).optional(),
  timeouts: mapping({
    connect: duration.optional(),
    firstToken: duration.optional(),
    stall: duration.optional(),
    total: duration.optional(),
  }).optional(),
  unpriced: unpriced.optional(),
  cacheTtl: duration.optional(),
  dataPolicy: dataPolicy.optional(),
  models: z.record(z.string(), modelShape, { error: 'a mapping of author/name to a model' }).optional(),
})

const policyFields = {
  zdr: flag.optional(),
  training: oneOf(['allow', 'deny']).optional(),
  regions: listOf(region, 'regions').optional(),
  denyProviders: listOf(text('the name of a provider'), 'providers').optional(),
  allowProviders: listOf(text('the name of a provider'), 'providers').optional(),
  denyModels: listOf(text('author/name'), 'models').optional(),
  allowModels: listOf(text('author/name'), 'models').optional(),
  denyAuthors: listOf(text('the author of models'), 'authors').optional(),
  allowAuthors: listOf(text('the author of models'), 'authors').optional(),
  abilities: abilities.optional(),
  maxPrice: mapping(tokenPrice).optional(),
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const KEPT = '0, or a time such as 24h or 30d'

/** How long content is kept, in milliseconds. */
const retention = z
  .union([z.literal(0), z.string({ error: KEPT }).regex(/^(0|[1-9]\d*[hd])$/, { error: KEPT })], { error: KEPT })
  .transform(text =>
    text === 0 || text === '0' ? 0 : Number.parseInt(text, 10) * (text.endsWith('d') ? DAY_MS : HOUR_MS),
  )

/** Of a class: it binds the endpoints of its calls and says nothing of what is kept here. */
export const classPolicyShape = mapping(policyFields)

/** Of all runs, or of a workspace's. */
export const policyShape = mapping({ ...policyFields, retention: retention.optional() }).transform(
  ({ retention: retentionMs, ...policy }) => (retentionMs === undefined ? policy : { ...policy, retentionMs }),
)

const MODELS = 'models, each author/name, or a list of such for equals'
const SECONDS_WORTH_TEXT = /^(0|[1-9]\d{0,5})(\.\d{1,9})? USD$/
const SECONDS_WORTH = 'what a second is worth, such as 0.002 USD, or 0'

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
  maxOutputTokens: tokens.optional(),
  minOutputTokens: tokens.optional(),
  temperature: z
    .number({ error: 'a number from 0 to 2' })
    .min(0, { error: 'a number from 0 to 2' })
    .max(2, { error: 'a number from 0 to 2' })
    .optional(),
  reasoning: oneOf(['none', 'minimal', 'low', 'medium', 'high']).optional(),
  providerOptions: z
    .record(
      z.string(),
      z.record(z.string(), z.json({ error: 'a JSON value' }), { error: "a mapping of one provider's options" }),
      {
        error: 'a mapping of provider names to their options',
      },
    )
    .optional(),
  policy: classPolicyShape.optional(),
  onRefusal: oneOf(['abandon', 'reroute']).optional(),
  onBudget: text('the name of another class').optional(),
  escalateTo: text('the name of another class').optional(),
})

/** The file as a whole; what lies in `providers`, `classes`, `workspaces` and `budgets` is checked one by one. */
export const fileShape = mapping({
  app: text('the path of a module, e.g. ./app.ts').optional(),
  providers: anyMapping('names to providers'),
  classes: anyMapping('names to task classes'),
  policy: policyShape.optional(),
  workspaces: anyMapping('names to workspaces').optional(),
  budgets: anyMapping('names to budgets').optional(),
})

export const workspaceShape = mapping({ policy: policyShape.optional(), encryptPayloads: flag.optional() })

export type ModelShape = z.output<typeof modelShape>
export type ProviderShape = z.output<typeof providerShape>
export type PolicyShape = z.output<typeof policyShape>
export type ClassShape = z.output<typeof classShape>
