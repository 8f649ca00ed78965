/**
 * Gemini's batches, as https://ai.google.dev/api/batch-api has them, with what has been seen of it on the wire: `done` is absent until the
 * end, the answer stands in `response` and again in `metadata.output`, the list has none, and what was cancelled before it began has an error that
 * does not say so.
 *
 * @module
 */
import type { Arrival } from '../arrival.ts'
import {
  type Batch,
  type Batches,
  type BatchItem,
  type BatchReply,
  type BatchResult,
  type BatchService,
  type BatchVisit,
  hasEnded,
} from '../batch-visit.ts'
import { type Loose, listOf, recordOf, textOf } from '../loose.ts'
import { parsed } from '../request-body.ts'
import { generateError } from './errors.ts'

const CREATES = /^\/v1beta\/(models\/[^/]+):batchGenerateContent$/
const TYPE = 'type.googleapis.com/google.ai.generativelanguage.v1main'

/** What a batch was made with. */
interface Made {
  readonly model: string
  readonly displayName: string
  readonly metadata: readonly Loose[]
}

export function createContentBatches(): BatchService {
  const all = new Map<string, Made>()
  const told = (batch: Batch, isListed = false) => operationOf(batch, all.get(batch.id)!, isListed)
  const create = (model: string, { text, arrival, batches }: BatchVisit): BatchReply => {
    const asked = recordOf(recordOf(parsed(text)).batch)
    const requests = listOf(recordOf(recordOf(asked.inputConfig).requests).requests)
    const problem = problemOf(asked, requests)
    if (problem) return refusal(problem)
    const batch = batches.add(requests.map(itemOf), at(arrival, `/v1beta/${model}:generateContent`))
    const metadata = requests.map(request => recordOf(request.metadata))
    all.set(batch.id, { model, displayName: textOf(asked.displayName), metadata })
    return { json: told(batch) }
  }
  return {
    readsAsUsual: true,
    isPath: path => CREATES.test(path) || /^\/v1beta\/batches(?:\/|$)/.test(path),
    serve(visit) {
      const { method, path, text, arrival, batches } = visit
      const [, model] = CREATES.exec(path) ?? []
      if (method === 'POST' && model) return create(model, visit)
      if (method === 'GET' && path === '/v1beta/batches') return { json: pageOf(batches, arrival.query, told) }
      const [, id = '', verb] = /^\/v1beta\/batches\/([^/:]+)(?::(cancel))?$/.exec(path) ?? []
      const batch = batches.find(id)
      if (!batch) return undefined
      if (method === 'GET' && !verb) return { json: told(batch) }
      if (method !== 'POST' || !verb) return undefined
      if (text !== '') return refusal('the request body must be empty')
      batches.withdraw(batch)
      return { json: {} }
    },
  }
}

/** The fields that the reference calls required. */
function problemOf({ displayName }: Loose, requests: readonly Loose[]): string | undefined {
  if (textOf(displayName) === '') return '* BatchGenerateContentRequest.batch.display_name: it is required'
  if (requests.length === 0) return '* BatchGenerateContentRequest.batch.input_config: requests are required'
  const without = requests.findIndex(({ request }) => Object.keys(recordOf(request)).length === 0)
  return without < 0 ? undefined : `* BatchGenerateContentRequest.batch.requests[${without}].request: it is required`
}

function refusal(message: string): BatchReply {
  const { status, body } = generateError({ kind: 'rule', message })
  return { status, json: body }
}

/** The answers are in the order of the requests: their ids are ours alone. */
function itemOf({ request, metadata }: Loose, place: number): BatchItem {
  return { id: textOf(recordOf(metadata).key) || String(place), body: request }
}

function at(arrival: Arrival, path: string): Arrival {
  return { ...arrival, path }
}

/** The page's token is where it begins. */
function pageOf(batches: Batches, query: URLSearchParams, told: (batch: Batch, isListed: boolean) => object) {
  const all = batches.list()
  const from = Number(query.get('pageToken') ?? 0)
  const to = from + Number(query.get('pageSize') ?? 50)
  const operations = all.slice(from, to).map(batch => told(batch, true))
  return { ...(operations.length > 0 && { operations }), ...(to < all.length && { nextPageToken: String(to) }) }
}

function operationOf(batch: Batch, made: Made, isListed: boolean) {
  const state = stateOf(batch)
  const name = `batches/${batch.id}`
  const createTime = new Date(batch.createdAtMs).toISOString()
  const output = isListed || state !== 'SUCCEEDED' ? {} : outputOf(batch, made)
  const { model, displayName } = made
  const metadata = {
    '@type': `${TYPE}.GenerateContentBatch`,
    ...{ model, displayName, ...('inlinedResponses' in output && { output }), createTime },
    batchStats: statsOf(batch),
    state: `BATCH_STATE_${state}`,
    name,
  }
  if (state === 'RUNNING') return { name, metadata }
  const error = { code: 13, message: `Batch ${batch.id} failed without error.` }
  const response = { '@type': `${TYPE}.GenerateContentBatchOutput`, ...output }
  return { name, metadata, done: true, ...(state === 'SUCCEEDED' ? { response } : { error }) }
}

/** One that has expired has no results at all. */
function stateOf({ withdrawn, ...batch }: Batch): 'RUNNING' | 'SUCCEEDED' | 'CANCELLED' | 'EXPIRED' {
  const has = (kind: BatchResult['kind']) => batch.results.some(result => result.kind === kind)
  if (!hasEnded({ withdrawn, ...batch })) return 'RUNNING'
  if (has('expired')) return 'EXPIRED'
  return withdrawn && !has('answered') ? 'CANCELLED' : 'SUCCEEDED'
}

/** Counts are texts, and none is left out but the zeros. */
function statsOf({ items, results }: Batch) {
  const good = results.filter(result => result.kind === 'answered' && result.status === 200).length
  const counts = {
    requestCount: items.length,
    successfulRequestCount: good,
    failedRequestCount: results.length - good,
    pendingRequestCount: items.length - results.length,
  }
  return Object.fromEntries(Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [[name, `${count}`]] : [])))
}

function outputOf({ items, results }: Batch, { metadata }: Made) {
  const inOrder = items.map(({ id }, place) => ({
    ...resultOf(results.find(result => result.id === id)!),
    metadata: metadata[place],
  }))
  return { inlinedResponses: { inlinedResponses: inOrder } }
}

function resultOf(result: BatchResult) {
  if (result.kind !== 'answered') return { error: { code: 1 } }
  return result.status === 200 ? { response: result.body } : { error: rpcStatus(recordOf(recordOf(result.body).error)) }
}

/** `google.rpc.Code`: here an error has no word, and its number is not that of HTTP. */
const CODES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
}

function rpcStatus({ status, message, details }: Loose) {
  return { code: CODES[textOf(status)] ?? 2, message, ...(details !== undefined && { details }) }
}
