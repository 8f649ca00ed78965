/**
 * What the policies of a `signalbox.yaml` may hold.
 *
 * @module
 */
import { z } from 'zod'
import { abilities, flag, listOf, mapping, oneOf, region, text, tokenPrice } from './shape-parts.ts'

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

export type PolicyShape = z.output<typeof policyShape>
