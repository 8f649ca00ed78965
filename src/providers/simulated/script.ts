/**
 * What the simulated vendors are told to be: plain data, checked here, also readable as YAML.
 *
 * @module
 */
import { parse } from 'yaml'
import { z } from 'zod'
import { patternOf, patternSchema } from './fault-rule.ts'
import { faultRuleSchema, strangerIn } from './fault-rules.ts'

const usdPerMillion = z.number().nonnegative()

/** USD per million tokens. A cache line that is absent is billed as input, `reasoning` absent as output. */
const linesSchema = z.strictObject({
  input: usdPerMillion,
  cachedInput: usdPerMillion.optional(),
  cacheWrite: usdPerMillion.optional(),
  /** @defaultValue the price of `cacheWrite` */
  cacheWriteHour: usdPerMillion.optional(),
  output: usdPerMillion,
  reasoning: usdPerMillion.optional(),
})

/** Holds for the whole of a request whose prompt has more than `above` tokens. What it does not name stays as it was. */
const tierSchema = linesSchema.partial().extend({ above: z.int().nonnegative() })

const priceSchema = linesSchema.extend({ tiers: z.array(tierSchema).optional() })

const modelSchema = z.strictObject({
  /** Input and output together, in tokens. */
  contextWindow: z.int().positive(),
  maxOutput: z.int().positive(),
  price: priceSchema,
  /** Tokens of thought before an answer, where thought is asked for or the model always thinks. @defaultValue 0 */
  reasoningTokens: z.int().nonnegative().default(0),
  /** Bounds of an answer's length in tokens, both inclusive. */
  answerTokens: z
    .tuple([z.int().positive(), z.int().positive()])
    .refine(([least, most]) => least <= most, 'the least and then the most')
    .default([60, 180]),
  /** The model's own pace. @defaultValue the vendor's */
  firstTokenMs: z.number().nonnegative().optional(),
  tokensPerSecond: z.number().nonnegative().optional(),
})

const cacheLimitsSchema = z.strictObject({
  /** How long an unused prefix stays warm; the hour's lifetime is twelve times this. @defaultValue 300000 */
  ttlMs: z.int().positive().default(300_000),
  /** Shorter prefixes are never cached. @defaultValue 1024, as OpenAI and Anthropic document */
  minTokens: z.int().nonnegative().default(1024),
})

/** `true` is the cache with its defaults. */
const cacheSchema = z
  .union([z.boolean(), cacheLimitsSchema])
  .transform(cache => (cache === true ? cacheLimitsSchema.parse({}) : cache || undefined))

/** As `JsonValue` of `signalbox`, which a script in code may be made of. */
type GivenJson =
  | string
  | number
  | boolean
  | null
  | readonly GivenJson[]
  | { readonly [key: string]: GivenJson | undefined }

const jsonSchema: z.ZodType<z.core.util.JSONType, GivenJson> = z.json()

const toolCallSchema = z.strictObject({
  name: z.string().min(1),
  arguments: z.record(z.string(), jsonSchema).default({}),
})

const turnSchema = z
  .strictObject({
    text: z.string().optional(),
    /** What a request for JSON gets instead of an invented value, and any other where the turn has no text. */
    value: jsonSchema.optional(),
    tools: z.array(toolCallSchema).min(1).optional(),
  })
  .refine(turn => Object.keys(turn).length > 0, 'a turn with text, value or tools')

/** Matched against nothing, a pattern tells how many groups it has. */
function capturesSomething(text: string): boolean {
  try {
    return patternOf(`${text}|`).exec('')!.length > 1
  } catch {
    return true
  }
}

const behaviourSchema = z.strictObject({
  /** A regular expression over the system text and the first user text. */
  match: patternSchema,
  /**
   * A regular expression over the whole prompt: the largest number that it captures is how many turns are done, also where
   * some of them no longer stand in the prompt. @defaultValue the answers in the prompt are counted
   */
  rounds: patternSchema
    .refine(capturesSomething, 'a regular expression with a group that captures the number')
    .optional(),
  turns: z.array(turnSchema).min(1),
})

const rateLimitSchema = z
  .strictObject({
    requests: z.int().positive().optional(),
    tokens: z.int().positive().optional(),
    perMs: z.int().positive(),
  })
  .refine(({ requests, tokens }) => requests !== undefined || tokens !== undefined, 'a limit on requests or tokens')

const vendorSchema = z
  .strictObject({
    name: z.string().min(1),
    protocol: z.enum(['openai', 'openai-compatible', 'openai-responses', 'anthropic', 'google']),
    /** @defaultValue a free one */
    port: z.int().min(0).max(65_535).default(0),
    /** Set: whoever brings another key gets a 401. */
    apiKey: z.string().min(1).optional(),
    models: z.record(z.string(), modelSchema),
    firstTokenMs: z.number().nonnegative().default(0),
    /** 0: no delay, the answer goes out in one piece. */
    tokensPerSecond: z.number().nonnegative().default(0),
    cache: cacheSchema.prefault(false),
    /** What is billed for an answer that did not reach its end. */
    billsAborted: z.enum(['nothing', 'until-disconnect', 'whole']).default('nothing'),
    /** The usage carries `cost` in USD, as OpenRouter's does. OpenAI protocols only. */
    reportsCost: z.boolean().default(false),
    rateLimit: rateLimitSchema.optional(),
    /** How long it takes over a batch, in milliseconds. */
    batchMs: z.number().nonnegative().default(1_000),
    /** Answers under way at once. */
    concurrency: z.int().positive().optional(),
    faults: z.array(faultRuleSchema).default([]),
    behaviours: z.array(behaviourSchema).default([]),
  })
  .superRefine(({ faults, models }, check) => {
    const stranger = strangerIn(faults, Object.keys(models))
    if (stranger) check.addIssue({ code: 'custom', path: ['faults', ...stranger.path], message: stranger.message })
  })

export const scriptSchema = z
  .strictObject({ vendors: z.array(vendorSchema).min(1) })
  .refine(script => new Set(script.vendors.map(vendor => vendor.name)).size === script.vendors.length, {
    message: 'vendors of which no two have the same name',
    path: ['vendors'],
  })

/** A script as one writes it: everything with a default may be left out. */
export type VendorScript = z.input<typeof scriptSchema>
/** One vendor of a script, defaults filled in. */
export type VendorSettings = z.output<typeof vendorSchema>
export type VendorProtocol = VendorSettings['protocol']
export type ModelSettings = z.output<typeof modelSchema>
export type ModelPrice = z.output<typeof priceSchema>
export type Behaviour = z.output<typeof behaviourSchema>
export type ScriptedTurn = z.output<typeof turnSchema>

/** By its own name only: `constructor` is a property of every object, and no model. */
export function modelIn({ models }: VendorSettings, id: string): ModelSettings | undefined {
  return Object.hasOwn(models, id) ? models[id] : undefined
}

/** Checks a script and fills in its defaults. Throws with every problem and its path. */
export function checkVendorScript(script: unknown): { vendors: VendorSettings[] } {
  const checked = scriptSchema.safeParse(script)
  if (checked.success) return checked.data
  throw new Error(`The vendors' script is not valid:\n${z.prettifyError(checked.error)}`)
}

/** Reads a script from YAML (or JSON). Throws with line and column for broken YAML, with paths for a wrong shape. */
export function readVendorScript(text: string): { vendors: VendorSettings[] } {
  return checkVendorScript(parse(text))
}
