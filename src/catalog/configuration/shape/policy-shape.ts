/**
 * What the policies of a `signalbox.yaml` may hold.
 *
 * @module
 */
import { z } from 'zod'
import { readDuration } from '../../../core/durations.ts'
import { contentShape } from './content-shape.ts'
import { abilities, flag, listOf, mapping, oneOf, region, text, tokenPrice } from './shape-parts.ts'

export const KEPT = '0, or a time such as 24h or 30d'
export const MAX_RETENTION = 'none, or a time such as 24h or 30d'

/** A time in days or hours, in milliseconds. */
const kept = (words: string) =>
  z
    .string({ error: words })
    .regex(/^[1-9]\d*[hd]$/, { error: words })
    .transform(text => readDuration(text)!)

/** How long content is kept here. */
const retention = z.union([z.union([z.literal(0), z.literal('0')]).transform(() => 0), kept(KEPT)], { error: KEPT })

const ZDR = 'true, false, or a list of model authors'

const policyFields = {
  zdr: z.union([flag, listOf(text('a model author'), 'authors').min(1, { error: ZDR })], { error: ZDR }).optional(),
  maxRetention: z
    .union([z.literal('none').transform(() => 0), kept(MAX_RETENTION)], { error: MAX_RETENTION })
    .optional(),
  training: oneOf(['allow', 'deny']).optional(),
  regions: listOf(region, 'regions').optional(),
  denyProviders: listOf(text('the name of a provider'), 'providers').optional(),
  allowProviders: listOf(text('the name of a provider'), 'providers').optional(),
  denyModels: listOf(text('author/name'), 'models').optional(),
  allowModels: listOf(text('author/name'), 'models').optional(),
  denyAuthors: listOf(text('a model author'), 'authors').optional(),
  allowAuthors: listOf(text('a model author'), 'authors').optional(),
  abilities: abilities.optional(),
  maxPrice: mapping(tokenPrice).optional(),
  content: contentShape.optional(),
}

/** Of a class: it binds the endpoints of its calls and says nothing of what is kept here. */
export const classPolicyShape = mapping(policyFields).transform(rulesOf)

/** Of all runs, or of a workspace's. */
export const policyShape = mapping({ ...policyFields, retention: retention.optional() }).transform(
  ({ retention: retentionMs, ...policy }) =>
    retentionMs === undefined ? rulesOf(policy) : { ...rulesOf(policy), retentionMs },
)

/** As the rest of the product reads it: times in milliseconds. */
function rulesOf<Rules extends { maxRetention?: number }>({ maxRetention, ...policy }: Rules) {
  return { ...policy, ...(maxRetention !== undefined && { maxRetentionMs: maxRetention }) }
}

export type PolicyShape = z.output<typeof policyShape>
