/** What OpenAI's batches say, as it was seen on the wire. */
import { expect, it } from 'vitest'
import type { Wire } from '../../src/providers/batch/batch-dialect.ts'
import { batchAt } from '../../src/providers/openai/batch.ts'

const BODY = { id: 'resp_1', output: [] }
const FILES: Readonly<Record<string, unknown>> = {
  'file-answer': { id: 'batch_req_1', custom_id: 'one', response: { status_code: 200, body: BODY }, error: null },
  'file-error': {
    id: 'batch_req_1',
    custom_id: 'one',
    response: { status_code: 400, body: { error: {} } },
    error: null,
  },
  'file-late': { custom_id: 'one', response: null, error: { code: 'batch_expired', message: 'It could not.' } },
}

async function lookedAt(batch: object) {
  const wire: Wire = async ({ path }) => {
    const [, file] = /^\/v1\/files\/(.*)\/content$/.exec(path) ?? []
    return JSON.stringify(file === undefined ? batch : FILES[file])
  }
  return batchAt('/responses').look(wire, '/v1/responses', 'batch_1')
}

it.each([
  [
    { status: 'completed', output_file_id: 'file-answer', error_file_id: '' },
    { kind: 'answered', body: BODY },
  ],
  [
    { status: 'completed', output_file_id: '', error_file_id: 'file-error' },
    { kind: 'refused', status: 400 },
  ],
  [
    { status: 'completed', output_file_id: null, error_file_id: 'file-error' },
    { kind: 'refused', status: 400 },
  ],
  [{ status: 'completed' }, { kind: 'gone' }],
  [{ status: 'finalizing', output_file_id: 'file-answer' }, { kind: 'pending' }],
  [{ status: 'cancelling' }, { kind: 'pending' }],
  [{ status: 'expired', output_file_id: '', error_file_id: 'file-late' }, { kind: 'expired' }],
  [{ status: 'expired' }, { kind: 'expired' }],
  [{ status: 'cancelled', output_file_id: 'file-answer' }, { kind: 'answered' }],
  [{ status: 'cancelled', output_file_id: '', error_file_id: '' }, { kind: 'withdrawn' }],
])('reads %j', async (batch, looked) => {
  expect(await lookedAt(batch)).toMatchObject(looked)
})

it('tells that too much of the account waits in batches as a 429', async () => {
  const error = { code: 'token_limit_exceeded', message: 'Enqueued token limit reached for gpt-4o.', line: null }
  const batch = { status: 'failed', errors: { object: 'list', data: [error] } }
  expect(await lookedAt(batch)).toEqual({ kind: 'refused', status: 429, body: { error } })
})
