import {
  type Batch,
  type BatchItem,
  type BatchReply,
  type BatchResult,
  type BatchService,
  type BatchVisit,
  hasEnded,
} from '../batch-visit.ts'
import { recordOf, textOf } from '../loose.ts'
import { parsed } from '../request-body.ts'

/** OpenAI's batches with their files. */
export function createOpenaiBatches(): BatchService {
  const files = new Map<string, string>()
  const metadata = new Map<string, unknown>()
  const told = (batch: Batch) => ({ ...toldOf(batch), metadata: metadata.get(batch.id) ?? null })
  const serve = ({ method, path, text, arrival, batches }: BatchVisit): BatchReply | undefined => {
    if (method === 'POST' && path === '/v1/files') {
      const id = `file-${files.size + 1}`
      files.set(id, linesIn(text))
      return { json: { id, object: 'file', purpose: 'batch' } }
    }
    if (method === 'POST' && path === '/v1/batches') {
      const asked = recordOf(parsed(text))
      const items = itemsOf(files.get(textOf(asked.input_file_id)) ?? '')
      const batch = batches.add(items, { ...arrival, path: textOf(asked.endpoint) })
      metadata.set(batch.id, asked.metadata)
      return { json: told(batch) }
    }
    if (method === 'GET' && path === '/v1/batches') return { json: pageOf(batches.list(), arrival.query, told) }
    const [, ofFile = ''] = /^\/v1\/files\/result-([^/]+)\/content$/.exec(path) ?? []
    const [, id = ofFile, rest] = /^\/v1\/batches\/([^/]+)(?:\/(cancel))?$/.exec(path) ?? []
    const batch = batches.find(id)
    if (!batch) return undefined
    if (ofFile) return { lines: batch.results.map(lineOf) }
    if (method === 'POST' && rest === 'cancel') batches.withdraw(batch)
    return { json: told(batch) }
  }
  return { isPath: path => /^\/v1\/(?:batches|files)(?:\/|$)/.test(path), serve }
}

/** From behind `after`, as many as `limit` says. */
function pageOf(all: readonly Batch[], query: URLSearchParams, told: (batch: Batch) => object) {
  const from = all.findIndex(({ id }) => id === query.get('after')) + 1
  const to = from + Number(query.get('limit') ?? 20)
  const data = all.slice(from, to).map(told)
  return { object: 'list', data, has_more: to < all.length }
}

/** The part of a form that is the file. */
function linesIn(form: string): string {
  const [, lines = ''] = /name="file".*?\r\n\r\n(.*?)\r\n--/s.exec(form) ?? []
  return lines
}

function itemsOf(lines: string): BatchItem[] {
  const each = lines.split('\n').filter(line => line.trim() !== '')
  return each.map(line => {
    const { custom_id, body } = recordOf(parsed(line))
    return { id: textOf(custom_id), body }
  })
}

function toldOf(batch: Batch) {
  const ended = hasEnded(batch)
  const isGood = batch.results.every(result => result.kind === 'answered' && result.status === 200)
  const file = `result-${batch.id}`
  return {
    id: batch.id,
    object: 'batch',
    created_at: Math.floor(batch.createdAtMs / 1000),
    status: ended ? (batch.withdrawn ? 'cancelled' : 'completed') : 'in_progress',
    completion_window: '24h',
    ...(ended && (isGood ? { output_file_id: file } : { error_file_id: file })),
  }
}

function lineOf(result: BatchResult) {
  const line = { id: `batch_req_${result.id}`, custom_id: result.id }
  if (result.kind === 'answered')
    return { ...line, response: { status_code: result.status, body: result.body }, error: null }
  const code = result.kind === 'withdrawn' ? 'batch_cancelled' : 'batch_expired'
  return { ...line, response: null, error: { code, message: 'This request could not be executed.' } }
}
