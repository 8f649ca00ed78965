/**
 * Lists in OpenRouter's shape: models (`GET /models`), and the endpoints behind one model (`GET /models/{author}/{slug}/endpoints`).
 *
 * @module
 */
import { z } from 'zod'
import type { Shaped } from '../configuration/shape/check-shape.ts'
import { text } from '../configuration/shape/shape-parts.ts'
import type { SnapshotCost, SnapshotModel, SnapshotProvider } from '../snapshot.ts'
import { count, holdTo, ID } from './list-problems.ts'
import { type Pricing, pricing, snapshotCostOf } from './openrouter-pricing.ts'

const limit = count.nullish()
const parameters = z.array(z.string(), { error: 'a list of parameters' })
const modalities = z.object(
  { input_modalities: parameters, output_modalities: parameters },
  { error: 'an architecture with input_modalities and output_modalities' },
)

const endpoint = z.object(
  {
    context_length: limit,
    max_completion_tokens: limit,
    supported_parameters: parameters,
    status: z.number().nullish(),
    pricing,
  },
  { error: 'an endpoint' },
)

const SECONDS = 'seconds since 1970'

const MODEL_ID = z
  .string({ error: 'author/name' })
  .regex(ID, { error: 'author/name' })
  .regex(/^[^/]+\/.+$/, { error: 'author/name' })

const model = z.object(
  {
    id: MODEL_ID,
    name: text('the name of the model'),
    created: z
      .number({ error: SECONDS })
      .nonnegative({ error: SECONDS })
      .max(Date.UTC(9999, 11, 31) / 1_000, { error: SECONDS }),
    expiration_date: z.string().nullish(),
    context_length: limit,
    architecture: modalities,
    pricing: pricing.nullish(),
    top_provider: z.object({ context_length: limit, max_completion_tokens: limit }).nullish(),
    supported_parameters: parameters.nullish(),
    endpoints: z.array(endpoint, { error: 'a list of endpoints' }).nullish(),
  },
  { error: 'a model' },
)

type Model = z.output<typeof model>

/** `data` is a list of models, or one model with its endpoints. */
export function isOpenRouterList(value: unknown): boolean {
  const { data } = Object(value) as { readonly data?: unknown }
  return typeof data === 'object' && data !== null
}

/** What a list changes of a provider: a list of models is the whole of it, endpoints are those of one model. */
export function readOpenRouterList(value: unknown, before: SnapshotProvider, onDate: string): Shaped<SnapshotProvider> {
  const { data } = value as { readonly data: unknown }
  const models = z.array(model).min(1, { error: 'at least one model' })
  const read = Array.isArray(data) ? holdTo(models, data, ['data']) : holdTo(model, data, ['data'])
  if (!read.ok) return read
  const entries = [read.value].flat().map(entry => [entry.id, entryOf(entry, before.models[entry.id], onDate)] as const)
  if (Array.isArray(data))
    return { ok: true, value: { ...before, listedOn: onDate, models: Object.fromEntries(entries) } }
  const alone = entries.map(([id, entry]) => [id, { ...entry, listedOn: onDate }])
  return { ok: true, value: { ...before, models: { ...before.models, ...Object.fromEntries(alone) } } }
}

function entryOf(entry: Model, known: SnapshotModel | undefined, onDate: string): SnapshotModel {
  const served = entry.endpoints ?? []
  const able = new Set(entry.supported_parameters ?? served.flatMap(({ supported_parameters }) => supported_parameters))
  const cost = costOf(entry)
  const base = known?.base
  const { input_modalities: input, output_modalities: output } = entry.architecture
  return {
    name: entry.name,
    ...(known?.family !== undefined && { family: known.family }),
    release_date: known?.release_date ?? new Date(entry.created * 1_000).toISOString().slice(0, 10),
    ...(entry.expiration_date && entry.expiration_date.slice(0, 10) <= onDate && { status: 'deprecated' as const }),
    reasoning: able.has('reasoning') || able.has('include_reasoning'),
    tool_call: able.has('tools'),
    structured_output: able.has('structured_outputs'),
    attachment: input.some(kind => kind !== 'text'),
    modalities: { input, output },
    limit: {
      context: most([entry.context_length, entry.top_provider?.context_length, ...served.map(e => e.context_length)]),
      output: most([entry.top_provider?.max_completion_tokens, ...served.map(e => e.max_completion_tokens)]),
    },
    ...(cost && { cost }),
    ...(base !== undefined && { base }),
  }
}

/** OpenRouter leaves out endpoints with too small a window, so the largest is the model's; 0 stands for unknown. */
function most(tokens: readonly (number | null | undefined)[]): number {
  return Math.max(0, ...tokens.map(size => size ?? 0))
}

/** Any endpoint that is up may answer, so the dearest is counted: a bound computed from it holds. */
function costOf({ pricing: own, endpoints }: Model): SnapshotCost | undefined {
  const up = (endpoints ?? []).filter(({ status }) => (status ?? 0) === 0)
  const lists: readonly (Pricing | null | undefined)[] = up.length > 0 ? up.map(each => each.pricing) : [own]
  return snapshotCostOf(lists.filter(each => each !== null && each !== undefined))
}
