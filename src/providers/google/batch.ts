/**
 * Gemini's batches: https://ai.google.dev/api/batch-api, with one request in line. What the reference leaves open is as
 * https://github.com/googleapis/python-genai (google/genai/batches.py, _transformers.py) reads it, and as people have seen it on the wire:
 * the operation's answer stands in `response` and again in `metadata.output`.
 *
 * @module
 */
import type { BatchDialect, Looked, Wire } from '../batch/batch-dialect.ts'
import { findInList, type ListPage, PAGE } from '../batch/find-in-list.ts'
import { type JsonRecord, listOf, parsedOf, recordOf, textOf } from '../json.ts'
import { CANCELLED, replyOfStatus } from './rpc-status.ts'

/** What the names of batches begin with. Ours is the rest. */
const NAME = 'batches/'

export const batch: BatchDialect = {
  // "If a request in your batch results in a cache hit, you pay the standard context caching rates":
  // https://ai.google.dev/gemini-api/docs/batch-api
  readsAsUsual: true,
  async submit(wire, { path, body: request, id }) {
    const requests = { requests: [{ request, metadata: { key: id } }] }
    const body = JSON.stringify({ batch: { displayName: id, inputConfig: { requests } } })
    const at = path.replace(/:[^:]*$/, ':batchGenerateContent')
    return idOf(recordOf(parsedOf(await wire({ method: 'POST', path: at, body, makesBatch: true }))).name)
  },
  async look(wire, path, id) {
    return lookedOf(recordOf(parsedOf(await wire({ method: 'GET', path: `${batchesAt(path)}/${id}` }))))
  },
  async withdraw(wire, path, id) {
    await wire({ method: 'POST', path: `${batchesAt(path)}/${id}:cancel`, body: '' })
  },
  find: (wire, path, sought) => findInList(token => readPage(wire, batchesAt(path), token), sought),
}

/** Beside `models/…`, or what else may stand there. */
function batchesAt(path: string): string {
  return path.replace(/\/[^/]+\/[^/]+$/, '/batches')
}

function idOf(name: unknown): string | undefined {
  const text = textOf(name)
  return text?.startsWith(NAME) ? text.slice(NAME.length) : undefined
}

/** The newest are listed first; those that have ended, without their answers. */
async function readPage(wire: Wire, path: string, token: string | undefined): Promise<ListPage> {
  const from = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`
  const page = recordOf(parsedOf(await wire({ method: 'GET', path: `${path}?pageSize=${PAGE}${from}` })))
  const batches = listOf(page.operations).map(operation => {
    const { name, metadata } = recordOf(operation)
    const { displayName, createTime } = recordOf(metadata)
    return { id: idOf(name), ours: displayName, createdAtMs: Date.parse(textOf(createTime) ?? '') }
  })
  return { batches, next: textOf(page.nextPageToken) || undefined }
}

/** The guide's names of states begin with `JOB`, the reference's with `BATCH`: the SDKs know both. */
const STATE = /^(?:BATCH|JOB)_STATE_/

const ENDED: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'])

function lookedOf({ metadata, done, response, error }: JsonRecord): Looked {
  const { state, output } = recordOf(metadata)
  const word = textOf(state)?.replace(STATE, '') ?? ''
  if (done !== true && !ENDED.has(word)) return { kind: 'pending' }
  const item = firstIn(response) ?? firstIn(output)
  if (item?.response) return { kind: 'answered', body: item.response }
  if (word === 'EXPIRED') return { kind: 'expired' }
  // One that had begun has succeeded, and says of its request that it was cancelled. One that had not has an error that says nothing.
  const failed = recordOf(item?.error ?? error)
  if (word === 'CANCELLED' || failed.code === CANCELLED) return { kind: 'withdrawn' }
  return Object.keys(failed).length > 0 ? { kind: 'refused', ...replyOfStatus(failed) } : { kind: 'gone' }
}

function firstIn(output: unknown): JsonRecord | undefined {
  const [first] = listOf(recordOf(recordOf(output).inlinedResponses).inlinedResponses)
  return first === undefined ? undefined : recordOf(first)
}
