/**
 * What the shapes of a `signalbox.yaml` are made of.
 *
 * @module
 */
import { z } from 'zod'
import type { Webhook } from '../../../core/alert.ts'
import { LONGEST_HELD_MS } from '../../../core/call-time.ts'
import { LONGEST_WAIT_MS } from '../../../core/durations.ts'
import { ABILITIES } from '../../../core/endpoints.ts'
import { looksSecret } from '../text/quoting.ts'
import { DURATION_ALLOWED, durationMs, HELD_ALLOWED } from './durations.ts'

/** What an error text of a mapping begins with; its keys follow, separated by commas. */
export const MAPPING_OF = 'a mapping of '

export const PRICE_ALLOWED = '0 or more, in USD per million tokens'

export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: MAPPING_OF + Object.keys(shape).join(', ') })
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: words.join(', ') })
}

export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `a list of ${what}` })
}

export const text = (what: string) => z.string({ error: what }).min(1, { error: what })
export const numberWithin = (least: number, most: number) => {
  const error = `a number from ${least} to ${most}`
  return z.number({ error }).min(least, { error }).max(most, { error })
}
export const flag = z.boolean({ error: 'true or false' })
export const tokens = z
  .number({ error: 'a number of tokens' })
  .int({ error: 'a whole number of tokens' })
  .positive({ error: 'a number of tokens above 0' })
const usd = z.number({ error: PRICE_ALLOWED }).nonnegative({ error: PRICE_ALLOWED })
const durationWithin = (mostMs: number, error: string) =>
  z
    .string({ error })
    .refine(value => (durationMs(value) ?? Number.POSITIVE_INFINITY) <= mostMs, { error })
    .transform(value => durationMs(value)!)
export const duration = durationWithin(LONGEST_WAIT_MS, DURATION_ALLOWED)
export const heldDuration = durationWithin(LONGEST_HELD_MS, HELD_ALLOWED)
export const tokenPrice = {
  input: usd.optional(),
  cachedInput: usd.optional(),
  cacheWrite: usd.optional(),
  cacheWriteHour: usd.optional(),
  output: usd.optional(),
  reasoning: usd.optional(),
}

const LABELS = 'a mapping of label names to their values'
export const labels = z
  .record(z.string(), text('a text'), { error: LABELS })
  .refine(given => Object.keys(given).length > 0, { error: LABELS })

export const REGION = 'a region such as eu or us-east-1'
export const region = z
  .string({ error: REGION })
  .refine(name => /^[A-Za-z][A-Za-z0-9-]{0,23}$/.test(name) && !looksSecret(name), { error: REGION })

export const abilities = listOf(oneOf(ABILITIES), `abilities: ${ABILITIES.join(', ')}`)

const WEBHOOK = 'an address that begins with http:// or https://, without a user'
const address = z
  .string({ error: WEBHOOK })
  .refine(text => /^https?:\/\/(?![^/?#]*@)/.test(text) && URL.canParse(text), { error: WEBHOOK })

/** The least and the most that Standard Webhooks asks for. */
const SECRET = '24 to 64 characters without spaces, or whsec_ and 24 to 64 bytes in base64'
const secret = z.string({ error: SECRET }).refine(isSigningSecret, { error: SECRET })

/** What a webhook is made of, in whatever holds one. */
export const webhook = { webhook: address, secret: secret.optional() }

function isSigningSecret(text: string): boolean {
  const coded = /^whsec_(.*)$/s.exec(text)?.[1]
  if (coded === undefined) return /^[\x21-\x7e]{24,64}$/.test(text)
  const bytes = Buffer.from(coded, 'base64')
  return bytes.toString('base64') === coded && bytes.length >= 24 && bytes.length <= 64
}

/** @returns `undefined` where no address is given */
export function webhookOf(shape: { webhook?: string; secret?: string }): Webhook | undefined {
  const { webhook: url, secret } = shape
  return url === undefined ? undefined : { url, ...(secret !== undefined && { secret }) }
}
