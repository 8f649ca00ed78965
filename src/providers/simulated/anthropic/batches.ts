import {
  type Batch,
  type BatchReply,
  type BatchResult,
  type BatchService,
  type BatchVisit,
  hasEnded,
} from '../batch-visit.ts'
import { listOf, recordOf, textOf } from '../loose.ts'
import { parsed } from '../request-body.ts'

const PATH = '/v1/messages/batches'

/** Message Batches. */
export const messageBatches: BatchService = {
  isPath: path => path === PATH || path.startsWith(`${PATH}/`),
  serve,
}

function serve({ method, path, text, arrival, batches }: BatchVisit): BatchReply | undefined {
  if (method === 'POST' && path === PATH) {
    const requests = listOf(recordOf(parsed(text)).requests).map(recordOf)
    const items = requests.map(({ custom_id, params }) => ({ id: textOf(custom_id), body: params }))
    return { json: toldOf(batches.add(items, { ...arrival, path: '/v1/messages' })) }
  }
  const [, id = '', rest] = /^\/v1\/messages\/batches\/([^/]+)(?:\/(results|cancel))?$/.exec(path) ?? []
  const batch = batches.find(id)
  if (!batch) return undefined
  if (method === 'POST' && rest === 'cancel') batches.withdraw(batch)
  if (method === 'GET' && rest === 'results') return { lines: batch.results.map(lineOf) }
  return { json: toldOf(batch) }
}

function toldOf(batch: Batch) {
  const count = (kind: BatchResult['kind']) => batch.results.filter(result => result.kind === kind).length
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: hasEnded(batch) ? 'ended' : 'in_progress',
    request_counts: {
      processing: batch.items.length - batch.results.length,
      succeeded: count('answered'),
      errored: 0,
      canceled: count('withdrawn'),
      expired: count('expired'),
    },
    created_at: new Date(batch.createdAtMs).toISOString(),
    results_url: hasEnded(batch) ? `${PATH}/${batch.id}/results` : null,
  }
}

function lineOf(result: BatchResult) {
  return { custom_id: result.id, result: resultOf(result) }
}

function resultOf(result: BatchResult) {
  if (result.kind !== 'answered') return { type: result.kind === 'withdrawn' ? 'canceled' : 'expired' }
  const { status, body } = result
  return status === 200 ? { type: 'succeeded', message: body } : { type: 'errored', error: body }
}
