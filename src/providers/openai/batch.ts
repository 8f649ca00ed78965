import type { BatchDialect, Looked, Wire } from '../batch/batch-dialect.ts'
import { findInList, type ListPage, PAGE } from '../batch/find-in-list.ts'
import { listOf, parsedOf, recordOf, textOf } from '../json.ts'

const BOUNDARY = 'signalbox-batch'

/** The only time that there is: https://platform.openai.com/docs/api-reference/batch/create */
const WINDOW = '24h'

/**
 * OpenAI's batches: a file with the request, a batch of that file, and another file with the answer or the error. The files stay with the
 * vendor until they expire there.
 *
 * @param endpoint - What follows `/v1` in the path of the ordinary interface.
 */
export function batchAt(endpoint: '/responses' | '/chat/completions'): BatchDialect {
  const url = `/v1${endpoint}`
  const base = (path: string) => path.slice(0, -endpoint.length)
  return {
    async submit(wire, { path, body: request, id }) {
      const line = JSON.stringify({ custom_id: id, method: 'POST', url, body: request })
      const file = await upload(wire, `${base(path)}/files`, line)
      const asked = { input_file_id: file, endpoint: url, completion_window: WINDOW, metadata: { [OURS]: id } }
      const body = JSON.stringify(asked)
      const made = await wire({ method: 'POST', path: `${base(path)}/batches`, body, makesBatch: true })
      return textOf(recordOf(parsedOf(made)).id)
    },
    async look(wire, path, id) {
      const batch = recordOf(parsedOf(await wire({ method: 'GET', path: `${base(path)}/batches/${id}` })))
      if (!ENDED.has(textOf(batch.status) ?? '')) return { kind: 'pending' }
      // The one that there is not is null, or an empty text.
      const result = textOf(batch.output_file_id) || textOf(batch.error_file_id)
      if (result) return lookedOf(recordOf(parsedOf(await read(wire, `${base(path)}/files/${result}/content`))))
      return withoutResult(batch)
    },
    async withdraw(wire, path, id) {
      await wire({ method: 'POST', path: `${base(path)}/batches/${id}/cancel`, body: '' })
    },
    find: (wire, path, sought) => findInList(after => readPage(wire, `${base(path)}/batches`, after), sought),
  }
}

/** Under which name a batch carries our id of its request. */
const OURS = 'signalbox'

/** The list has the newest first: https://platform.openai.com/docs/api-reference/batch/list */
async function readPage(wire: Wire, path: string, after: string | undefined): Promise<ListPage> {
  const from = after === undefined ? '' : `&after=${after}`
  const page = recordOf(parsedOf(await wire({ method: 'GET', path: `${path}?limit=${PAGE}${from}` })))
  const batches = listOf(page.data)
    .map(recordOf)
    .map(({ id, metadata, created_at }) => ({
      id: textOf(id),
      ours: recordOf(metadata)[OURS],
      createdAtMs: Number(created_at) * 1000,
    }))
  return { batches, next: page.has_more === true ? batches.at(-1)?.id : undefined }
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled'])

async function upload(wire: Wire, path: string, line: string): Promise<string | undefined> {
  const field = (head: string, text: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`
  const file = field('name="file"; filename="batch.jsonl"\r\nContent-Type: application/jsonl', line)
  const body = `${field('name="purpose"', 'batch')}${file}--${BOUNDARY}--\r\n`
  const made = await wire({ method: 'POST', path, body, contentType: `multipart/form-data; boundary=${BOUNDARY}` })
  return textOf(recordOf(parsedOf(made)).id)
}

async function read(wire: Wire, path: string): Promise<string> {
  return (await wire({ method: 'GET', path })).trim()
}

/** The vendor's errors of one line have the code `batch_expired` or `batch_cancelled`, or stand where the answer would. */
function lookedOf({ response, error }: Readonly<Record<string, unknown>>): Looked {
  const { status_code, body } = recordOf(response)
  const { code } = recordOf(error)
  if (code === 'batch_expired') return { kind: 'expired' }
  if (code === 'batch_cancelled') return { kind: 'withdrawn' }
  if (status_code === 200) return { kind: 'answered', body }
  if (typeof status_code === 'number') return { kind: 'refused', status: status_code, body }
  return error ? { kind: 'refused', body: { error } } : { kind: 'gone' }
}

/** `failed`: the file was not valid, or too much stands in line for the model. */
function withoutResult({ status, errors }: Readonly<Record<string, unknown>>): Looked {
  const [first] = listOf(recordOf(errors).data)
  if (status === 'failed' && first) return { kind: 'refused', ...statusOf(recordOf(first)), body: { error: first } }
  if (status === 'expired') return { kind: 'expired' }
  return { kind: status === 'cancelled' ? 'withdrawn' : 'gone' }
}

/** Too much of the account waits in batches for this model: what an ordinary request is told by a 429. */
function statusOf({ code }: Readonly<Record<string, unknown>>): { readonly status?: number } {
  return code === 'token_limit_exceeded' ? { status: 429 } : {}
}
