import type { BatchDialect, Looked } from '../batch/batch-dialect.ts'
import { parsedOf, recordOf, textOf } from '../json.ts'

/** Message Batches: https://platform.claude.com/docs/en/api/creating-message-batches */
export const batch: BatchDialect = {
  async submit(wire, { path, body, id }) {
    const asked = JSON.stringify({ requests: [{ custom_id: id, params: body }] })
    const made = await wire({ method: 'POST', path: `${path}/batches`, body: asked, makesBatch: true })
    return textOf(recordOf(parsedOf(made)).id)
  },
  async look(wire, path, id) {
    const { processing_status } = recordOf(parsedOf(await wire({ method: 'GET', path: `${path}/batches/${id}` })))
    if (processing_status !== 'ended') return { kind: 'pending' }
    const lines = await wire({ method: 'GET', path: `${path}/batches/${id}/results` })
    return lookedOf(recordOf(recordOf(parsedOf(lines.trim())).result))
  },
  async withdraw(wire, path, id) {
    await wire({ method: 'POST', path: `${path}/batches/${id}/cancel`, body: '' })
  },
}

function lookedOf({ type, message, error }: Readonly<Record<string, unknown>>): Looked {
  switch (type) {
    case 'succeeded':
      return { kind: 'answered', body: message }
    case 'errored':
      return { kind: 'refused', body: error }
    case 'expired':
      return { kind: 'expired' }
    case 'canceled':
      return { kind: 'withdrawn' }
    default:
      return { kind: 'gone' }
  }
}
